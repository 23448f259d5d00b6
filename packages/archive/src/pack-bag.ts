import { open, rm } from 'node:fs/promises'
import { CustodyError } from '@custody/pipeline'
import { type FileDigest, zipFolder } from '@custody/sinks'
import type { ArchiveSettings } from './archive-settings.ts'
import { PAYLOAD_PREFIX, SEAL_PREFIX } from './bag.ts'
import { Findings } from './findings.ts'
import { readZipDirectory } from './zip-directory.ts'
import { isTooDense } from './zip-entries.ts'

/** Where the bag stands, where the ZIP is packed, and its top folder. */
export type PackSettings = Pick<ArchiveSettings, 'staging' | 'packing' | 'name'>

/** Packs the finished bag into a ZIP; gives its size. */
export async function packBag(
  files: ReadonlyMap<string, FileDigest>,
  settings: PackSettings,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { staging, packing, name } = settings
  const pack = (stored: ReadonlySet<string>): Promise<{ readonly bytes: number }> =>
    zipFolder(staging, packing, { order: packOrder(files.keys()), top: name, stored, ...(signal && { signal }) })
  let { bytes } = await pack(new Set())
  // A file that shrinks like a ZIP bomb would be refused by every careful reader, ours first. It is stored instead.
  const dense = await checkPacked(files, settings, bytes)
  if (dense.size > 0) {
    await rm(packing)
    bytes = (await pack(dense)).bytes
    await checkPacked(files, settings, bytes)
  }
  return bytes
}

/** bagit.txt first, so that the kind of file shows at a known place; then tag files, the payload, the seal. */
export function packOrder(paths: Iterable<string>): string[] {
  const rank = (path: string): number => {
    if (path === 'bagit.txt') return 0
    if (path.startsWith(PAYLOAD_PREFIX)) return 2
    return path.startsWith(SEAL_PREFIX) ? 3 : 1
  }
  return [...paths].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

/** Holds the directory of the ZIP against the files of the bag. Gives the files that are packed too densely. */
async function checkPacked(
  files: ReadonlyMap<string, FileDigest>,
  { packing, name }: PackSettings,
  bytes: number,
): Promise<Set<string>> {
  const findings = new Findings()
  const handle = await open(packing)
  try {
    const { entries } = await readZipDirectory(handle, bytes, files.size, findings)
    const sizes = new Map(entries.map((entry) => [entry.name, entry.size]))
    const lost = [...files].filter(([path, file]) => sizes.get(`${name}/${path}`) !== file.bytes)
    if (lost.length > 0 || sizes.size !== files.size || findings.list.length > 0) {
      throw new CustodyError(
        'ARCHIVE_ZIP',
        `The ZIP just written does not hold the bag: ${lost.length} files differ.`,
        {
          actions: ['Check the disk, then run again.'],
        },
      )
    }
    return new Set(entries.filter(isTooDense).map((entry) => entry.name.slice(name.length + 1)))
  } finally {
    await handle.close()
  }
}
