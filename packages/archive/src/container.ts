import { constants, type Dirent } from 'node:fs'
import { type FileHandle, lstat, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { FileFault, type Findings } from './findings.ts'
import type { ArchiveContainer } from './options.ts'
import { type PieceMemory, readRange } from './read-range.ts'
import { readZipData } from './zip-data.ts'
import { readZipDirectory } from './zip-directory.ts'
import { checkZipEntries } from './zip-entries.ts'

/** The files of a bag, wherever they stand, by their path from its top. */
export interface Container {
  readonly kind: ArchiveContainer
  /** The files that can be read, with their size. */
  readonly files: ReadonlyMap<string, number>
  /**
   * A file, piece by piece. With `memory`, a piece is there only until the next one is asked for.
   * @throws FileFault where it is not what it claims to be.
   */
  read(path: string, memory?: PieceMemory): AsyncGenerator<Buffer, void, undefined>
  close(): Promise<void>
}

export interface ContainerLimits {
  /** The most files a container may hold. */
  readonly files: number
}

/**
 * Opens a folder or a ZIP. Whatever is odd about it becomes a finding, and the rest can be read.
 *
 * @throws CustodyError of kind not-found: `ARCHIVE_NOT_FOUND`, `NOT_AN_ARCHIVE`.
 */
export async function openContainer(path: string, limits: ContainerLimits, findings: Findings): Promise<Container> {
  const present = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new CustodyError('ARCHIVE_NOT_FOUND', `There is no archive at ${path} (${cause.code ?? 'unknown'}).`, {
      kind: 'not-found',
      cause,
      actions: ['Check the path.'],
    })
  })
  const container = present.isDirectory()
    ? await openFolder(path, limits, findings)
    : await openZip(path, limits, findings)
  if (container.files.has('bagit.txt')) return container
  await container.close()
  throw notArchive(path, 'it has no bagit.txt')
}

async function openFolder(folder: string, limits: ContainerLimits, findings: Findings): Promise<Container> {
  // Whoever looks at one of many folders of a disk should hear so before all of them were walked through.
  if ((await lstat(join(folder, 'bagit.txt')).catch(() => undefined)) === undefined) {
    throw notArchive(folder, 'it has no bagit.txt')
  }
  const files = new Map<string, number>()
  const folders = ['']
  for (let parent = folders.pop(); parent !== undefined; parent = folders.pop()) {
    for (const entry of await entriesOf(folder, parent, findings)) {
      const path = parent === '' ? entry.name : `${parent}/${entry.name}`
      if (entry.isDirectory()) folders.push(path)
      else if (!entry.isFile()) findings.add('SPECIAL_FILE', path, 'is a symbolic link or another special file')
      else if (files.size === limits.files) throw notArchive(folder, `it holds more than ${limits.files} files`)
      else files.set(path, (await lstat(join(folder, path)).catch(() => undefined))?.size ?? 0)
    }
  }
  return {
    kind: 'folder',
    files,
    async *read(path, memory) {
      const handle = await openFile(join(folder, path))
      try {
        const { size } = await handle.stat()
        yield* readRange(handle, 0, size, memory)
      } finally {
        await handle.close()
      }
    },
    close: async () => undefined,
  }
}

/** What stands in a folder of the bag. One that cannot be read is a finding: nobody knows what it hides. */
async function entriesOf(folder: string, parent: string, findings: Findings): Promise<Dirent[]> {
  try {
    return await readdir(join(folder, parent), { withFileTypes: true })
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    findings.add('FOLDER_UNREADABLE', parent, `cannot be read (${code})`)
    return []
  }
}

async function openZip(file: string, limits: ContainerLimits, findings: Findings): Promise<Container> {
  const handle = await open(file, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new CustodyError('ARCHIVE_NOT_FOUND', `${file} cannot be opened (${cause.code ?? 'unknown'}).`, {
      kind: 'not-found',
      cause,
    })
  })
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw notArchive(file, 'it is neither a folder nor a file')
    const directory = await readZipDirectory(handle, stats.size, limits.files, findings)
    const top = findTop(directory.entries.map((entry) => entry.name))
    if (top === undefined) throw notArchive(file, 'it has no bagit.txt')
    if (top === '') findings.add('ZIP_TOP', null, 'has no top folder')
    const entries = new Map<string, Awaited<ReturnType<typeof checkZipEntries>>[number]>()
    for (const entry of await checkZipEntries(handle, directory, findings)) {
      if (!entry.name.startsWith(top)) findings.add('ZIP_TOP', entry.name, 'is outside of the top folder')
      else if (entry.name.endsWith('/')) {
        if (entry.size > 0) findings.add('ZIP_SPECIAL_FILE', entry.name, 'is a folder with content')
      } else if (entries.has(entry.name.slice(top.length))) {
        findings.add('ZIP_DUPLICATE', entry.name.slice(top.length), 'is in the ZIP more than once')
      } else entries.set(entry.name.slice(top.length), entry)
    }
    return {
      kind: 'zip',
      files: new Map([...entries].map(([path, entry]) => [path, entry.size])),
      async *read(path) {
        const entry = entries.get(path)
        if (entry) yield* readZipData(handle, entry)
      },
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error instanceof FileFault ? notArchive(file, `it ${error.message}`) : error
  }
}

/** The folder that holds bagit.txt, with its slash; empty for a bag without one. */
function findTop(names: readonly string[]): string | undefined {
  if (names.includes('bagit.txt')) return ''
  return names.find((name) => /^[^/\\]+\/bagit\.txt$/.test(name))?.slice(0, -'bagit.txt'.length)
}

/** Opens a file of a folder. Between the look at the folder and now it must not have become a link. */
async function openFile(file: string): Promise<FileHandle> {
  try {
    return await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  } catch (error) {
    throw new FileFault('FILE_UNREADABLE', `cannot be opened (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`)
  }
}

/** What is at this path is no archive. */
export function notArchive(path: string, why: string): CustodyError {
  return new CustodyError('NOT_AN_ARCHIVE', `${path} is no archive of Custody: ${why}.`, {
    kind: 'not-found',
    actions: ['Name the ZIP file, or the folder that holds bagit.txt.'],
  })
}
