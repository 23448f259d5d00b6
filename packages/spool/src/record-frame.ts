import { damaged } from './block-cipher.ts'

/** One record of a spool. */
export interface SpoolRecord {
  readonly key: string
  readonly value: Uint8Array
}

// A frame: its form (1 byte), the length of its key (4, not with SAME_KEY), the length of its value (4), key, value.
const SAME_KEY = 0
const UTF8_KEY = 1
/** For keys with lone surrogates, which UTF-8 cannot write. */
const UTF16_KEY = 2

/** The parts of a record as they are written, one after the other. Without its key where the record before has the same. */
export function toFrame({ key, value }: SpoolRecord, sameKey: boolean): readonly Uint8Array[] {
  if (sameKey) {
    const header = Buffer.allocUnsafe(5)
    header[0] = SAME_KEY
    header.writeUInt32LE(value.length, 1)
    return [header, value]
  }
  const wellFormed = key.isWellFormed()
  const keyBytes = Buffer.from(key, wellFormed ? 'utf8' : 'utf16le')
  const header = Buffer.allocUnsafe(9)
  header[0] = wellFormed ? UTF8_KEY : UTF16_KEY
  header.writeUInt32LE(keyBytes.length, 1)
  header.writeUInt32LE(value.length, 5)
  return [header, keyBytes, value]
}

/** Takes records out of pieces of what {@link toFrame} wrote, cut anywhere. */
export class FrameParser {
  #pieces: Buffer[] = []
  #held = 0
  /** How much has to be there before trying again. */
  #needed = 5
  #key: string | undefined

  /** The records that end in this piece. Their values are views of it. */
  push(piece: Buffer): SpoolRecord[] {
    this.#pieces.push(piece)
    this.#held += piece.length
    // Joined once it suffices, not with every piece: else a huge value would be copied again and again.
    if (this.#held < this.#needed) return []
    const bytes = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces)
    const records: SpoolRecord[] = []
    let at = 0
    while (true) {
      const end = frameEnd(bytes, at)
      if (end > bytes.length) {
        this.#needed = end - at
        break
      }
      records.push(this.#read(bytes, at, end))
      at = end
    }
    this.#pieces = at === bytes.length ? [] : [bytes.subarray(at)]
    this.#held = bytes.length - at
    return records
  }

  /** Whether everything that came was records. */
  get isBetweenRecords(): boolean {
    return this.#held === 0
  }

  #read(bytes: Buffer, at: number, end: number): SpoolRecord {
    const form = bytes[at]
    if (form === SAME_KEY) {
      if (this.#key === undefined) throw damaged('a record has no key')
      return { key: this.#key, value: bytes.subarray(at + 5, end) }
    }
    const keyEnd = at + 9 + bytes.readUInt32LE(at + 1)
    this.#key = bytes.toString(form === UTF8_KEY ? 'utf8' : 'utf16le', at + 9, keyEnd)
    return { key: this.#key, value: bytes.subarray(keyEnd, end) }
  }
}

/** Where the frame at a place ends; with too little at hand to tell, the least it needs. */
function frameEnd(bytes: Buffer, at: number): number {
  if (at + 5 > bytes.length) return at + 5
  if (bytes[at] === SAME_KEY) return at + 5 + bytes.readUInt32LE(at + 1)
  if (at + 9 > bytes.length) return at + 9
  return at + 9 + bytes.readUInt32LE(at + 1) + bytes.readUInt32LE(at + 5)
}
