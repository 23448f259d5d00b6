import type { FileHandle } from 'node:fs/promises'
import { archivePathProblem } from '@custody/sinks'
import type { Findings } from './findings.ts'
import { readBytes } from './read-range.ts'
import { odditiesOfExtra, uint64, type ZipDirectory, type ZipEntry, zip64Fields } from './zip-directory.ts'

/** An entry whose headers agree, with the place of its data. */
export interface ZipData extends ZipEntry {
  readonly dataStart: number
}

/** A ratio of unpacked to packed bytes that no honest text reaches by accident; the writer stores such files. */
export const ZIP_MAX_RATIO = 200
/** Below this size the ratio does not matter. */
export const ZIP_RATIO_FROM_BYTES: number = 1024 * 1024

const LOCAL_BYTES = 30
const VERSION_ZIP64 = 45
const FLAG_ENCRYPTED = 0x0001
const FLAG_DESCRIPTOR = 0x0008
const FLAG_STRONG_ENCRYPTION = 0x0040
const MADE_BY_UNIX = 3
const FILE_TYPE = 0o170000
const REGULAR = 0o100000
const DIRECTORY = 0o040000

/** Whether an entry grows more than a careful reader lets it. */
export function isTooDense({ size, compressedSize }: Pick<ZipEntry, 'size' | 'compressedSize'>): boolean {
  return size > ZIP_RATIO_FROM_BYTES && size > ZIP_MAX_RATIO * compressedSize
}

/**
 * Holds central directory, local headers and the bytes between them against each other, in the order of the file: every
 * byte before the directory belongs to exactly one entry. Gives the entries whose data may be read.
 */
export async function checkZipEntries(
  handle: FileHandle,
  { entries, start }: ZipDirectory,
  findings: Findings,
): Promise<ZipData[]> {
  checkFolders(entries, findings)
  const sorted = [...entries].sort((a, b) => a.offset - b.offset)
  const readable: ZipData[] = []
  let position = 0
  for (const entry of sorted) {
    if (entry.offset < position) findings.add('ZIP_OVERLAP', entry.name, 'shares bytes with another entry')
    if (entry.offset > position)
      findings.add('ZIP_HIDDEN_BYTES', entry.name, 'has bytes before it that belong to no entry')
    const acceptable = checkKind(entry, findings)
    const data = await readLocalHeader(handle, entry, start, findings)
    if (data === undefined) {
      // Where it ends is unknown: the next one is not held against it.
      position = Math.max(position, entry.offset)
      continue
    }
    if (entry.offset >= position && acceptable) readable.push(data)
    const dataEnd = data.dataStart + data.compressedSize
    position = Math.max(position, dataEnd + (await descriptorLength(handle, data, dataEnd, start)))
  }
  if (position < start)
    findings.add('ZIP_HIDDEN_BYTES', null, 'there are bytes before the directory that belong to no entry')
  return readable
}

/** What no reader may take for a place above or beside the one it unpacks to. The top folder may have any other name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const unsafeTop = /^\.{1,2}$|[\\:\x00-\x1f\x7f]/

/** Folders have names too, and some readers make them where they say. */
function checkFolders(entries: readonly ZipEntry[], findings: Findings): void {
  const tops = new Set<string>()
  for (const { name } of entries) {
    const top = name.slice(0, Math.max(0, name.indexOf('/')))
    tops.add(top)
    const folder = name.endsWith('/') ? name.slice(top.length + 1, -1) : ''
    const problem = folder === '' ? null : archivePathProblem(folder)
    if (problem !== null) findings.add('ZIP_FOLDER', name, problem)
  }
  for (const top of tops) if (unsafeTop.test(top)) findings.add('ZIP_FOLDER', top, 'is no name for the top folder')
}

