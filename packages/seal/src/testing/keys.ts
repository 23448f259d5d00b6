import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import type { Signer } from '../signer.ts'

/** A signer whose key follows from a number. Never a real key. */
export function testSigner(number: number): Signer {
  // PKCS#8 of an Ed25519 key (RFC 8410 §7): a fixed head, then the 32 bytes of the seed.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, number)])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const publicKey = Uint8Array.from(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32))
  return { publicKey, sign: async (message) => sign(null, message, key) }
}
