import { zipDamaged, zipRefused } from './failure.ts'
import type { ExportLimits } from './limits.ts'
import {
  type OpenZip,
  readBytes,
  readZipDirectory,
  type ZipDirectory,
  type ZipEntry,
  zip64Fields,
} from './zip-directory.ts'

const LOCAL_BYTES = 30
const FLAG_ENCRYPTED = 0x0001
const FLAG_DESCRIPTOR = 0x0008
const FLAG_STRONG_ENCRYPTION = 0x0040
const FLAG_MASKED_HEADERS = 0x2000
const MADE_BY_UNIX = 3
const FILE_TYPE = 0o170000
const REGULAR = 0o100000
const DIRECTORY = 0o040000

/**
 * Reads the directory of a ZIP and holds every entry against its local header and the others, before anything else opens the
 * file: whatever is hostile or damaged about its structure ends here.
 *
 * @throws CustodyError `EXPORT_ZIP_DAMAGED`, `EXPORT_ZIP_REFUSED`
 */
export async function checkZip(zip: OpenZip, limits: ExportLimits): Promise<readonly ZipEntry[]> {
  const directory = await readZipDirectory(zip, limits.entries)
  const names = new Set<string>()
  for (const entry of directory.entries) {
    checkName(zip, entry, names)
    checkKind(zip, entry, limits)
  }
  await checkPlaces(zip, directory)
  return directory.entries
}

/** Names are never used as paths here; one that could be is refused all the same, since no export has it. */
function checkName({ name: zip }: OpenZip, { name }: ZipEntry, names: Set<string>): void {
  if (name === '' || /[\p{Cc}\ufffd]/u.test(name)) throw zipRefused(zip, 'an entry has no proper name')
  if (name.includes('\\') || name.startsWith('/') || /^\w+:/.test(name)) {
    throw zipRefused(zip, 'the name of an entry is an absolute path, or one of Windows')
  }
  if (name.split('/').includes('..')) throw zipRefused(zip, 'the name of an entry leads out of its folder (..)')
  // node-stream-zip keeps entries as properties of an object.
  if (name === '__proto__') throw zipRefused(zip, 'an entry has no proper name')
  const folded = name.normalize('NFC').toLowerCase()
  if (names.has(folded)) throw zipRefused(zip, 'two entries have the same name')
  names.add(folded)
}

function checkKind({ name: zip }: OpenZip, entry: ZipEntry, { ratio, ratioFromBytes }: ExportLimits): void {
  const { name, flags, method, madeBy, externalAttributes, size, compressedSize } = entry
  if ((flags & (FLAG_ENCRYPTED | FLAG_STRONG_ENCRYPTION | FLAG_MASKED_HEADERS)) !== 0) {
    throw zipRefused(zip, 'an entry is encrypted')
  }
  if (method !== 0 && method !== 8) throw zipRefused(zip, `an entry is packed by method ${method}`)
  const type = madeBy === MADE_BY_UNIX ? (externalAttributes >>> 16) & FILE_TYPE : 0
  const allowed = name.endsWith('/') ? [0, DIRECTORY] : [0, REGULAR]
  if (!allowed.includes(type)) throw zipRefused(zip, 'an entry is a symbolic link or another special file')
  if (name.endsWith('/') && size > 0) throw zipRefused(zip, 'a folder has content')
  if (method === 0 && size !== compressedSize) throw zipDamaged(zip, 'a stored entry has two sizes')
  if (size > ratioFromBytes && size > ratio * compressedSize) {
    throw zipRefused(zip, `an entry unpacks to more than ${ratio} times its size`)
  }
}

/** Every entry has a header that agrees with the directory, and bytes of its own. */
async function checkPlaces(zip: OpenZip, { entries, start }: ZipDirectory): Promise<void> {
  let end = 0
  for (const entry of entries.toSorted((a, b) => a.offset - b.offset)) {
    if (entry.offset < end) throw zipRefused(zip.name, 'two entries share bytes')
    end = await checkLocalHeader(zip, entry, start)
  }
}

/** Gives the place where the entry's data ends. */
async function checkLocalHeader(zip: OpenZip, entry: ZipEntry, directoryStart: number): Promise<number> {
  const namesAt = entry.offset + LOCAL_BYTES
  if (namesAt > directoryStart) throw zipDamaged(zip.name, 'an entry lies outside of the file')
  // Mostly the names are short and one read will do.
  const guess = await readBytes(zip, entry.offset, Math.min(namesAt + 256, directoryStart))
  const header = guess.subarray(0, LOCAL_BYTES)
  if (header.readUInt32LE(0) !== 0x04034b50) throw zipDamaged(zip.name, 'an entry has no local header')
  const nameEnd = namesAt + header.readUInt16LE(26)
  const dataStart = nameEnd + header.readUInt16LE(28)
  const dataEnd = dataStart + entry.compressedSize
  if (dataEnd > directoryStart) throw zipDamaged(zip.name, 'an entry lies outside of the file')
  const isThere = dataStart - entry.offset <= guess.length
  const names = isThere
    ? guess.subarray(LOCAL_BYTES, dataStart - entry.offset)
    : await readBytes(zip, namesAt, dataStart)
  const wide = zip64Fields(zip, names.subarray(nameEnd - namesAt))
  const size = header.readUInt32LE(22) === 0xffffffff ? wide[0] : header.readUInt32LE(22)
  const compressedSize = header.readUInt32LE(18) === 0xffffffff ? wide[1] : header.readUInt32LE(18)
  const crc = header.readUInt32LE(14)
  const agrees = size === entry.size && compressedSize === entry.compressedSize && crc === entry.crc
  // With a descriptor, these are written behind the data and stand as zeros here.
  const open = (entry.flags & FLAG_DESCRIPTOR) !== 0 && !size && !compressedSize && crc === 0
  const sameKind = header.readUInt16LE(6) === entry.flags && header.readUInt16LE(8) === entry.method
  const sameName = names.toString('utf8', 0, nameEnd - namesAt) === entry.name
  if (!sameName || !sameKind || !(agrees || open)) {
    throw zipRefused(zip.name, 'an entry says one thing in the directory and another in its local header')
  }
  return dataEnd
}
