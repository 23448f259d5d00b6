import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createInflateRaw } from 'node:zlib'
import { FileFault } from './findings.ts'
import { readRange } from './read-range.ts'
import type { ZipData } from './zip-entries.ts'

/**
 * The content of an entry, unpacked piece by piece, never more than the size it claims.
 *
 * @throws FileFault `ZIP_DATA`, `ZIP_SIZE`, `ZIP_CRC`.
 */
export async function* readZipData(handle: FileHandle, entry: ZipData): AsyncGenerator<Buffer, void, undefined> {
  const raw = readRange(handle, entry.dataStart, entry.dataStart + entry.compressedSize)
  let size = 0
  let crc = 0
  for await (const chunk of entry.method === 0 ? raw : inflate(raw, entry.compressedSize)) {
    size += chunk.length
    if (size > entry.size) throw new FileFault('ZIP_SIZE', 'unpacks to more bytes than it says')
    crc = crc32(chunk, crc)
    yield chunk
  }
  if (size < entry.size) throw new FileFault('ZIP_SIZE', 'unpacks to fewer bytes than it says')
  if (crc !== entry.crc) throw new FileFault('ZIP_CRC', 'does not match its CRC')
}

// Unpacking happens on another thread: a few pieces ahead of whoever looks into them.
const inflateOptions = { chunkSize: 1024 * 1024, highWaterMark: 4 * 1024 * 1024 }

async function* inflate(raw: AsyncGenerator<Buffer>, compressedSize: number): AsyncGenerator<Buffer, void, undefined> {
  const inflater = createInflateRaw(inflateOptions)
  const packed = pipeline(Readable.from(raw, { objectMode: false }), inflater)
  // Its failure shows on the inflater as well; here it must only not go unhandled.
  packed.catch(() => undefined)
  try {
    yield* inflater
  } catch (error) {
    if (error instanceof FileFault) throw error
    throw new FileFault('ZIP_DATA', 'cannot be unpacked')
  }
  if (inflater.bytesWritten !== compressedSize) throw new FileFault('ZIP_DATA', 'has bytes behind its packed data')
}
