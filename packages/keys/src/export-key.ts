import { randomBytes as systemRandomBytes } from 'node:crypto'
import { CustodyError, usageError } from '@custody/pipeline'
import {
  encodeVerifierKey,
  isOrigin,
  publicKeyFingerprint,
  publicKeyPem,
  SEAL_NAMESPACE,
  sshPublicKey,
} from '@custody/seal'
import { readKeyState } from './key-state.ts'
import { listKeys } from './list-keys.ts'
import { openCurrentKey } from './open-signer.ts'
import type { RandomBytes } from './pbes2.ts'
import { assertPassphrase, encodePrivateKey } from './private-key.ts'

/** Which public key is written, in which forms. */
export interface ExportPublicKeyOptions {
  /** The key directory. */
  readonly directory: string
  /** Of the key, also a retired one. @defaultValue the current key's */
  readonly fingerprint?: string
  /** Whose chain it signs: the name in `verifierKey`. */
  readonly origin?: string
}

/** A public key, as the tools that verify take it. */
export interface PublicKeyExport {
  /** `sha256:<hex>` over the SPKI DER. */
  readonly fingerprint: string
  /** SPKI: `openssl pkeyutl -verify -pubin -inkey`. */
  readonly pem: string
  /** One line: `ssh-ed25519 AAAA…`. */
  readonly openSsh: string
  /** One line: `ssh-keygen -Y verify -f`. */
  readonly allowedSigners: string
  /** For C2SP signed notes: `<origin>+<key id>+<key>`; null without an origin. */
  readonly verifierKey: string | null
}

/** Which keys are backed up, and the passphrase of the copy. */
export interface ExportPrivateKeyOptions {
  /** The key directory. */
  readonly directory: string
  /** Needed when the key is encrypted. */
  readonly passphrase?: string
  /** Encrypts the backup. @defaultValue `passphrase` */
  readonly backupPassphrase?: string
  readonly randomBytes?: RandomBytes
}

/** @throws CustodyError `KEY_OPTIONS` (usage), `KEY_MISSING`, `KEY_UNFINISHED`, and what reading throws */
export async function exportPublicKey(options: ExportPublicKeyOptions): Promise<PublicKeyExport> {
  const { directory, fingerprint, origin } = options
  if (origin !== undefined && !isOrigin(origin)) {
    throw usageError('KEY_OPTIONS', 'exportPublicKey: origin must be 1 to 120 printable characters without space and +')
  }
  const publicKey = await findPublicKey(directory, fingerprint)
  const openSsh = sshPublicKey(publicKey)
  return {
    fingerprint: publicKeyFingerprint(publicKey),
    pem: publicKeyPem(publicKey),
    openSsh,
    allowedSigners: `custody namespaces="${SEAL_NAMESPACE}" ${openSsh}`,
    verifierKey: origin === undefined ? null : encodeVerifierKey({ name: origin, publicKey }),
  }
}

/**
 * The current private key as a backup: PKCS#8 in PEM, encrypted. There is none in the clear.
 *
 * @throws CustodyError `KEY_PASSPHRASE_MISSING`, `KEY_OPTIONS` (usage), and what `openSigner` throws
 */
export async function exportPrivateKey(options: ExportPrivateKeyOptions): Promise<string> {
  const { directory, passphrase, backupPassphrase = passphrase, randomBytes = systemRandomBytes } = options
  if (backupPassphrase === undefined) {
    throw usageError(
      'KEY_PASSPHRASE_MISSING',
      'A private key leaves its directory encrypted only.',
      'Give a passphrase for the backup, and keep it apart from the backup.',
    )
  }
  assertPassphrase('exportPrivateKey: backupPassphrase', backupPassphrase)
  const { key } = openCurrentKey(await readKeyState(directory), passphrase)
  return await encodePrivateKey(key, backupPassphrase, randomBytes)
}

async function findPublicKey(directory: string, fingerprint: string | undefined): Promise<Uint8Array> {
  const { interrupted } = await readKeyState(directory)
  if (interrupted && fingerprint === undefined) {
    throw new CustodyError('KEY_UNFINISHED', `A change of the keys in ${directory} was interrupted.`, {
      kind: 'refused',
      actions: ['Finish it by running the command again that made it, init or rotate.'],
    })
  }
  const { keys } = await listKeys({ directory })
  const found = keys.find((key) =>
    fingerprint === undefined ? key.state === 'current' : key.fingerprint === fingerprint,
  )
  if (found?.publicKey) return found.publicKey
  throw new CustodyError('KEY_MISSING', `There is no such key in ${directory}: ${fingerprint ?? 'the current one'}.`, {
    kind: 'not-found',
    actions: ['See which keys there are: custody keys list'],
  })
}
