import { createCipheriv, createDecipheriv, createHmac, type DecipherGCM, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { JournalKeys } from './journal-header.ts'

/*
 * A frame: the length of its ciphertext (4) · its nonce (12) · CRC-32 of both (4) · ciphertext of id hash (16) and answer ·
 * tag (16). The CRC tells a length that is wrong from a frame that the file ends within. Who forges it has gained nothing
 * that cutting the file would not give.
 */
const NONCE_BYTES = 12
const TAG_BYTES = 16
const algorithm = 'aes-256-gcm'
export const HEAD_BYTES = 20
/** Of the id of an answer: 128 bits with a key of the file's own, so nobody can make two that meet. */
export const ID_HASH_BYTES = 16
/** What a frame takes besides the answer. */
export const FRAME_OVERHEAD_BYTES: number = HEAD_BYTES + ID_HASH_BYTES + TAG_BYTES
/** The ciphers of Node take no more at once. */
export const MAX_ANSWER_BYTES: number = 2 ** 31 - 1 - ID_HASH_BYTES

/** One that is being decrypted piece by piece. */
export interface FrameOpening {
  readonly decipher: DecipherGCM
  readonly cipherBytes: number
  /** Its length with everything. */
  readonly frameBytes: number
}

/**
 * Encrypts frames with AES-256-GCM, each for its place in the file: moved, doubled, or behind a frame that was taken out, it is
 * as wrong as a changed one. Nonces are random, not counted: what a crash left behind is cut off, and another frame takes
 * its place.
 */
export class FrameCipher {
  readonly #keys: JournalKeys

  constructor(keys: JournalKeys) {
    this.#keys = keys
  }

  idHash(id: string): Buffer {
    // UTF-8 would make one of any two lone surrogates.
    return createHmac('sha256', this.#keys.ids).update(id, 'utf16le').digest().subarray(0, ID_HASH_BYTES)
  }

  /** The parts of a frame as they stand one after the other. */
  seal(position: number, idHash: Uint8Array, answer: Uint8Array): readonly Buffer[] {
    const head = Buffer.alloc(HEAD_BYTES)
    head.writeUInt32LE(idHash.length + answer.length, 0)
    randomBytes(NONCE_BYTES).copy(head, 4)
    head.writeUInt32LE(crc32(head.subarray(0, 16)), 16)
    const cipher = createCipheriv(algorithm, this.#keys.frames, nonceOf(head))
    cipher.setAAD(placeOf(position))
    const parts = [head, cipher.update(idHash), cipher.update(answer)]
    cipher.final()
    return [...parts, cipher.getAuthTag()]
  }

  /** Begins to decrypt the frame at a place; null where no frame was ever written. */
  open(position: number, head: Buffer): FrameOpening | null {
    const cipherBytes = head.readUInt32LE(0)
    if (crc32(head.subarray(0, 16)) !== head.readUInt32LE(16) || cipherBytes < ID_HASH_BYTES) return null
    const decipher = createDecipheriv(algorithm, this.#keys.frames, nonceOf(head), { authTagLength: TAG_BYTES })
    decipher.setAAD(placeOf(position))
    return { decipher, cipherBytes, frameBytes: HEAD_BYTES + cipherBytes + TAG_BYTES }
  }

  /** Whether all that was decrypted is as it was written at this place. */
  close({ decipher }: FrameOpening, tag: Buffer): boolean {
    try {
      decipher.setAuthTag(tag)
      decipher.final()
      return true
    } catch {
      return false
    }
  }
}

function nonceOf(head: Buffer): Buffer {
  return head.subarray(4, 4 + NONCE_BYTES)
}

function placeOf(position: number): Buffer {
  const place = Buffer.alloc(8)
  place.writeDoubleLE(position)
  return place
}
