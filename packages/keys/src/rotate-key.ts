import { randomBytes as systemRandomBytes } from 'node:crypto'
import { type Clock, CustodyError, systemClock } from '@custody/pipeline'
import { makeTransition, publicKeyFingerprint, publicKeyPem } from '@custody/seal'
import { changeKeys } from './key-change.ts'
import { assertPrivate, keyFiles, modeOf, retiredFile } from './key-files.ts'
import { type KeyHistory, originOf } from './key-history.ts'
import { type KeyState, missing, readKeyState } from './key-state.ts'
import { keyPairFiles, type NewKey, readNewKey } from './new-key.ts'
import { openCurrentKey, signerOf } from './open-signer.ts'
import type { RandomBytes } from './pbes2.ts'
import { assertPassphrase, makePrivateKey } from './private-key.ts'

/** Which key follows on which. */
export interface RotateKeyOptions {
  /** The key directory. */
  readonly directory: string
  /** Of the key that signs now; needed when it is encrypted. */
  readonly passphrase?: string
  /** Of the new key; null leaves it open on purpose. @defaultValue `passphrase` */
  readonly nextPassphrase?: string | null
  readonly clock?: Clock
  readonly randomBytes?: RandomBytes
}

/**
 * Makes a new key, to which the current one hands over by a note that both sign. From then on the new key signs; of the old one
 * the public half is kept in `retired/`. Its private half is gone as soon as the new one is in its place, flushed to the disk.
 *
 * A run that was killed leaves one of both usable: `openSigner` works at every moment. Rotating again finishes it, and does
 * nothing more.
 *
 * @throws CustodyError what `openSigner` throws; `KEY_OPTIONS`, `KEY_CLOCK`, `KEY_UNFINISHED`
 */
export async function rotateKey(options: RotateKeyOptions): Promise<NewKey> {
  const { directory, passphrase, clock = systemClock, randomBytes = systemRandomBytes } = options
  const nextPassphrase = options.nextPassphrase === undefined ? (passphrase ?? null) : options.nextPassphrase
  if (nextPassphrase !== null) assertPassphrase('rotateKey: nextPassphrase', nextPassphrase)
  const mode = await modeOf(directory)
  if (mode === null) throw missing(directory)
  assertPrivate(directory, mode, '700')

  const { resumed } = await changeKeys(directory, async (resumed) => {
    const state = await readKeyState(directory)
    if (resumed && isJustRotated(state)) return []
    const { signer } = openCurrentKey(state, passphrase)
    const created = new Date(clock.now()).toISOString()
    assertLater(created, state.history)

    const key = makePrivateKey(randomBytes)
    const note = await makeTransition({ from: signer, to: signerOf(key), created })
    return [
      { path: retiredFile(signer.fingerprint), text: publicKeyPem(signer.publicKey) },
      { path: keyFiles.transitions, text: state.history.texts.transitions + note },
      ...(await keyPairFiles(key, nextPassphrase, randomBytes)),
    ]
  })
  return await readNewKey(directory, resumed)
}

function isJustRotated({ publicKey, history }: KeyState): boolean {
  return publicKey !== null && originOf(history, publicKeyFingerprint(publicKey))?.by === 'rotation'
}

/** Notes stand in the order of their times; one from before the last would make them unreadable. */
function assertLater(created: string, { transitions, starts }: KeyHistory): void {
  const last = transitions.at(-1)?.created ?? starts.at(-1)?.createdAt
  if (last === undefined || created >= last) return
  throw new CustodyError('KEY_CLOCK', `The clock says ${created}, which is before the last change of keys (${last}).`, {
    kind: 'refused',
    actions: ['Set the clock of this machine right, then run again.'],
  })
}
