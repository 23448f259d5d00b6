import { usageError } from '@custody/pipeline'
import { decodeBase64 } from './base64.ts'
import { publicKeyFingerprint, sameKey } from './public-key.ts'
import { parseNote, type SignedNote, signNote, verifyNote } from './signed-note.ts'
import type { Signer } from './signer.ts'
import { decodeUtf8, isInstant } from './text-rules.ts'

/** The name under which both keys sign a transition. */
export const TRANSITION_KEY_NAME = 'custody-key'
/** Some hundred transitions; each takes two signatures to check. */
const TRANSITIONS_BYTES_MAX = 128 * 1024
/** Five lines of text, an empty line, two signatures. */
const NOTE_LINES = 8
const FINGERPRINT_PREFIX = 'sha256:'
const TRANSITION_TEXT =
  /^custody-key-transition\/v1\nfrom ([0-9a-f]{64})\nto ([0-9a-f]{64})\nto-key (\S{44})\ncreated (\S+)\n$/

/** What a transition says. */
export interface KeyTransition {
  /** Fingerprint of the old key: `sha256:<hex>`. */
  readonly from: string
  /** Fingerprint of the new key. */
  readonly to: string
  /** The new key, 32 raw bytes. */
  readonly toKey: Uint8Array
  readonly created: string
}

/** A transition with the note that holds its two signatures. */
export interface SignedTransition extends KeyTransition {
  readonly note: SignedNote
}

/** The text that both keys sign. */
export function encodeTransition({ from, to, toKey, created }: KeyTransition): string {
  const hex = (fingerprint: string): string => fingerprint.slice(FINGERPRINT_PREFIX.length)
  const key = Buffer.from(toKey).toString('base64')
  return `custody-key-transition/v1\nfrom ${hex(from)}\nto ${hex(to)}\nto-key ${key}\ncreated ${created}\n`
}

/**
 * The note by which an old key hands over to a new one. Append it to `key-transitions.note`.
 *
 * @throws CustodyError `TRANSITION_SAME_KEY`, `TRANSITION_CREATED`, `SIGNATURE_WRONG`
 */
export async function makeTransition(options: {
  readonly from: Signer
  readonly to: Signer
  /** ISO 8601 UTC with milliseconds. */
  readonly created: string
}): Promise<string> {
  const { from, to, created } = options
  if (sameKey(from.publicKey, to.publicKey)) {
    throw usageError('TRANSITION_SAME_KEY', 'A key cannot hand over to itself.')
  }
  if (!isInstant(created))
    throw usageError('TRANSITION_CREATED', 'A transition needs an instant in UTC with milliseconds.')
  const text = encodeTransition({
    from: publicKeyFingerprint(from.publicKey),
    to: publicKeyFingerprint(to.publicKey),
    toKey: to.publicKey,
    created,
  })
  return signNote(text, TRANSITION_KEY_NAME, from, to)
}

/**
 * Reads `key-transitions.note`: one or more notes, oldest first, each handing over from the key the one before handed over
 * to. Says nothing about whether signatures hold; see {@link keysReachedFrom} and {@link newKeySigned}.
 *
 * @returns null for anything else
 */
export function parseTransitions(notes: Uint8Array | string): readonly SignedTransition[] | null {
  if (notes.length > TRANSITIONS_BYTES_MAX) return null
  const content = typeof notes === 'string' ? notes : decodeUtf8(notes)
  const lines = content?.split('\n') ?? []
  if (lines.pop() !== '' || lines.length === 0 || lines.length % NOTE_LINES !== 0) return null
  const transitions: SignedTransition[] = []
  for (let at = 0; at < lines.length; at += NOTE_LINES) {
    const transition = parseTransition(`${lines.slice(at, at + NOTE_LINES).join('\n')}\n`)
    const before = transitions.at(-1)
    if (transition === null || (before !== undefined && transition.from !== before.to)) return null
    transitions.push(transition)
  }
  return transitions
}

/**
 * The keys to be trusted because these are: they themselves, and every key to which one of them handed over by a note
 * that both signed. Trust follows a hand-over forwards only: a new key does not vouch for the old one.
 */
export function keysReachedFrom(
  trustedKeys: readonly Uint8Array[],
  transitions: readonly SignedTransition[],
): readonly Uint8Array[] {
  const reached = new Map(trustedKeys.map((key) => [publicKeyFingerprint(key), key]))
  for (const transition of transitions) {
    const from = reached.get(transition.from)
    if (from !== undefined && signedBy(transition, from) && newKeySigned(transition)) {
      reached.set(transition.to, transition.toKey)
    }
  }
  return [...reached.values()]
}

/** Whether the new key signed; this can be checked by anybody, the transition holds that key. */
export function newKeySigned(transition: SignedTransition): boolean {
  return signedBy(transition, transition.toKey)
}

/** Whether this key, old or new, signed the transition. */
export function signedBy(transition: SignedTransition, publicKey: Uint8Array): boolean {
  return verifyNote(transition.note, { name: TRANSITION_KEY_NAME, publicKey })
}

function parseTransition(content: string): SignedTransition | null {
  const note = parseNote(content)
  if (note === null) return null
  const [, from = '', to = '', base64 = '', created = ''] = TRANSITION_TEXT.exec(note.text) ?? []
  const toKey = decodeBase64(base64)
  if (toKey?.length !== 32 || !isInstant(created) || from === to || note.signatures.length !== 2) return null
  const transition = {
    from: FINGERPRINT_PREFIX + from,
    to: FINGERPRINT_PREFIX + to,
    toKey: Uint8Array.from(toKey),
    created,
  }
  return publicKeyFingerprint(toKey) === transition.to ? { ...transition, note } : null
}
