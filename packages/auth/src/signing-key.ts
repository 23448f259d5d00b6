import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { usageError } from '@custody/pipeline'

/** Signs by RSASSA-PKCS1-v1_5 with SHA-256 (RS256), wherever the key is: in a file, an HSM, a key service. */
export type Signer = (data: Uint8Array) => Promise<Uint8Array>

const signAsync = promisify(sign)

/** Shorter keys are not secure any more, and Salesforce refuses them. */
const minBits = 2_048

/**
 * A signer with a private key in PEM (PKCS#8 or PKCS#1).
 *
 * @throws CustodyError `AUTH_KEY` (usage). It says what is wrong with the key, and holds nothing of it.
 */
export function keySigner(pem: string | Uint8Array, passphrase?: string): Signer {
  const text = typeof pem === 'string' ? pem : Buffer.from(pem).toString('latin1')
  // Environment variables often hold line breaks as the two characters `\n`.
  const key = readKey(text.replaceAll('\\n', '\n'), passphrase)
  const { modulusLength: bits = 0 } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType !== 'rsa') {
    throw keyError(`is no RSA key (${key.asymmetricKeyType})`, 'Make an RSA key: openssl genrsa -out key.pem 2048')
  }
  if (bits < minBits) {
    throw keyError(
      `has ${bits} bits; at least ${minBits} are needed`,
      'Make a longer one: openssl genrsa -out key.pem 2048',
    )
  }
  return async (data) => await signAsync('RSA-SHA256', data, key)
}

function readKey(pem: string, passphrase: string | undefined): KeyObject {
  if (/-----BEGIN (CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY)-----/.test(pem) && !/PRIVATE KEY-----/.test(pem)) {
    throw keyError('is the public half', 'Give the private key. Its certificate belongs into the app in Setup.')
  }
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    throw keyError('is no PEM', 'Give the text of the key file, from -----BEGIN to -----END, line breaks included.')
  }
  try {
    return createPrivateKey({ key: pem, format: 'pem', ...(passphrase !== undefined && { passphrase }) })
  } catch {
    // What the library says may quote what it read.
    const encrypted = /ENCRYPTED/.test(pem)
    if (encrypted && passphrase === undefined) throw keyError('is encrypted', 'Give its passphrase.')
    if (encrypted) throw keyError('cannot be decrypted', 'Check its passphrase.')
    throw keyError('cannot be read', 'Check that it is complete: openssl pkey -in key.pem -noout')
  }
}

function keyError(what: string, action: string): Error {
  return usageError('AUTH_KEY', `jwtBearer: the key ${what}.`, action)
}
