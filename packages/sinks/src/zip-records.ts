// The layout of a ZIP file: PKWARE APPNOTE 6.3.10, sections 4.3.7 (local), 4.3.12 (central), 4.3.14-16 (end).

/** What the headers of an entry say. */
export interface ZipEntry {
  readonly name: string
  readonly isDeflated: boolean
  readonly crc: number
  readonly size: number
  readonly packedSize: number
  /** Whether its sizes are written with 64 bits: that has to be known before they are. */
  readonly isWide: boolean
  /** Where its local header stands. */
  readonly offset: number
}

/** What 32 bits cannot say stands in an extra field, and this in its place. */
const SATURATED = 0xffff_ffff
const SATURATED_COUNT = 0xffff
/** Of files that near 4 GiB the sizes get 64 bits: what does not deflate grows by some bytes. */
export const WIDE_FROM_BYTES = 0xff00_0000

const VERSION = 20
const VERSION_ZIP64 = 45
const MADE_BY_UNIX = 3
const UTF8_NAMES = 0x0800
const DEFLATED = 8
/** 1980-02-01: 1980-01-01 itself is Java's mark for "before 1980", and time zones push it over the edge. */
const DATE = (2 << 5) | 1
const REGULAR_FILE_MODE = 0o100644

/** The header before the data of an entry. Its length depends on name and width alone. */
export function localHeader(entry: ZipEntry): Buffer {
  const { name, size, packedSize, isWide } = entry
  const bytes = Buffer.from(name)
  const extra = isWide ? zip64Extra([size, packedSize]) : none
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  writeCommon(header, 4, entry)
  header.writeUInt16LE(bytes.length, 26)
  header.writeUInt16LE(extra.length, 28)
  return Buffer.concat([header, bytes, extra])
}

/** The line of an entry in the directory. */
export function centralHeader(entry: ZipEntry): Buffer {
  const { name, size, packedSize, isWide, offset } = entry
  const bytes = Buffer.from(name)
  const isFar = offset >= SATURATED
  const extra = zip64Extra([...(isWide ? [size, packedSize] : []), ...(isFar ? [offset] : [])])
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE((MADE_BY_UNIX << 8) | VERSION_ZIP64, 4)
  writeCommon(header, 6, entry)
  header.writeUInt16LE(bytes.length, 28)
  header.writeUInt16LE(extra.length, 30)
  header.writeUInt32LE(REGULAR_FILE_MODE * 0x1_0000, 38)
  header.writeUInt32LE(isFar ? SATURATED : offset, 42)
  return Buffer.concat([header, bytes, extra])
}

/** What stands in both headers, in one order: version, flags, method, time, CRC, sizes. */
function writeCommon(
  header: Buffer,
  at: number,
  { isDeflated, crc, size, packedSize, isWide, offset }: ZipEntry,
): void {
  header.writeUInt16LE(isWide || offset >= SATURATED ? VERSION_ZIP64 : VERSION, at)
  header.writeUInt16LE(UTF8_NAMES, at + 2)
  header.writeUInt16LE(isDeflated ? DEFLATED : 0, at + 4)
  header.writeUInt16LE(DATE, at + 8)
  header.writeUInt32LE(crc, at + 10)
  header.writeUInt32LE(isWide ? SATURATED : packedSize, at + 14)
  header.writeUInt32LE(isWide ? SATURATED : size, at + 18)
}

/** What stands behind the directory, for both generations of readers. */
export function endRecords(directory: {
  readonly entries: number
  readonly size: number
  readonly offset: number
}): Buffer {
  const { entries, size, offset } = directory
  const needsWide = entries >= SATURATED_COUNT || size >= SATURATED || offset >= SATURATED
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  const count = Math.min(entries, SATURATED_COUNT)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(Math.min(size, SATURATED), 12)
  end.writeUInt32LE(Math.min(offset, SATURATED), 16)
  return needsWide ? Buffer.concat([end64(entries, size, offset), end]) : end
}

/** The end record of ZIP64 and the locator that leads to it. */
function end64(entries: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(76)
  record.writeUInt32LE(0x06064b50, 0)
  record.writeBigUInt64LE(44n, 4)
  record.writeUInt16LE((MADE_BY_UNIX << 8) | VERSION_ZIP64, 12)
  record.writeUInt16LE(VERSION_ZIP64, 14)
  record.writeBigUInt64LE(BigInt(entries), 24)
  record.writeBigUInt64LE(BigInt(entries), 32)
  record.writeBigUInt64LE(BigInt(size), 40)
  record.writeBigUInt64LE(BigInt(offset), 48)
  record.writeUInt32LE(0x07064b50, 56)
  record.writeBigUInt64LE(BigInt(offset + size), 64)
  record.writeUInt32LE(1, 72)
  return record
}

const none = Buffer.alloc(0)

function zip64Extra(values: readonly number[]): Buffer {
  if (values.length === 0) return none
  const extra = Buffer.alloc(4 + 8 * values.length)
  extra.writeUInt16LE(0x0001, 0)
  extra.writeUInt16LE(8 * values.length, 2)
  for (const [index, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index)
  return extra
}
