import { randomBytes as systemRandomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Clock, CustodyError, systemClock, usageError } from '@custody/pipeline'
import { publicKeyFingerprint, publicKeyPem } from '@custody/seal'
import { makeChainStart } from './chain-start.ts'
import { changeKeys, type StagedFile } from './key-change.ts'
import { assertPrivate, keyFiles, modeOf, onDisk, retiredFile, syncDirectory } from './key-files.ts'
import { currentOf, originOf } from './key-history.ts'
import { hasTraces, type KeyState, lost, missing, readKeyState } from './key-state.ts'
import { keyPairFiles, type NewKey, readNewKey } from './new-key.ts'
import { signerOf } from './open-signer.ts'
import type { RandomBytes } from './pbes2.ts'
import { assertPassphrase, makePrivateKey } from './private-key.ts'

/** Where a first key is made. */
export interface InitKeyOptions {
  /** The key directory. It is made, with mode 0700, when it is not there; its parent too. */
  readonly directory: string
  /** Encrypts the private key. @defaultValue none: the key lies open, behind the modes of file and directory */
  readonly passphrase?: string
  /**
   * Starts a new chain because the private key is gone for good. What is left of the old key moves to `retired/`, and the new
   * key's first note says which one it takes the place of. Refused while the old private key is there.
   * @defaultValue false
   */
  readonly replaceLostKey?: boolean
  readonly clock?: Clock
  readonly randomBytes?: RandomBytes
}

/**
 * Makes the first key of a directory. It never takes the place of another one, or of what is left of one, by itself.
 *
 * @throws CustodyError `KEY_OPTIONS`, `KEY_EXISTS`, `KEY_LOST`, `KEY_MISSING` (nothing to replace), `KEY_PERMISSIONS`, `KEY_UNFINISHED`,
 * `KEY_MALFORMED`, `KEY_HISTORY`, `KEY_NOT_A_FILE`, `KEY_DISK`
 */
export async function initKey(options: InitKeyOptions): Promise<NewKey> {
  const {
    directory,
    passphrase,
    clock = systemClock,
    randomBytes = systemRandomBytes,
    replaceLostKey = false,
  } = options
  if (directory === '') throw usageError('KEY_OPTIONS', 'initKey: directory must not be empty')
  if (passphrase !== undefined) assertPassphrase('initKey: passphrase', passphrase)
  if ((await modeOf(directory)) === null) {
    if (replaceLostKey) throw missing(directory)
    await onDisk(directory, makeDirectory(directory))
  }
  assertPrivate(directory, (await modeOf(directory)) ?? 0, '700')

  const { resumed } = await changeKeys(directory, async (resumed) => {
    const state = await readKeyState(directory)
    if (resumed && isJustStarted(state)) return []
    if (state.privateKey !== null) throw exists(state.privateKeyPath)
    const traces = hasTraces(state)
    if (traces && !replaceLostKey) throw lost(directory)
    if (!traces && replaceLostKey) throw missing(directory)

    const key = makePrivateKey(randomBytes)
    const createdAt = new Date(clock.now()).toISOString()
    const old = lostKeyOf(state)
    const replaces = traces ? (old?.fingerprint ?? 'unknown') : 'none'
    const start = await makeChainStart(signerOf(key), replaces, createdAt)
    return [
      ...retire(state, old),
      { path: keyFiles.starts, text: state.history.texts.starts + start },
      ...(await keyPairFiles(key, passphrase ?? null, randomBytes)),
    ]
  })
  return await readNewKey(directory, resumed)
}

interface LostKey {
  readonly fingerprint: string
  readonly publicKey: Uint8Array | undefined
}

async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await syncDirectory(dirname(directory))
}

function isJustStarted({ publicKey, history }: KeyState): boolean {
  return publicKey !== null && originOf(history, publicKeyFingerprint(publicKey))?.by === 'start'
}

/** Which key was lost, as far as something tells. */
function lostKeyOf({ publicKey, history }: KeyState): LostKey | null {
  if (publicKey) return { fingerprint: publicKeyFingerprint(publicKey), publicKey }
  const fingerprint = currentOf(history)
  if (fingerprint === null) return null
  return { fingerprint, publicKey: history.transitions.at(-1)?.toKey ?? history.starts.at(-1)?.publicKey }
}

/** Moves away what belongs to the lost key, so that the new chain has its own transitions. */
function retire({ history }: KeyState, old: LostKey | null): readonly StagedFile[] {
  const files: StagedFile[] = []
  if (old?.publicKey) files.push({ path: retiredFile(old.fingerprint), text: publicKeyPem(old.publicKey) })
  const last = history.transitions.at(-1)
  if (last) {
    files.push({ path: retiredFile(last.to, '.transitions.note'), text: history.texts.transitions })
    files.push({ path: keyFiles.transitions, text: '' })
  }
  return files
}

function exists(path: string): CustodyError {
  return new CustodyError('KEY_EXISTS', `There is a key already: ${path}. It is left as it is.`, {
    kind: 'refused',
    actions: [
      'To sign with a new key from now on, rotate: custody keys rotate. The old key then vouches for the new one.',
      'If its passphrase is lost, so is the key: move the file away, then start a new chain: custody keys init --new-chain.',
    ],
  })
}
