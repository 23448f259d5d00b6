import { createCipheriv, pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'

/** Fills that many bytes with random ones. Tests pass one that repeats itself. */
export type RandomBytes = (size: number) => Uint8Array

const derive = promisify(pbkdf2)

/**
 * As OWASP's Password Storage Cheat Sheet asks for PBKDF2 with HMAC-SHA-256; about 0.2 s. What `KeyObject.export()` writes has
 * 2,048, and no way to ask for more: this is why the encryption stands here.
 */
const iterations = 600_000

// https://www.rfc-editor.org/rfc/rfc8018#appendix-A, https://www.rfc-editor.org/rfc/rfc3565 (AES)
const oid = {
  pbes2: '06092a864886f70d01050d',
  pbkdf2: '06092a864886f70d01050c',
  hmacWithSha256: '06082a864886f70d0209',
  aes256Cbc: '060960864801650304012a',
}
const derNull = '0500'

/**
 * A PKCS#8 private key, encrypted: an `EncryptedPrivateKeyInfo` (RFC 5958) by PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC,
 * which every OpenSSL since 1.0 reads.
 */
export async function encryptPkcs8(pkcs8: Uint8Array, passphrase: string, randomBytes: RandomBytes): Promise<Buffer> {
  const salt = randomBytes(16)
  const iv = randomBytes(16)
  const key = await derive(passphrase, salt, iterations, 32, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const encrypted = Buffer.concat([cipher.update(pkcs8), cipher.final()])

  const prf = sequence(raw(oid.hmacWithSha256), raw(derNull))
  const kdf = sequence(raw(oid.pbkdf2), sequence(octets(salt), integer(iterations), prf))
  const scheme = sequence(raw(oid.aes256Cbc), octets(iv))
  return sequence(sequence(raw(oid.pbes2), sequence(kdf, scheme)), octets(encrypted))
}

/** Whether the bytes are one DER sequence from the first to the last: not cut short, nothing behind it. */
export function isDerSequence(bytes: Uint8Array): boolean {
  const [tag, first = 0] = bytes
  if (tag !== 0x30 || bytes.length < 2) return false
  if (first < 0x80) return bytes.length === 2 + first
  const size = first & 0x7f
  const length = bytes.subarray(2, 2 + size).reduce((sum, byte) => sum * 256 + byte, 0)
  return size > 0 && bytes.length === 2 + size + length
}

function raw(hex: string): Buffer {
  return Buffer.from(hex, 'hex')
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tagged(0x30, Buffer.concat(parts))
}

function octets(bytes: Uint8Array): Buffer {
  return tagged(0x04, bytes)
}

function integer(value: number): Buffer {
  const hex = value.toString(16)
  const bytes = raw(hex.padStart(hex.length + (hex.length % 2), '0'))
  // A leading 1 bit would make it negative.
  return tagged(0x02, (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes]))
}

function tagged(tag: number, content: Uint8Array): Buffer {
  // Two bytes of length at most: a key never nears 64 KiB.
  const { length } = content
  const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...header), content])
}
