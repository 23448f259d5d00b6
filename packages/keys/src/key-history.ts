import { join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { encodeNote, keysReachedFrom, newKeySigned, parseTransitions, type SignedTransition } from '@custody/seal'
import { type ChainStart, parseChainStarts } from './chain-start.ts'
import { keyFiles, readPlainFile } from './key-files.ts'

/** What the notes of a key directory say. Every signature that can be checked was. */
export interface KeyHistory {
  /** Oldest first. */
  readonly starts: readonly ChainStart[]
  /** Of the present chain, oldest first. */
  readonly transitions: readonly SignedTransition[]
  /** Both notes as they stand. */
  readonly texts: { readonly starts: string; readonly transitions: string }
}

/** @throws CustodyError `KEY_HISTORY`, `KEY_NOT_A_FILE`, `KEY_DISK` */
export async function readHistory(directory: string): Promise<KeyHistory> {
  const [startsPath, transitionsPath] = [join(directory, keyFiles.starts), join(directory, keyFiles.transitions)]
  const texts = {
    starts: (await readPlainFile(startsPath))?.text ?? '',
    transitions: (await readPlainFile(transitionsPath))?.text ?? '',
  }
  const starts = parseChainStarts(texts.starts)
  if (starts === null) throw damaged(startsPath)
  // Empty after a lost key was replaced: the present chain has no transition yet.
  const transitions = texts.transitions === '' ? [] : parseTransitions(texts.transitions)
  if (transitions === null || !transitions.every(newKeySigned) || !isHandedOver(starts, transitions)) {
    throw damaged(transitionsPath)
  }
  return { starts, transitions, texts }
}

/** Which key signs now, as the history has it; null when it does not say. */
export function currentOf({ starts, transitions }: KeyHistory): string | null {
  return transitions.at(-1)?.to ?? starts.at(-1)?.fingerprint ?? null
}

/** Since when a key signs, and which one signed before; null for a key that the history does not know. */
export function originOf(
  { starts, transitions }: Pick<KeyHistory, 'starts' | 'transitions'>,
  fingerprint: string,
): { readonly createdAt: string; readonly replaced: string | null; readonly by: 'start' | 'rotation' } | null {
  const transition = transitions.find(({ to }) => to === fingerprint)
  if (transition) return { createdAt: transition.created, replaced: transition.from, by: 'rotation' }
  const start = starts.find((one) => one.fingerprint === fingerprint)
  if (!start) return null
  return { createdAt: start.createdAt, replaced: start.replaces === 'none' ? null : start.replaces, by: 'start' }
}

/** The notes that lead to a key, as they go into a seal; undefined for the key that began the chain. */
export function transitionsTo({ transitions }: KeyHistory, fingerprint: string): string | undefined {
  const leading = transitions.slice(0, transitions.findIndex(({ to }) => to === fingerprint) + 1)
  if (leading.length === 0) return undefined
  return leading.map(({ note }) => encodeNote(note.text, note.signatures)).join('')
}

/** Whether the key that began the chain, and each one after it, signed for the next. */
function isHandedOver(starts: readonly ChainStart[], transitions: readonly SignedTransition[]): boolean {
  const [first] = transitions
  const start = starts.at(-1)
  if (!first) return true
  if (start) return keysReachedFrom([start.publicKey], transitions).length === transitions.length + 1
  // Without the note of the start, the first key cannot be checked here; those after it can.
  return keysReachedFrom([first.toKey], transitions).length === transitions.length
}

function damaged(path: string): CustodyError {
  return new CustodyError('KEY_HISTORY', `The history of the keys in ${path} is not what was written there.`, {
    actions: [
      'Put it back from a backup.',
      `Without one, the newest archive has the rotations: seal/${keyFiles.transitions}`,
    ],
  })
}
