import type { FileHandle } from 'node:fs/promises'
import { CustodyError } from '@custody/pipeline'
import type { Findings } from './findings.ts'
import { readBytes, readRange } from './read-range.ts'

// The layout of a ZIP file: PKWARE APPNOTE 6.3.10, sections 4.3.7 (local), 4.3.12 (central), 4.3.14-16 (end).

/** An entry by the central directory. Sizes and offsets are whole numbers below 2^53. */
export interface ZipEntry {
  /** Bytes as Latin-1: a name outside ASCII never holds the path rule, whatever its encoding. */
  readonly name: string
  readonly madeBy: number
  /** The version of the format a reader has to know, tenfold: 20 with deflate, 45 with ZIP64. */
  readonly needs: number
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly compressedSize: number
  readonly size: number
  readonly externalAttributes: number
  /** Where its local header begins. */
  readonly offset: number
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

interface End {
  readonly entries: number
  readonly size: number
  readonly offset: number
  /** Where the end records begin, and so where the directory has to end. */
  readonly position: number
}

/**
 * Reads the central directory, trusting nothing in it. What is odd but can be read past becomes a finding.
 *
 * Not node-stream-zip: a 98-byte file (a ZIP64 end record that points past 2^53) ends the process in its callback, and it
 * checks no CRC of entries with data descriptors, which are all that archives of before had.
 *
 * @throws CustodyError of kind not-found, `NOT_AN_ARCHIVE`, where there is no directory to be read.
 */
export async function readZipDirectory(
  handle: FileHandle,
  fileSize: number,
  maxEntries: number,
  findings: Findings,
): Promise<ZipDirectory> {
  const end = await readEnd(handle, fileSize, findings)
  if (end.entries > maxEntries) throw notZip(`its directory names ${end.entries} entries, more than ${maxEntries}`)
  if (end.offset + end.size > end.position) throw notZip('its directory lies outside the file')
  if (end.offset + end.size < end.position) {
    findings.add('ZIP_DIRECTORY', null, 'there are bytes between the directory and its end record')
  }
  const entries: ZipEntry[] = []
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of readRange(handle, end.offset, end.offset + end.size)) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let position = 0
    while (position + CENTRAL_BYTES <= rest.length) {
      const length = centralLength(rest, position)
      if (position + length > rest.length) break
      if (entries.length === maxEntries) throw notZip(`its directory holds more than ${maxEntries} entries`)
      const header = rest.subarray(position, position + length)
      const entry = centralEntry(header)
      for (const oddity of odditiesOf(header)) findings.add('ZIP_EXTRA', entry.name, oddity)
      entries.push(entry)
      position += length
    }
    rest = rest.subarray(position)
  }
  if (rest.length > 0) throw notZip('its directory ends in the middle of an entry')
  if (entries.length !== end.entries) {
    findings.add(
      'ZIP_DIRECTORY',
      null,
      `the end record says ${end.entries} entries, the directory has ${entries.length}`,
    )
  }
  return { entries, start: end.offset }
}

async function readEnd(handle: FileHandle, fileSize: number, findings: Findings): Promise<End> {
  const tailStart = Math.max(0, fileSize - END_BYTES - COMMENT_MAX)
  const tail = await readBytes(handle, tailStart, fileSize)
  // The last place first: our archives end there.
  let at = tail.length - END_BYTES
  while (at >= 0 && tail.readUInt32LE(at) !== 0x06054b50) at -= 1
  if (at < 0) throw notZip('it has no end record')
  if (at + END_BYTES < tail.length || tail.readUInt16LE(at + 20) !== 0) {
    findings.add('ZIP_TRAILING_BYTES', null, 'there are bytes after the end record, or a comment')
  }
  if (tail.readUInt16LE(at + 4) !== 0 || tail.readUInt16LE(at + 6) !== 0) throw notZip('it is one of several disks')
  const end = {
    entries: tail.readUInt16LE(at + 10),
    size: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
    position: tailStart + at,
  }
  return (await readEnd64(handle, end)) ?? end
}

