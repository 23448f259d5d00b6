import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { damaged, otherFormat, wrongKey } from './journal-error.ts'

/*
 * A journal begins with: "CUSTJNL" · its format's version (1 byte) · an id of its own (16) · when it was made (8, epoch
 * milliseconds) · an HMAC of all that (16): whether the key is right · CRC-32 of all that (4): whether it is damaged.
 */
const MAGIC = Buffer.from('CUSTJNL', 'latin1')
const VERSION = 1
const CHECK_AT = 32
const CRC_AT = 48
export const HEADER_BYTES = 52

export interface JournalHeader {
  /** Epoch milliseconds. */
  readonly createdAt: number
  readonly keys: JournalKeys
}

/** Keys of one file alone, so that no frame of another one can stand in it. */
export interface JournalKeys {
  /** Encrypts frames. */
  readonly frames: Uint8Array
  /** Hashes ids. */
  readonly ids: Uint8Array
}

export function newHeader(key: Uint8Array, createdAt: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  MAGIC.copy(header)
  header[MAGIC.length] = VERSION
  randomBytes(16).copy(header, 8)
  header.writeDoubleLE(createdAt, 24)
  keyCheck(key, header).copy(header, CHECK_AT)
  header.writeUInt32LE(crc32(header.subarray(0, CRC_AT)), CRC_AT)
  return header
}

/** @throws CustodyError `JOURNAL_DAMAGED`, `JOURNAL_FORMAT`, `JOURNAL_KEY` */
export function readHeader(file: string, key: Uint8Array, header: Buffer): JournalHeader {
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) throw damaged(file, 0, 'it does not begin as a journal does')
  const version = header[MAGIC.length]
  if (version !== undefined && version !== VERSION) throw otherFormat(file, version)
  if (header.length < HEADER_BYTES) throw damaged(file, header.length, 'it ends within its header')
  if (crc32(header.subarray(0, CRC_AT)) !== header.readUInt32LE(CRC_AT)) {
    throw damaged(file, 0, 'its header is not as it was written')
  }
  if (!timingSafeEqual(keyCheck(key, header), header.subarray(CHECK_AT, CRC_AT))) throw wrongKey(file)
  return {
    createdAt: header.readDoubleLE(24),
    keys: { frames: derived(key, header, 'frames'), ids: derived(key, header, 'ids') },
  }
}

function keyCheck(key: Uint8Array, header: Buffer): Buffer {
  const check = createHmac('sha256', derived(key, header, 'header'))
    .update(header.subarray(0, CHECK_AT))
    .digest()
  return check.subarray(0, CRC_AT - CHECK_AT)
}

function derived(key: Uint8Array, header: Buffer, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, header.subarray(8, 24), `custody journal ${VERSION}: ${purpose}`, 32))
}