function checkKind(entry: ZipEntry, findings: Findings): boolean {
  const refuse = (code: string, message: string): false => {
    findings.add(code, entry.name, message)
    return false
  }
  const { flags, method, madeBy, externalAttributes, size, compressedSize } = entry
  if ((flags & (FLAG_ENCRYPTED | FLAG_STRONG_ENCRYPTION)) !== 0) return refuse('ZIP_ENCRYPTED', 'is encrypted')
  if (method !== 0 && method !== 8) return refuse('ZIP_METHOD', `is packed by method ${method}, not stored or deflated`)
  const type = madeBy === MADE_BY_UNIX ? (externalAttributes >>> 16) & FILE_TYPE : 0
  const allowed = entry.name.endsWith('/') ? [0, DIRECTORY] : [0, REGULAR]
  if (!allowed.includes(type)) return refuse('ZIP_SPECIAL_FILE', 'is a symbolic link or another special file')
  if (method === 0 && size !== compressedSize) return refuse('ZIP_SIZE', 'is stored, but has two sizes')
  if (isTooDense(entry)) return refuse('ZIP_RATIO', `unpacks to more than ${ZIP_MAX_RATIO} times its size`)
  return true
}

async function readLocalHeader(
  handle: FileHandle,
  entry: ZipEntry,
  directoryStart: number,
  findings: Findings,
): Promise<ZipData | undefined> {
  const refuse = (message: string): undefined => {
    findings.add('ZIP_LOCAL_HEADER', entry.name, message)
  }
  const namesAt = entry.offset + LOCAL_BYTES
  if (namesAt > directoryStart) return refuse('its header lies outside the entries')
  const header = await readBytes(handle, entry.offset, namesAt)
  if (header.readUInt32LE(0) !== 0x04034b50) return refuse('has no local header')
  const nameEnd = namesAt + header.readUInt16LE(26)
  const dataStart = nameEnd + header.readUInt16LE(28)
  if (dataStart + entry.compressedSize > directoryStart) return refuse('its data lies outside the entries')
  const names = await readBytes(handle, namesAt, dataStart)
  if (names.toString('latin1', 0, nameEnd - namesAt) !== entry.name)
    return refuse('has another name in its local header')
  // Other readers stop at versions they do not know; nothing here needs a later one.
  if (entry.needs > VERSION_ZIP64 || header.readUInt8(4) > VERSION_ZIP64) return refuse('asks for an unknown version')
  if (header.readUInt16LE(6) !== entry.flags || header.readUInt16LE(8) !== entry.method) {
    return refuse('has other flags or another method in its local header')
  }
  const extra = names.subarray(nameEnd - namesAt)
  for (const oddity of odditiesOfExtra(extra)) findings.add('ZIP_EXTRA', entry.name, oddity)
  const wide = zip64Fields(extra)
  const size = header.readUInt32LE(22) === 0xffffffff ? wide[0] : header.readUInt32LE(22)
  const compressedSize = header.readUInt32LE(18) === 0xffffffff ? wide[1] : header.readUInt32LE(18)
  const crc = header.readUInt32LE(14)
  const agrees = size === entry.size && compressedSize === entry.compressedSize && crc === entry.crc
  // With a descriptor, these are written behind the data and stand as zeros here.
  const open = (entry.flags & FLAG_DESCRIPTOR) !== 0 && !size && !compressedSize && crc === 0
  if (!agrees && !open) return refuse('has other sizes or another CRC in its local header')
  return { ...entry, dataStart }
}

/** Bytes of the data descriptor behind an entry, or 0: where it is none, the bytes will show as hidden. */
async function descriptorLength(
  handle: FileHandle,
  { flags, crc, compressedSize, size }: ZipEntry,
  dataEnd: number,
  directoryStart: number,
): Promise<number> {
  if ((flags & FLAG_DESCRIPTOR) === 0) return 0
  const bytes = await readBytes(handle, dataEnd, Math.min(directoryStart, dataEnd + 24))
  const narrow = [crc, compressedSize, size]
  // With or without a signature, with sizes of four or of eight bytes.
  for (const at of [4, 0]) {
    if (at === 4 && (bytes.length < 4 || bytes.readUInt32LE(0) !== 0x08074b50)) continue
    if (bytes.length >= at + 20 && bytes.readUInt32LE(at) === crc) {
      if (uint64(bytes, at + 4) === compressedSize && uint64(bytes, at + 12) === size) return at + 20
    }
    if (bytes.length >= at + 12 && narrow.every((value, index) => bytes.readUInt32LE(at + 4 * index) === value)) {
      return at + 12
    }
  }
  return 0
}
