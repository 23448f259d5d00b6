import { type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { CustodyError } from '@custody/pipeline'
import { publicKeyFingerprint, type Signer } from '@custody/seal'
import { assertPrivate } from './key-files.ts'
import { currentOf, transitionsTo } from './key-history.ts'
import { hasTraces, type KeyState, lost, missing, readKeyState } from './key-state.ts'
import { openPrivateKey, rawPublicKey } from './private-key.ts'

/** Where the current key lies. */
export interface OpenSignerOptions {
  /** The key directory. */
  readonly directory: string
  /** Needed for an encrypted key. */
  readonly passphrase?: string
}

/** A signer of a key directory. */
export interface KeySigner extends Signer {
  /** `sha256:<hex>` over the SPKI DER. */
  readonly fingerprint: string
  /** The notes of all rotations that led to this key, for its seals; undefined when there was none. */
  readonly transitions: string | undefined
}

const signAsync = promisify(sign)

/**
 * Opens the current key. It is read once; a rotation later on does not reach this signer.
 *
 * @throws CustodyError `KEY_MISSING`, `KEY_LOST`, `KEY_PERMISSIONS`, `KEY_MISMATCH`, `KEY_PASSPHRASE_MISSING`, `KEY_PASSPHRASE_WRONG`,
 * `KEY_NOT_ED25519`, `KEY_MALFORMED`, `KEY_HISTORY`, `KEY_NOT_A_FILE`, `KEY_DISK`
 */
export async function openSigner(options: OpenSignerOptions): Promise<KeySigner> {
  return openCurrentKey(await readKeyState(options.directory), options.passphrase).signer
}

/** The current key itself, and its signer. */
export function openCurrentKey(
  state: KeyState,
  passphrase: string | undefined,
): { readonly key: KeyObject; readonly signer: KeySigner } {
  const { directory, privateKey, privateKeyPath, history } = state
  if (privateKey === null) {
    throw hasTraces(state) ? lost(directory) : missing(directory)
  }
  assertPrivate(privateKeyPath, privateKey.mode, '600')
  const key = openPrivateKey(privateKey.text, passphrase, privateKeyPath)
  const publicKey = rawPublicKey(key)
  const fingerprint = publicKeyFingerprint(publicKey)
  assertMatches(state, publicKey, fingerprint)
  return { key, signer: { ...signerOf(key), fingerprint, transitions: transitionsTo(history, fingerprint) } }
}

export function signerOf(key: KeyObject): Signer {
  return { publicKey: rawPublicKey(key), sign: (message) => signAsync(null, message, key) }
}

/** A private key that was put back after a rotation, or comes from elsewhere, must not sign as if it were the current one. */
function assertMatches(state: KeyState, publicKey: Uint8Array, fingerprint: string): void {
  // Half-way through a change either key may sign: the old one signed for the new one.
  if (state.interrupted) return
  const expected = currentOf(state.history) ?? fingerprint
  if (expected === fingerprint && (state.publicKey === null || Buffer.from(publicKey).equals(state.publicKey))) return
  throw new CustodyError(
    'KEY_MISMATCH',
    `The private key ${state.privateKeyPath} (${fingerprint}) is not the one that signs now, as the files beside it have it.`,
    {
      kind: 'refused',
      actions: [
        'See which key signs now: custody keys list. Put back its private key, or the whole directory from one backup.',
      ],
    },
  )
}
