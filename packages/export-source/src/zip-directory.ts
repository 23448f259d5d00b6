import type { FileHandle } from 'node:fs/promises'
import { zipDamaged, zipRefused } from './failure.ts'

// The layout of a ZIP file: PKWARE APPNOTE 6.3.10, sections 4.3.7 (local), 4.3.12 (central), 4.3.14-16 (end).

/** An entry by the central directory. Sizes and offsets are whole numbers below 2^53. */
export interface ZipEntry {
  /** Decoded as node-stream-zip does: two names that it takes for one are one here. */
  readonly name: string
  readonly madeBy: number
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly compressedSize: number
  readonly size: number
  readonly externalAttributes: number
  /** Where its local header begins. */
  readonly offset: number
}

/** A ZIP as a file that is open. */
export interface OpenZip {
  /** What to call it in errors. */
  readonly name: string
  readonly handle: FileHandle
  readonly size: number
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[]
  /** Where the central directory begins: the entries' data ends before it. */
  readonly start: number
}

const END_BYTES = 22
const END64_BYTES = 56
const LOCATOR_BYTES = 20
const CENTRAL_BYTES = 46
const COMMENT_MAX = 0xffff
const CHUNK_BYTES = 512 * 1024

interface End {
  readonly entries: number
  readonly size: number
  readonly offset: number
  /** Where the end records begin, and so where the directory has to end. */
  readonly position: number
}

/**
 * Reads the central directory, trusting nothing in it.
 *
 * node-stream-zip reads it again afterwards; it must not be let near a file before: 98 bytes (a ZIP64 end record that points
 * past 2^53) end the process in its callback.
 */
export async function readZipDirectory(zip: OpenZip, maxEntries: number): Promise<ZipDirectory> {
  const end = await readEnd(zip)
  if (end.entries > maxEntries) throw zipRefused(zip.name, `it names ${end.entries} entries, more than ${maxEntries}`)
  if (end.offset + end.size > end.position) throw zipDamaged(zip.name, 'its directory is not where it should be')
  const entries: ZipEntry[] = []
  let rest: Buffer = Buffer.alloc(0)
  const stop = end.offset + end.size
  for (let position = end.offset; position < stop; ) {
    const chunk = await readBytes(zip, position, Math.min(stop, position + CHUNK_BYTES))
    position += chunk.length
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    while (at + CENTRAL_BYTES <= rest.length) {
      const length = centralLength(zip, rest, at)
      if (at + length > rest.length) break
      if (entries.length === end.entries) throw zipDamaged(zip.name, 'its directory holds more entries than it says')
      entries.push(centralEntry(zip, rest.subarray(at, at + length)))
      at += length
    }
    rest = rest.subarray(at)
  }
  if (rest.length > 0) throw zipDamaged(zip.name, 'its directory ends in the middle of an entry')
  if (entries.length !== end.entries) throw zipDamaged(zip.name, 'its directory holds fewer entries than it says')
  return { entries, start: end.offset }
}

async function readEnd(zip: OpenZip): Promise<End> {
  const tailStart = Math.max(0, zip.size - END_BYTES - COMMENT_MAX)
  const tail = await readBytes(zip, tailStart, zip.size)
  // The last place first, as node-stream-zip looks for it: both have to find the same one.
  let at = tail.length - END_BYTES
  while (at >= 0 && tail.readUInt32LE(at) !== 0x06054b50) at -= 1
  if (at < 0) throw zipDamaged(zip.name, 'it has no end record, so it is cut or no ZIP')
  if (at + END_BYTES + tail.readUInt16LE(at + 20) !== tail.length) {
    throw zipDamaged(zip.name, 'there are bytes after its end')
  }
  if (tail.readUInt16LE(at + 4) !== 0 || tail.readUInt16LE(at + 6) !== 0) {
    throw zipRefused(zip.name, 'it is one of several disks')
  }
  const end = {
    entries: tail.readUInt16LE(at + 10),
    size: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
    position: tailStart + at,
  }
  if (tail.readUInt16LE(at + 8) !== end.entries) throw zipRefused(zip.name, 'it is one of several disks')
  return (await readEnd64(zip, end)) ?? end
}

