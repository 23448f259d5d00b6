import { createHash, createPublicKey, verify } from 'node:crypto'
import { decodeBase64 } from './base64.ts'
import { parseVerifierKey } from './verifier-key.ts'

export const PUBLIC_KEY_BYTES = 32
export const SIGNATURE_BYTES = 64

/** What stands before the 32 bytes in the SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 §4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')
const SSH_KEY_TYPE = 'ssh-ed25519'
/** The longest text read as a key: none is a tenth of it. */
const KEY_TEXT_MAX = 16_384

const PEM = /^-----BEGIN PUBLIC KEY-----\s+([A-Za-z0-9+/=\s]+?)\s+-----END PUBLIC KEY-----$/
const SSH_LINE = /^ssh-ed25519 ([A-Za-z0-9+/=]+)(?:[ \t][^\r\n]*)?$/

/** The DER of a SubjectPublicKeyInfo. */
export function publicKeySpki(publicKey: Uint8Array): Buffer {
  return Buffer.concat([SPKI_PREFIX, publicKey])
}

/** The key as SPKI PEM, as `openssl pkey -pubout` writes it. */
export function publicKeyPem(publicKey: Uint8Array): string {
  return `-----BEGIN PUBLIC KEY-----\n${publicKeySpki(publicKey).toString('base64')}\n-----END PUBLIC KEY-----\n`
}

/**
 * How a key is named wherever people compare keys: `sha256:<hex>` over its SPKI DER.
 *
 * In a shell: `openssl pkey -pubin -in seal/signer.pub -outform DER | sha256sum`.
 */
export function publicKeyFingerprint(publicKey: Uint8Array): string {
  return `sha256:${createHash('sha256').update(publicKeySpki(publicKey)).digest('hex')}`
}

/** `ssh-ed25519 AAAA…`, without comment. */
export function sshPublicKey(publicKey: Uint8Array): string {
  return `${SSH_KEY_TYPE} ${sshKeyBlob(publicKey).toString('base64')}`
}

/** The key as the wire format of SSH has it (RFC 8709 §4). */
export function sshKeyBlob(publicKey: Uint8Array): Buffer {
  return Buffer.concat([sshString(SSH_KEY_TYPE), sshString(publicKey)])
}

/** A string of the SSH wire format (RFC 4251 §5): its length in four bytes, then itself. */
export function sshString(content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/**
 * Reads an Ed25519 public key as people have it: SPKI PEM, a line of OpenSSH (a comment is allowed), or a verifier key of
 * C2SP signed notes. Space around it does not matter. Null for anything else, private keys included.
 *
 * @returns the 32 raw bytes
 */
export function parsePublicKey(text: string): Uint8Array | null {
  if (text.length > KEY_TEXT_MAX) return null
  const key = text.trim()
  const pem = PEM.exec(key)?.[1]
  if (pem !== undefined) return keyAfter(SPKI_PREFIX, decodeBase64(pem.replace(/\s+/g, '')))
  const ssh = SSH_LINE.exec(key)?.[1]
  if (ssh !== undefined) return keyAfter(sshKeyBlob(Buffer.alloc(PUBLIC_KEY_BYTES)).subarray(0, -32), decodeBase64(ssh))
  return parseVerifierKey(key)?.publicKey ?? null
}

/** Whether this is the pure Ed25519 signature of the message. False, never an exception, for bytes of another length. */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false
  try {
    const key = createPublicKey({ key: publicKeySpki(publicKey), format: 'der', type: 'spki' })
    return verify(null, message, key, signature)
  } catch {
    // A key that OpenSSL cannot read has signed nothing.
    return false
  }
}

export function sameKey(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.from(one).equals(other)
}

function keyAfter(prefix: Uint8Array, bytes: Buffer | null): Uint8Array | null {
  if (bytes?.length !== prefix.length + PUBLIC_KEY_BYTES) return null
  return bytes.subarray(0, prefix.length).equals(prefix) ? Uint8Array.from(bytes.subarray(prefix.length)) : null
}
