import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { CustodyError, usageError } from '@custody/pipeline'
import { encryptPkcs8, isDerSequence, type RandomBytes } from './pbes2.ts'

/** PKCS#8 of an Ed25519 key (RFC 8410 §7), up to its 32 bytes. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** OpenSSL takes no longer ones from a terminal. */
const maxPassphraseBytes = 1_024

export function makePrivateKey(randomBytes: RandomBytes): KeyObject {
  return createPrivateKey({ key: Buffer.concat([pkcs8Prefix, randomBytes(32)]), format: 'der', type: 'pkcs8' })
}

/** The 32 bytes of the public half. */
export function rawPublicKey(privateKey: KeyObject): Uint8Array {
  return Uint8Array.from(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-32))
}

/** The key as PKCS#8 in PEM: encrypted when there is a passphrase, in the clear when it is null. */
export async function encodePrivateKey(
  privateKey: KeyObject,
  passphrase: string | null,
  randomBytes: RandomBytes,
): Promise<string> {
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' })
  if (passphrase === null) return pem('PRIVATE KEY', pkcs8)
  return pem('ENCRYPTED PRIVATE KEY', await encryptPkcs8(pkcs8, passphrase, randomBytes))
}

function pem(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`
}

/** Whether a private key in PEM is encrypted; null when it is none. */
export function isEncrypted(text: string): boolean | null {
  const label = /-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.exec(text)
  return label && label[1] !== undefined
}

/** @throws CustodyError `KEY_OPTIONS` (usage) for a passphrase that other tools could not be given */
export function assertPassphrase(name: string, passphrase: string): void {
  const bytes = Buffer.byteLength(passphrase)
  if (bytes > 0 && bytes <= maxPassphraseBytes && !/[\0\r\n]/.test(passphrase)) return
  throw usageError(
    'KEY_OPTIONS',
    `${name} has to be one line of 1 to ${maxPassphraseBytes} bytes`,
    'Check that the variable or file it comes from is not empty, and holds one line.',
  )
}

/**
 * Opens a private key in PEM.
 *
 * @param where - the path, for messages
 * @throws CustodyError `KEY_MALFORMED`, `KEY_NOT_ED25519`, `KEY_PASSPHRASE_MISSING`, `KEY_PASSPHRASE_WRONG`. They hold nothing of the
 * key or the passphrase.
 */
export function openPrivateKey(text: string, passphrase: string | undefined, where: string): KeyObject {
  const encrypted = isEncrypted(text)
  if (encrypted === null) throw noKey(text, where)
  if (encrypted && !isDerSequence(derOf(text))) throw malformed(where, 'is cut short or damaged')
  if (encrypted && passphrase === undefined) {
    throw usageError('KEY_PASSPHRASE_MISSING', `The key ${where} is encrypted.`, 'Give its passphrase.')
  }
  const key = readKey(text, encrypted ? passphrase : undefined)
  if (key === null && encrypted) {
    throw usageError(
      'KEY_PASSPHRASE_WRONG',
      `The key ${where} cannot be decrypted: the passphrase is another one, or the file is damaged.`,
      'Check the passphrase; after a rotation it may be a new one.',
      `Try it by hand: openssl pkey -in ${where} -noout`,
    )
  }
  if (key === null) throw malformed(where, 'cannot be read')
  if (key.asymmetricKeyType !== 'ed25519') throw notEd25519(where, key.asymmetricKeyType ?? 'unknown')
  return key
}

function readKey(text: string, passphrase: string | undefined): KeyObject | null {
  try {
    return createPrivateKey({ key: text, format: 'pem', ...(passphrase !== undefined && { passphrase }) })
  } catch {
    // What the library says may quote what it read.
    return null
  }
}

function derOf(text: string): Buffer {
  const [, base64 = ''] =
    /-----BEGIN ENCRYPTED PRIVATE KEY-----([^-]*)-----END ENCRYPTED PRIVATE KEY-----/.exec(text) ?? []
  return Buffer.from(base64, 'base64')
}

function noKey(text: string, where: string): CustodyError {
  const [, kind] = /-----BEGIN ([A-Z0-9]+) PRIVATE KEY-----/.exec(text) ?? []
  if (kind === 'OPENSSH') return malformed(where, 'is in the format of OpenSSH; PKCS#8 is needed')
  if (kind !== undefined) return notEd25519(where, kind.toLowerCase())
  return malformed(where, /-----BEGIN PUBLIC KEY-----/.test(text) ? 'is a public key' : 'is no PEM')
}

function malformed(where: string, what: string): CustodyError {
  return new CustodyError('KEY_MALFORMED', `The key ${where} ${what}.`, {
    actions: ['Put the private key back from a backup: PKCS#8 in PEM, from -----BEGIN to -----END.'],
  })
}

function notEd25519(where: string, kind: string): CustodyError {
  return usageError(
    'KEY_NOT_ED25519',
    `The key ${where} is of another kind (${kind}); seals are signed by Ed25519.`,
    'Name the directory of a key that Custody made, or make one: custody keys init.',
  )
}
