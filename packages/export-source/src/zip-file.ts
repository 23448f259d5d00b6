import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createInflateRaw } from 'node:zlib'
import StreamZip from 'node-stream-zip'
import { unreadable, zipDamaged, zipRefused } from './failure.ts'
import type { ExportLimits } from './limits.ts'
import { checkZip } from './zip-check.ts'
import type { ZipEntry } from './zip-directory.ts'

/** A ZIP that was checked and may be read. */
export interface ZipFile {
  /** Files only, in the order of the directory. */
  readonly entries: readonly ZipEntry[]
  /**
   * The content of an entry, piece by piece, never more than the size it claims.
   *
   * @throws CustodyError `EXPORT_ZIP_DAMAGED`, `EXPORT_ZIP_REFUSED`; the signal's reason.
   */
  read(entry: ZipEntry, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined>
}

/** Bytes that may still be unpacked; shared by a ZIP and those within it. */
export interface Budget {
  left: number
}

/** How much a ZIP of this size may unpack to, with all within it. */
export function budgetOf(size: number, { unpackedBytes, ratio, ratioFromBytes }: ExportLimits): Budget {
  return { left: Math.min(unpackedBytes, Math.max(ratioFromBytes, ratio * size)) }
}

/** Opens a file for reading. */
export async function openFile(path: string): Promise<FileHandle> {
  return await open(path, 'r').catch((error) => {
    throw unreadable(path, error)
  })
}

/**
 * Opens a ZIP through node-stream-zip, once it was checked. The caller closes the handle.
 *
 * The library hands out packed bytes; unpacking and checking is done here. What it would do itself cannot be relied on
 * (1.16.0, measured): it pipes its streams without passing errors on, so that a failing disk, or closing while a read is under
 * way, ends the process with an uncaught exception (23 of 200 early closes); it checks no CRC of entries with a data
 * descriptor; a stored entry that is cut ends like any other.
 */
export async function openZip(
  name: string,
  handle: FileHandle,
  limits: ExportLimits,
  budget: Budget,
): Promise<ZipFile> {
  const { size } = await handle.stat()
  const entries = await checkZip({ name, handle, size }, limits)
  // For the library an empty ZIP is an error.
  if (entries.length === 0) return emptyZip
  const library = new StreamZip.async({ fd: handle.fd })
  const theirs = await library.entries().catch((error) => {
    throw zipDamaged(name, 'its directory cannot be read', error)
  })
  for (const entry of entries) {
    if (!agree(theirs[entry.name], entry)) throw zipRefused(name, 'two ways of reading its directory disagree')
  }
  return {
    entries: entries.filter((entry) => !entry.name.endsWith('/')),
    async *read(entry, signal) {
      const packed = (await library.stream(asPacked(theirs[entry.name] as StreamZip.ZipEntry))) as Readable
      // Its failure shows to whoever reads; after that it must only not go unhandled.
      packed.on('error', () => undefined)
      try {
        yield* checked(name, entry, budget, entry.method === 0 ? packed : inflate(name, entry, packed), signal)
      } finally {
        packed.destroy()
      }
    },
  }
}

const emptyZip: ZipFile = {
  entries: [],
  async *read() {
    yield* []
  },
}

function agree(theirs: StreamZip.ZipEntry | undefined, ours: ZipEntry): boolean {
  return (['offset', 'size', 'compressedSize', 'method', 'crc', 'flags'] as const).every(
    (field) => theirs?.[field] === ours[field],
  )
}

/**
 * The entry as one that is stored and has a descriptor: of such a one the library gives the bytes as they are, in a stream of
 * its own that can be listened to and closed. It sets both fields again from the local header.
 */
function asPacked(entry: StreamZip.ZipEntry): StreamZip.ZipEntry {
  const fixed = (value: number) => ({ get: () => value, set: () => undefined })
  return Object.create(entry, { method: fixed(0), flags: fixed(8) })
}

async function* inflate(zip: string, { compressedSize }: ZipEntry, packed: Readable): AsyncGenerator<Buffer> {
  const inflater = createInflateRaw({ chunkSize: 256 * 1024 })
  const done = pipeline(packed, inflater)
  done.catch(() => undefined)
  try {
    yield* inflater
  } catch (error) {
    throw zipDamaged(zip, 'an entry cannot be unpacked', error)
  }
  if (inflater.bytesWritten !== compressedSize) throw zipDamaged(zip, 'an entry has bytes behind its packed data')
}

/** Passes bytes on as long as they keep to what the directory says. */
async function* checked(
  zip: string,
  entry: ZipEntry,
  budget: Budget,
  bytes: AsyncIterable<Buffer>,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  let size = 0
  let crc = 0
  for await (const chunk of bytes) {
    signal.throwIfAborted()
    size += chunk.length
    budget.left -= chunk.length
    if (size > entry.size) throw zipDamaged(zip, 'an entry unpacks to more bytes than it says')
    if (budget.left < 0) throw zipRefused(zip, 'it unpacks to more than may come of a file of its size')
    crc = crc32(chunk, crc)
    yield chunk
  }
  if (size < entry.size) throw zipDamaged(zip, 'an entry unpacks to fewer bytes than it says')
  if (crc !== entry.crc) throw zipDamaged(zip, 'an entry does not match its CRC')
}