/** The ZIP64 end record, where the small one has a saturated field. */
async function readEnd64(zip: OpenZip, end: End): Promise<End | undefined> {
  const saturated = end.entries === 0xffff || end.size === 0xffffffff || end.offset === 0xffffffff
  if (!saturated) return undefined
  const locatorAt = end.position - LOCATOR_BYTES
  if (locatorAt < END64_BYTES) throw zipDamaged(zip.name, 'its ZIP64 end record is missing')
  const locator = await readBytes(zip, locatorAt, end.position)
  if (locator.readUInt32LE(0) !== 0x07064b50) throw zipDamaged(zip.name, 'its ZIP64 end record is missing')
  const position = uint64(locator, 8)
  if (position + END64_BYTES !== locatorAt) throw zipDamaged(zip.name, 'its ZIP64 end record is not where it should be')
  const end64 = await readBytes(zip, position, locatorAt)
  if (end64.readUInt32LE(0) !== 0x06064b50) throw zipDamaged(zip.name, 'its ZIP64 end record is damaged')
  const entries = uint64(end64, 32)
  if (uint64(end64, 24) !== entries) throw zipRefused(zip.name, 'it is one of several disks')
  return { entries, size: uint64(end64, 40), offset: uint64(end64, 48), position }
}

function centralLength(zip: OpenZip, buffer: Buffer, at: number): number {
  if (buffer.readUInt32LE(at) !== 0x02014b50) throw zipDamaged(zip.name, 'its directory is damaged')
  return CENTRAL_BYTES + buffer.readUInt16LE(at + 28) + buffer.readUInt16LE(at + 30) + buffer.readUInt16LE(at + 32)
}

function centralEntry(zip: OpenZip, header: Buffer): ZipEntry {
  const nameEnd = CENTRAL_BYTES + header.readUInt16LE(28)
  const wide = zip64Fields(zip, header.subarray(nameEnd, nameEnd + header.readUInt16LE(30)))
  // Only saturated fields stand in the extra, in this order.
  const field = (value: number): number => (value === 0xffffffff ? (wide.shift() ?? value) : value)
  const size = field(header.readUInt32LE(24))
  const compressedSize = field(header.readUInt32LE(20))
  const offset = field(header.readUInt32LE(42))
  return {
    name: header.toString('utf8', CENTRAL_BYTES, nameEnd),
    madeBy: header.readUInt16LE(4) >>> 8,
    flags: header.readUInt16LE(8),
    method: header.readUInt16LE(10),
    crc: header.readUInt32LE(16),
    compressedSize,
    size,
    externalAttributes: header.readUInt32LE(38),
    offset,
  }
}

/** The numbers of the ZIP64 extra field (id 1), or none. node-stream-zip reads past extras whose lengths do not add up. */
export function zip64Fields(zip: OpenZip, extra: Buffer): number[] {
  let fields: number[] = []
  for (let at = 0; at < extra.length; ) {
    const end = at + 4 <= extra.length ? at + 4 + extra.readUInt16LE(at + 2) : extra.length + 1
    if (end > extra.length) throw zipDamaged(zip.name, 'an extra field is longer than its place')
    if (extra.readUInt16LE(at) === 1) {
      fields = []
      for (let field = at + 4; field + 8 <= end; field += 8) fields.push(uint64(extra, field))
    }
    at = end
  }
  return fields
}

/** Reads exactly `[start, end)`. */
export async function readBytes({ name, handle }: OpenZip, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(end - start)
  for (let filled = 0; filled < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled)
    if (bytesRead === 0) throw zipDamaged(name, 'it became shorter while it was read')
    filled += bytesRead
  }
  return bytes
}

/** Rounded beyond 2^53, where every number is as good as any other: outside of every file. */
function uint64(buffer: Buffer, at: number): number {
  return Number(buffer.readBigUInt64LE(at))
}