/** The ZIP64 end record, where the small one has a locator before it and points to it by a saturated field. */
async function readEnd64(handle: FileHandle, end: End): Promise<End | undefined> {
  const saturated = end.entries === 0xffff || end.size === 0xffffffff || end.offset === 0xffffffff
  const locatorAt = end.position - LOCATOR_BYTES
  if (!saturated || locatorAt < 0) return undefined
  const locator = await readBytes(handle, locatorAt, end.position)
  if (locator.readUInt32LE(0) !== 0x07064b50) return undefined
  const position = uint64(locator, 8)
  if (position + END64_BYTES !== locatorAt) throw notZip('its ZIP64 end record is not where it should be')
  const end64 = await readBytes(handle, position, locatorAt)
  if (end64.readUInt32LE(0) !== 0x06064b50) throw notZip('its ZIP64 end record is damaged')
  return { entries: uint64(end64, 32), size: uint64(end64, 40), offset: uint64(end64, 48), position }
}

function centralLength(buffer: Buffer, at: number): number {
  if (buffer.readUInt32LE(at) !== 0x02014b50) throw notZip('its directory is damaged')
  return CENTRAL_BYTES + buffer.readUInt16LE(at + 28) + buffer.readUInt16LE(at + 30) + buffer.readUInt16LE(at + 32)
}

function centralEntry(header: Buffer): ZipEntry {
  const nameEnd = CENTRAL_BYTES + header.readUInt16LE(28)
  const extra = header.subarray(nameEnd, nameEnd + header.readUInt16LE(30))
  const wide = zip64Fields(extra)
  // Only saturated fields stand in the extra, in this order.
  const field = (value: number): number => (value === 0xffffffff ? (wide.shift() ?? value) : value)
  const size = field(header.readUInt32LE(24))
  const compressedSize = field(header.readUInt32LE(20))
  const offset = field(header.readUInt32LE(42))
  return {
    name: header.toString('latin1', CENTRAL_BYTES, nameEnd),
    madeBy: header.readUInt16LE(4) >>> 8,
    needs: header.readUInt8(6),
    flags: header.readUInt16LE(8),
    method: header.readUInt16LE(10),
    crc: header.readUInt32LE(16),
    compressedSize,
    size,
    externalAttributes: header.readUInt32LE(38),
    offset,
  }
}

/** Sizes (ZIP64), times and owners as packers of all systems write them. */
const harmlessExtras = new Set([0x0001, 0x000a, 0x5455, 0x5855, 0x7855, 0x7875, 0xcafe])

/** What an entry says beside its content, where readers differ in what they make of it: another name, say. */
function odditiesOf(header: Buffer): readonly string[] {
  const extraStart = CENTRAL_BYTES + header.readUInt16LE(28)
  const found = odditiesOfExtra(header.subarray(extraStart, extraStart + header.readUInt16LE(30)))
  return header.readUInt16LE(32) > 0 ? ['has a comment', ...found] : found
}

/** The same of the extra fields of an entry, of which the directory and the local header have each their own. */
export function odditiesOfExtra(extra: Buffer): readonly string[] {
  const found: string[] = []
  let at = 0
  while (at + 4 <= extra.length) {
    const id = extra.readUInt16LE(at)
    if (!harmlessExtras.has(id)) found.push(`has an extra field of the kind 0x${id.toString(16).padStart(4, '0')}`)
    at += 4 + extra.readUInt16LE(at + 2)
  }
  if (at !== extra.length) found.push('has extra fields that do not end where they say')
  return found
}

/** The numbers of the ZIP64 extra field (id 1), or none. */
export function zip64Fields(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = Math.min(extra.length, at + 4 + extra.readUInt16LE(at + 2))
    if (extra.readUInt16LE(at) === 1) {
      const fields: number[] = []
      for (let field = at + 4; field + 8 <= end; field += 8) fields.push(uint64(extra, field))
      return fields
    }
    at = end
  }
  return []
}

/** Rounded beyond 2^53, where every number is as good as any other: outside of every file. */
export function uint64(buffer: Buffer, at: number): number {
  return Number(buffer.readBigUInt64LE(at))
}

function notZip(why: string): CustodyError {
  return new CustodyError('NOT_AN_ARCHIVE', `This is no ZIP file that can be read: ${why}.`, { kind: 'not-found' })
}
