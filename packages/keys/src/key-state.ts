import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { parsePublicKey } from '@custody/seal'
import { isInterrupted } from './key-change.ts'
import { keyFiles, onDisk, type PlainFile, readPlainFile } from './key-files.ts'
import { type KeyHistory, readHistory } from './key-history.ts'

/** What a key directory holds. */
export interface KeyState {
  readonly directory: string
  readonly privateKeyPath: string
  readonly privateKey: PlainFile | null
  readonly publicKey: Uint8Array | null
  readonly history: KeyHistory
  /** Names of the files of retired keys. */
  readonly retired: readonly string[]
  /** A change is decided and not finished: private and public key may be from before or after it. */
  readonly interrupted: boolean
}

/** @throws CustodyError `KEY_MALFORMED` for a public key that is none, `KEY_HISTORY`, `KEY_NOT_A_FILE`, `KEY_DISK` */
export async function readKeyState(directory: string): Promise<KeyState> {
  for (;;) {
    const state = await readOnce(directory)
    // A change that ended meanwhile: some of what was read is from before it, some from after.
    if ((await readPlainFile(state.privateKeyPath))?.text === state.privateKey?.text) return state
  }
}

async function readOnce(directory: string): Promise<KeyState> {
  const privateKeyPath = join(directory, keyFiles.privateKey)
  const before = await isInterrupted(directory)
  return {
    directory,
    privateKeyPath,
    privateKey: await readPlainFile(privateKeyPath),
    publicKey: await readPublicKey(join(directory, keyFiles.publicKey)),
    history: await readHistory(directory),
    retired: await listRetired(directory),
    interrupted: (await isInterrupted(directory)) || before,
  }
}

/** @throws CustodyError `KEY_MALFORMED`, `KEY_NOT_A_FILE`, `KEY_DISK` */
export async function readPublicKey(path: string): Promise<Uint8Array | null> {
  const file = await readPlainFile(path)
  if (file === null) return null
  const publicKey = parsePublicKey(file.text)
  if (publicKey) return publicKey
  throw new CustodyError('KEY_MALFORMED', `What stands in ${path} is no Ed25519 public key.`, {
    actions: [`Put it back from a backup, or from an archive that this key sealed: seal/signer.pub`],
  })
}

/** Whether anything tells that there was a key. */
export function hasTraces({ publicKey, history, retired, interrupted }: KeyState): boolean {
  const notes = history.texts.starts + history.texts.transitions
  return publicKey !== null || notes !== '' || retired.length > 0 || interrupted
}

async function listRetired(directory: string): Promise<readonly string[]> {
  const names = readdir(join(directory, keyFiles.retired)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return (await onDisk(directory, names)).sort()
}

/** A directory without any key. */
export function missing(directory: string): CustodyError {
  return new CustodyError('KEY_MISSING', `There is no key in ${directory}.`, {
    kind: 'not-found',
    actions: ['Make one: custody keys init. Or name the directory that has it.'],
  })
}

/** A directory that had a private key. */
export function lost(directory: string): CustodyError {
  return new CustodyError(
    'KEY_LOST',
    `The private key ${join(directory, keyFiles.privateKey)} is gone; what is left tells that there was one. ` +
      'Without it nothing can be sealed as part of the same chain. Archives sealed so far stay valid, and can be verified.',
    {
      kind: 'refused',
      actions: [
        'Put it back from a backup, with mode 0600; whoever has the passphrase can use it at once.',
        'If it is lost for good, start a new chain: custody keys init --new-chain. ' +
          'Nobody who trusts the old key trusts the new one by that: hand out its fingerprint anew.',
      ],
    },
  )
}
