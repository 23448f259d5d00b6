import { createCipheriv, createDecipheriv } from 'node:crypto'
import { CustodyError } from '@custody/pipeline'

/** What encryption adds to each block. */
export const TAG_BYTES = 16

/**
 * Encrypts the blocks of one spool with AES-256-GCM. The nonce is the place of the block (run, number), so that no two blocks
 * of a key share one, and a block that was moved is as wrong as one that was changed.
 */
export class BlockCipher {
  readonly #key: Uint8Array

  /** @param key 32 bytes, used for this spool and nothing else. */
  constructor(key: Uint8Array) {
    this.#key = key
  }

  /** The block as it stands on disk: ciphertext, then tag. */
  seal(run: number, block: number, plain: Uint8Array): readonly [Buffer, Buffer] {
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonceOf(run, block))
    const sealed = cipher.update(plain)
    cipher.final()
    return [sealed, cipher.getAuthTag()]
  }

  /** @throws CustodyError `SPOOL_DAMAGED` unless the block is what was written at this place. */
  open(run: number, block: number, sealed: Buffer): Buffer {
    const end = sealed.length - TAG_BYTES
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, nonceOf(run, block), { authTagLength: TAG_BYTES })
      decipher.setAuthTag(sealed.subarray(end))
      const plain = decipher.update(sealed.subarray(0, end))
      decipher.final()
      return plain
    } catch (cause) {
      throw damaged('a block is not as it was written', cause)
    }
  }
}

export function damaged(what: string, cause?: unknown): CustodyError {
  return new CustodyError('SPOOL_DAMAGED', `A file of the spool was changed or cut during the run: ${what}.`, {
    cause,
    actions: ['Run again; if it comes back, check the disk, and who else writes in that directory.'],
  })
}

function nonceOf(run: number, block: number): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUInt32LE(run, 0)
  nonce.writeBigUInt64LE(BigInt(block), 4)
  return nonce
}
