import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BAGIT_TXT } from '../bag.ts'
import { sampleSource } from './sample-conversations.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { filesBelow, writeArchive } from './write-archive.ts'

let written: ReadonlyMap<string, Buffer> | undefined

/** The files of a small valid archive of three conversations, by path. Written once; every caller gets a Map of its own. */
export async function bagFiles(): Promise<Map<string, Buffer>> {
  if (written === undefined) {
    const { path } = await writeArchive(temporaryFolder(), sampleSource(3), { formats: ['jsonl'] })
    written = new Map(filesBelow(path).map((file) => [file, readFileSync(join(path, file))]))
  }
  return new Map(written)
}

/** Writes files as they are into a folder of its own. */
export function folderOf(files: ReadonlyMap<string, Buffer | string>): string {
  const folder = join(temporaryFolder(), 'bag')
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

/** Makes the manifests anew, as somebody would who changed a file and knows BagIt. */
export function remanifest(files: Map<string, Buffer | string>): Map<string, Buffer | string> {
  const line = (path: string): string =>
    `${createHash('sha256')
      .update(files.get(path) ?? '')
      .digest('hex')}  ${path}\n`
  const paths = [...files.keys()].filter((path) => path !== 'tagmanifest-sha256.txt').sort()
  const isPayload = (path: string): boolean => path.startsWith('data/')
  files.set('manifest-sha256.txt', paths.filter(isPayload).map(line).join(''))
  files.set(
    'tagmanifest-sha256.txt',
    paths
      .filter((path) => !isPayload(path))
      .map(line)
      .join(''),
  )
  return files
}

/** The least that opens as an archive. */
export const bareBag: ReadonlyMap<string, string> = new Map([['bagit.txt', BAGIT_TXT]])
