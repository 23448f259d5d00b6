import { execFileSync } from 'node:child_process'
import { createReadStream, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

/** An archive unpacked by Info-ZIP and checked by coreutils: nothing of Custody has a hand in it. */
export interface OpenedArchive {
  readonly folder: string
  file(path: string): string
  /** Every file of the archive, as bytes. */
  files(): IterableIterator<readonly [path: string, bytes: Buffer]>
  conversations(): AsyncIterable<MasterLine>
  csv(path: string): readonly (readonly string[])[]
}

export interface MasterLine {
  readonly conversation: {
    readonly identifier: string
    readonly continuedBefore: boolean
    readonly continuesAfter: boolean
  }
  readonly entries: readonly {
    readonly entryId: string
    readonly sentAt: string
    readonly kind: string
    readonly sender: { readonly role: string }
    readonly text: string | null
    readonly payload: unknown
  }[]
}

/** Unpacks a ZIP archive beside its folder and checks it with stock tools. Throws what they say when they find something. */
export function openArchive(zip: string): OpenedArchive {
  const target = mkdtempSync(join(dirname(dirname(zip)), 'opened-'))
  stock('unzip', ['-t', zip], target)
  stock('unzip', ['-q', zip, '-d', target], target)
  const folder = join(target, basename(zip, '.zip'))
  stock('sha256sum', ['-c', '--quiet', 'manifest-sha256.txt'], folder)
  stock('sha256sum', ['-c', '--quiet', 'tagmanifest-sha256.txt'], folder)
  return openFolder(folder)
}

export function openFolder(folder: string): OpenedArchive {
  const file = (path: string): string => readFileSync(join(folder, path), 'utf8')
  return {
    folder,
    file,
    *files() {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name)
        if (entry.isFile()) yield [path.slice(folder.length + 1), readFileSync(path)] as const
      }
    },
    async *conversations() {
      for (const part of readdirSync(join(folder, 'data/conversations')).sort()) {
        const lines = createInterface({ input: createReadStream(join(folder, 'data/conversations', part)) })
        for await (const line of lines) yield JSON.parse(line) as MasterLine
      }
    },
    csv: (path) => parseCsv(file(path)),
  }
}

function stock(command: string, args: readonly string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: 'pipe' })
}

/** RFC 4180, read by hand so that the tests do not trust the library that wrote it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|$)/g)) {
    const [whole, quoted, bare, end] = match
    if (whole === '' && (rows.at(-1)?.length ?? 0) === 0) break
    rows.at(-1)?.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'))
    if (end === '\r\n') rows.push([])
    if (end === '') break
  }
  if (rows.at(-1)?.length === 0) rows.pop()
  return rows
}
