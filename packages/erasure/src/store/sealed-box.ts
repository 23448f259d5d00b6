import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { toJoinKey } from '@custody/model'
import { CustodyError, usageError } from '@custody/pipeline'

/** Encrypts what identifies a person, and gives it names that say nothing to whoever does not have the key. */
export interface SealedBox {
  /** `place` is bound to it: moved to another row or column it does not open. */
  seal(place: readonly string[], plain: Uint8Array | string): Uint8Array
  /** @throws CustodyError `ERASURE_SEALED_DAMAGED` */
  open(place: readonly string[], sealed: Uint8Array): Buffer
  /** 16 bytes of HMAC-SHA-256. */
  hash(...parts: readonly string[]): Uint8Array
}

const MIN_KEY_BYTES = 32
const HASH_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** @throws CustodyError `ERASURE_KEY` (usage) */
export function createSealedBox(key: Uint8Array): SealedBox {
  if (!(key instanceof Uint8Array) || key.length < MIN_KEY_BYTES) {
    throw usageError('ERASURE_KEY', `openErasureStore: key must have at least ${MIN_KEY_BYTES} bytes.`)
  }
  const derive = (use: string): Buffer => Buffer.from(hkdfSync('sha256', key, '', `custody/erasure/v1/${use}`, 32))
  const sealing = derive('seal')
  const hashing = derive('hash')
  return {
    seal(place, plain) {
      // At random: 2^32 of them under one key are safe (NIST SP 800-38D, 8.3).
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(Buffer.from(JSON.stringify(place)))
      const body = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain)
      return Buffer.concat([nonce, body, cipher.final(), cipher.getAuthTag()])
    },
    open(place, sealed) {
      try {
        const nonce = sealed.subarray(0, NONCE_BYTES)
        const decipher = createDecipheriv('aes-256-gcm', sealing, nonce, { authTagLength: TAG_BYTES })
        decipher.setAAD(Buffer.from(JSON.stringify(place)))
        decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
        return Buffer.concat([
          decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)),
          decipher.final(),
        ])
      } catch (cause) {
        throw new CustodyError('ERASURE_SEALED_DAMAGED', `What is sealed of ${place[0]} ${place[1]} does not open.`, {
          cause,
          actions: ['The file was changed from outside, or is damaged: restore it from a copy.'],
        })
      }
    },
    // Written as JSON no two lists are the same text.
    hash: (...parts) =>
      new Uint8Array(createHmac('sha256', hashing).update(JSON.stringify(parts)).digest().subarray(0, HASH_BYTES)),
  }
}

/** What stands for a record: the same in every request and hold, so that what became of it is told without naming it. */
export function recordKey(box: SealedBox, kind: 'end-user' | 'contact' | 'conversation', id: string): Uint8Array {
  return box.hash('record', kind, toJoinKey(id))
}

/** A keyed hash as people and files see it. */
export function pseudonymOf(key: Uint8Array): string {
  return `hmac:${Buffer.from(key).toString('hex')}`
}
