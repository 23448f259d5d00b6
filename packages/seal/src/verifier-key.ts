import { createHash } from 'node:crypto'
import { decodeBase64 } from './base64.ts'

/** Ed25519 in C2SP signed notes. */
const ED25519_TYPE = 0x01
const VERIFIER_KEY = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/

/** A key, and the name under which it signs notes. */
export interface VerifierKey {
  readonly name: string
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array
}

/** Not empty, no space of any script, no plus, no control character (https://c2sp.org/signed-note). */
export function isKeyName(name: string): boolean {
  return /^[^\p{White_Space}\p{Cc}+]+$/u.test(name) && name.isWellFormed()
}

/** The four bytes that name a key in a signature line: SHA-256(name ‖ LF ‖ 0x01 ‖ public key), cut. */
export function keyId(name: string, publicKey: Uint8Array): Buffer {
  const hash = createHash('sha256').update(`${name}\n`).update(Buffer.of(ED25519_TYPE)).update(publicKey)
  return hash.digest().subarray(0, 4)
}

/** `<name>+<key id>+<base64>`: how tools for signed notes take a key. */
export function encodeVerifierKey({ name, publicKey }: VerifierKey): string {
  const typed = Buffer.concat([Buffer.of(ED25519_TYPE), publicKey])
  return `${name}+${keyId(name, publicKey).toString('hex')}+${typed.toString('base64')}`
}

/** Null for anything but an Ed25519 verifier key whose id is right. */
export function parseVerifierKey(text: string): VerifierKey | null {
  const [, name = '', id, base64 = ''] = VERIFIER_KEY.exec(text) ?? []
  const typed = decodeBase64(base64)
  if (!isKeyName(name) || typed?.length !== 33 || typed[0] !== ED25519_TYPE) return null
  const publicKey = Uint8Array.from(typed.subarray(1))
  return keyId(name, publicKey).toString('hex') === id ? { name, publicKey } : null
}
