import type { KeyObject } from 'node:crypto'
import { CustodyError } from '@custody/pipeline'
import { publicKeyFingerprint, publicKeyPem } from '@custody/seal'
import type { StagedFile } from './key-change.ts'
import { keyFiles } from './key-files.ts'
import { originOf } from './key-history.ts'
import { readKeyState } from './key-state.ts'
import type { RandomBytes } from './pbes2.ts'
import { encodePrivateKey, isEncrypted, openPrivateKey, rawPublicKey } from './private-key.ts'

/** The key that signs from now on. */
export interface NewKey {
  /** `sha256:<hex>` over the SPKI DER: what people compare. */
  readonly fingerprint: string
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array
  /** ISO 8601 UTC. */
  readonly createdAt: string
  /** Fingerprint of the key before it: the rotated or the lost one; `unknown` for a lost key that nothing tells of; null for the first. */
  readonly replaced: string | null
  readonly encrypted: boolean
  /** Whether it is the key of an earlier run that was interrupted, and finished now. Its passphrase is the one given then. */
  readonly resumed: boolean
}

/** Both halves of a key, as they are stored. The private one was opened again from what is going to be written. */
export async function keyPairFiles(
  key: KeyObject,
  passphrase: string | null,
  randomBytes: RandomBytes,
): Promise<readonly StagedFile[]> {
  const text = await encodePrivateKey(key, passphrase, randomBytes)
  const publicKey = rawPublicKey(openPrivateKey(text, passphrase ?? undefined, keyFiles.privateKey))
  return [
    { path: keyFiles.privateKey, text, mode: 0o600 },
    { path: keyFiles.publicKey, text: publicKeyPem(publicKey) },
  ]
}

/** Reads from the disk what was just put there. */
export async function readNewKey(directory: string, resumed: boolean): Promise<NewKey> {
  const { privateKey, publicKey, history } = await readKeyState(directory)
  const fingerprint = publicKey && publicKeyFingerprint(publicKey)
  const origin = fingerprint && originOf(history, fingerprint)
  if (!privateKey || !publicKey || !fingerprint || !origin) {
    throw new CustodyError('KEY_UNFINISHED', `The keys in ${directory} were changed by another run at the same time.`, {
      kind: 'refused',
      actions: ['See what is there: custody keys list.'],
    })
  }
  const { createdAt, replaced } = origin
  return { fingerprint, publicKey, createdAt, replaced, encrypted: isEncrypted(privateKey.text) === true, resumed }
}
