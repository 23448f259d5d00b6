import type { Dirent } from 'node:fs'
import { type FileHandle, mkdir, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { attachmentFolders } from './assumptions.ts'
import { shown, unreadable, zipRefused } from './failure.ts'
import type { ExportLimits } from './limits.ts'
import { type Budget, budgetOf, openFile, openZip } from './zip-file.ts'

/** A file of an export, wherever it lies. */
export interface ExportFile {
  /** Where it lies, ZIPs like folders: `WE_1.zip/inner.zip/entries.csv`. */
  readonly name: string
  /** Its bytes, once. */
  read(signal: AbortSignal): AsyncGenerator<Buffer, void, undefined>
}

export interface ExportPlaces {
  /** ZIPs, folders, single files. */
  readonly paths: readonly string[]
  /** Where ZIPs within ZIPs are unpacked to, nameless. */
  readonly directory: string
  readonly limits: ExportLimits
  /** Leaves a file unread. */
  readonly isIgnored: (name: string) => boolean
}

const CHUNK_BYTES = 256 * 1024

/**
 * All files of an export, one after the other, also those in ZIPs within ZIPs. Each has to be read before the next is asked for.
 *
 * @throws CustodyError `EXPORT_UNREADABLE`, `EXPORT_ZIP_DAMAGED`, `EXPORT_ZIP_REFUSED`, `EXPORT_DISK`; the signal's reason.
 */
export async function* exportFiles(places: ExportPlaces, signal: AbortSignal): AsyncGenerator<ExportFile> {
  for (const path of places.paths) yield* filesAt(places, path, basename(path), signal)
}

async function* filesAt(
  places: ExportPlaces,
  path: string,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<ExportFile> {
  signal.throwIfAborted()
  const present = await stat(path).catch((error) => {
    throw unreadable(path, error)
  })
  if (present.isDirectory()) {
    for (const entry of await entriesOf(path)) {
      const within = `${name}/${entry.name}`
      if (places.isIgnored(within)) continue
      if (!entry.isFile() && !entry.isDirectory()) {
        throw new CustodyError('EXPORT_UNREADABLE', `${shown(within)} is a symbolic link or another special file.`, {
          actions: ['Put the file itself there, or remove it.'],
        })
      }
      yield* filesAt(places, join(path, entry.name), within, signal)
    }
    return
  }
  const handle = await openFile(path)
  try {
    if (/\.zip$/i.test(name) || (await isZip(handle))) {
      yield* filesInZip(places, { name, handle, depth: 1, budget: budgetOf(present.size, places.limits) }, signal)
    } else {
      yield { name, read: (readSignal) => readHandle(handle, path, readSignal) }
    }
  } finally {
    await handle.close()
  }
}

interface NestedZip {
  readonly name: string
  readonly handle: FileHandle
  readonly depth: number
  readonly budget: Budget
}

async function* filesInZip(places: ExportPlaces, zip: NestedZip, signal: AbortSignal): AsyncGenerator<ExportFile> {
  const { name, handle, depth, budget } = zip
  if (depth > places.limits.depth) throw zipRefused(name, `it lies in more than ${places.limits.depth - 1} other ZIPs`)
  const { entries, read } = await openZip(name, handle, places.limits, budget)
  for (const entry of entries) {
    signal.throwIfAborted()
    const within = `${name}/${entry.name}`
    if (places.isIgnored(within)) continue
    if (!isNestedZip(entry.name)) {
      yield { name: within, read: (readSignal) => read(entry, readSignal) }
      continue
    }
    const nested = await unpack(read(entry, signal), places.directory)
    try {
      yield* filesInZip(places, { name: within, handle: nested, depth: depth + 1, budget }, signal)
    } finally {
      await nested.close()
    }
  }
}

/** By name: documents that people sent are ZIPs by their bytes, and so may be what they attached. */
function isNestedZip(name: string): boolean {
  const folders = name.toLowerCase().split('/').slice(0, -1)
  return /\.zip$/i.test(name) && !folders.some((folder) => attachmentFolders.has(folder))
}

/** By its first bytes: a file that somebody gave may have any name. */
async function isZip(handle: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0)
  return bytesRead === 4 && [0x04034b50, 0x06054b50].includes(buffer.readUInt32LE())
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    throw unreadable(folder, error)
  })
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

async function* readHandle(
  handle: FileHandle,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  for (let position = 0; ; ) {
    signal.throwIfAborted()
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, position).catch((error) => {
      throw unreadable(path, error)
    })
    if (bytesRead === 0) return
    yield chunk.subarray(0, bytesRead)
    position += bytesRead
  }
}

/** Writes bytes to a file that has no name any more once this returns: it is gone with its handle, also from a killed process. */
async function unpack(bytes: AsyncIterable<Buffer>, directory: string): Promise<FileHandle> {
  const handle = await onDisk(directory, namelessFile(directory))
  try {
    for await (const chunk of bytes) await onDisk(directory, handle.appendFile(chunk))
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function namelessFile(directory: string): Promise<FileHandle> {
  await mkdir(directory, { recursive: true })
  // Made with mode 0700.
  const folder = await mkdtemp(join(directory, 'custody-export-'))
  try {
    return await open(join(folder, 'nested.zip'), 'wx+', 0o600)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function onDisk<T>(directory: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (typeof code !== 'string') throw error
    throw new CustodyError('EXPORT_DISK', `A ZIP within the export cannot be unpacked to ${directory} (${code}).`, {
      cause: error,
      actions: ['Free space there, allow writing, or name another directory.'],
    })
  }
}
