import { generateKeyPairSync } from 'node:crypto'

export interface KeyPair {
  /** PKCS#8. */
  readonly privateKey: string
  readonly publicKey: string
}

/** A new RSA key in PEM. */
export function rsaKey(bits = 2_048): KeyPair {
  return generateKeyPairSync('rsa', {
    modulusLength: bits,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}
