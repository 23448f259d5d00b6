import { createHash } from 'node:crypto'
import { decodeBase64 } from './base64.ts'
import {
  PUBLIC_KEY_BYTES,
  SIGNATURE_BYTES,
  sameKey,
  sshKeyBlob,
  sshPublicKey,
  sshString,
  verifySignature,
} from './public-key.ts'

// SSHSIG version 1: PROTOCOL.sshsig of OpenSSH. Made with SHA-512, as `ssh-keygen -Y sign` does.

/** The namespace of the signature over a seal: a signature made for another purpose is none. */
export const SEAL_NAMESPACE = 'custody-seal'

/** The principal under which `allowed_signers` knows the key: `ssh-keygen -Y verify -I custody`. */
export const SEAL_PRINCIPAL = 'custody'

const MAGIC = Buffer.from('SSHSIG')
const HASH = 'sha512'
const SIGNATURE_TYPE = 'ssh-ed25519'
const BEGIN = '-----BEGIN SSH SIGNATURE-----'
const END = '-----END SSH SIGNATURE-----'
/** After magic (6), version (4), key (4 + 51) and the length of the namespace (4). */
const NAMESPACE_AT = 69
const ARMOUR_WIDTH = 70
/** Longer than any signature by an Ed25519 key, namespace included. */
const ARMOUR_MAX = 4096

/** What an SSHSIG holds. */
export interface SshSignature {
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array
  readonly namespace: string
  /** 64 bytes, over {@link sshSignedData}. */
  readonly signature: Uint8Array
}

/** The bytes that an SSH key signs in place of the message. */
export function sshSignedData(message: Uint8Array, namespace: string = SEAL_NAMESPACE): Uint8Array {
  const digest = createHash(HASH).update(message).digest()
  return Buffer.concat([MAGIC, sshString(namespace), sshString(''), sshString(HASH), sshString(digest)])
}

/** The armoured signature file for `ssh-keygen -Y verify`. */
export function encodeSshSignature(
  publicKey: Uint8Array,
  signature: Uint8Array,
  namespace: string = SEAL_NAMESPACE,
): string {
  const blob = Buffer.concat([
    blobHead(publicKey, namespace),
    sshString(Buffer.concat([sshString(SIGNATURE_TYPE), sshString(signature)])),
  ])
  const lines = blob.toString('base64').match(new RegExp(`.{1,${ARMOUR_WIDTH}}`, 'g')) ?? []
  return [BEGIN, ...lines, END, ''].join('\n')
}

/** Null for anything but an Ed25519 signature as {@link encodeSshSignature} writes it, byte for byte. */
export function parseSshSignature(armour: string): SshSignature | null {
  if (armour.length > ARMOUR_MAX || !armour.startsWith(`${BEGIN}\n`) || !armour.endsWith(`\n${END}\n`)) return null
  const blob = decodeBase64(armour.slice(BEGIN.length + 1, -END.length - 2).replaceAll('\n', ''))
  if (blob === null) return null
  // All but the namespace has a fixed length, so fields are taken from where they must be; that the rest is as it should be
  // shows when they are written again.
  if (blob.length < NAMESPACE_AT + SIGNATURE_BYTES) return null
  const publicKey = Uint8Array.from(blob.subarray(NAMESPACE_AT - 4 - PUBLIC_KEY_BYTES, NAMESPACE_AT - 4))
  const namespaceLength = blob.readUInt32BE(NAMESPACE_AT - 4)
  const namespace = blob.subarray(NAMESPACE_AT, NAMESPACE_AT + namespaceLength).toString('latin1')
  const signature = Uint8Array.from(blob.subarray(-SIGNATURE_BYTES))
  const isNamespace = /^[!-~]{1,200}$/.test(namespace)
  return isNamespace && encodeSshSignature(publicKey, signature, namespace) === armour
    ? { publicKey, namespace, signature }
    : null
}

/** Whether this is the signature of exactly this key over the message, made for this namespace. */
export function verifySshSignature(
  armour: string,
  message: Uint8Array,
  publicKey: Uint8Array,
  namespace: string = SEAL_NAMESPACE,
): boolean {
  const parsed = parseSshSignature(armour)
  if (parsed === null || parsed.namespace !== namespace || !sameKey(parsed.publicKey, publicKey)) return false
  return verifySignature(publicKey, sshSignedData(message, namespace), parsed.signature)
}

/** The line of `allowed_signers` that lets this key sign seals, and nothing else. */
export function allowedSigners(publicKey: Uint8Array): string {
  return `${SEAL_PRINCIPAL} namespaces="${SEAL_NAMESPACE}" ${sshPublicKey(publicKey)}\n`
}

function blobHead(publicKey: Uint8Array, namespace: string): Buffer {
  const version = Buffer.of(0, 0, 0, 1)
  const key = sshString(sshKeyBlob(publicKey))
  return Buffer.concat([MAGIC, version, key, sshString(namespace), sshString(''), sshString(HASH)])
}
