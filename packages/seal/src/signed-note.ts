import { CustodyError, usageError } from '@custody/pipeline'
import { decodeBase64 } from './base64.ts'
import { verifySignature } from './public-key.ts'
import type { Signer } from './signer.ts'
import { decodeUtf8 } from './text-rules.ts'
import { isKeyName, keyId, type VerifierKey } from './verifier-key.ts'

// C2SP signed notes, https://c2sp.org/signed-note (C2SP/C2SP@5ba5ee8): text, an empty line, signature lines.

/** A note that is longer is refused unread. The specification leaves the limit to readers. */
export const NOTE_BYTES_MAX: number = 1024 * 1024

/** The number the specification demands of every reader. */
export const NOTE_SIGNATURES_MAX = 16

const KEY_ID_BYTES = 4
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const FORBIDDEN = /[\x00-\x09\x0b-\x1f]/
const SIGNATURE_LINE = /^— (\S+) (\S+)$/

/** A signature line. Whose key it is only name and id together tell. */
export interface NoteSignature {
  readonly name: string
  /** Four bytes. */
  readonly keyId: Uint8Array
  readonly signature: Uint8Array
}

/** A C2SP signed note. */
export interface SignedNote {
  /** What is signed; its last character is a line feed. */
  readonly text: string
  /** All of them in their order, also those of unknown keys and other algorithms. At least one, at most 16. */
  readonly signatures: readonly NoteSignature[]
}

/** How much of a note is read. */
export interface NoteLimits {
  /** @defaultValue 1 MiB */
  readonly maxBytes?: number
}

/** The signature line a key gives. */
export function noteSignature({ name, publicKey }: VerifierKey, signature: Uint8Array): NoteSignature {
  return { name, keyId: keyId(name, publicKey), signature }
}

/**
 * Puts text and signatures together. The signatures are either of Ed25519 keys, or lines as `parseNote` gave them.
 *
 * @throws CustodyError `NOTE_TEXT` when the text cannot stand in a note, `NOTE_SIGNATURES` when a signature cannot
 */
export function encodeNote(
  text: string,
  signatures: readonly ((VerifierKey & { readonly signature: Uint8Array }) | NoteSignature)[],
): string {
  if (!isNoteText(text)) {
    throw usageError('NOTE_TEXT', 'The text of a note must end with a line feed and hold no other control characters.')
  }
  const lines = signatures.map((line) => ('publicKey' in line ? noteSignature(line, line.signature) : line))
  const countOk = lines.length > 0 && lines.length <= NOTE_SIGNATURES_MAX
  if (!countOk || !lines.every((line) => isKeyName(line.name) && line.signature.length > 0)) {
    throw usageError(
      'NOTE_SIGNATURES',
      `A note has 1 to ${NOTE_SIGNATURES_MAX} signatures under names without space and plus.`,
    )
  }
  return `${text}\n${lines.map(encodeSignatureLine).join('')}`
}

/**
 * Takes a note apart: strict, so that a note has one spelling. `encodeNote(text, signatures)` gives the same bytes again.
 * Says nothing about whether a signature holds; see {@link verifyNote}.
 *
 * @returns null for what is no note: not UTF-8, control characters, no signature line, base64 that is not canonical, more
 * than 16 signatures, too long.
 */
export function parseNote(
  note: Uint8Array | string,
  { maxBytes = NOTE_BYTES_MAX }: NoteLimits = {},
): SignedNote | null {
  if (note.length > maxBytes) return null
  const content = typeof note === 'string' ? note : decodeUtf8(note)
  const split = content?.lastIndexOf('\n\n') ?? -1
  if (content === null || split === -1 || !content.endsWith('\n')) return null
  const text = content.slice(0, split + 1)
  const lines = content.slice(split + 2, -1).split('\n', NOTE_SIGNATURES_MAX + 1)
  if (!isNoteText(text) || lines.length > NOTE_SIGNATURES_MAX) return null
  const signatures: NoteSignature[] = []
  for (const line of lines) {
    const signature = parseSignatureLine(line)
    if (signature === null) return null
    signatures.push(signature)
  }
  return { text, signatures }
}

/**
 * Whether this key signed the note: at least one line is by it, and no line that claims to be fails. Lines of other keys
 * do not matter, as the specification has it.
 */
export function verifyNote(note: SignedNote, key: VerifierKey): boolean {
  const id = keyId(key.name, key.publicKey)
  const lines = note.signatures.filter((line) => line.name === key.name && id.equals(line.keyId))
  const text = Buffer.from(note.text)
  return lines.length > 0 && lines.every((line) => verifySignature(key.publicKey, text, line.signature))
}

/**
 * Signs a text under a name, and checks what the signer gave.
 *
 * @throws CustodyError `SIGNATURE_WRONG`, see {@link sign}
 */
export async function signNote(text: string, name: string, ...signers: readonly Signer[]): Promise<string> {
  const message = Buffer.from(text)
  const lines: NoteSignature[] = []
  for (const signer of signers)
    lines.push(noteSignature({ name, publicKey: signer.publicKey }, await sign(signer, message)))
  return encodeNote(text, lines)
}

/**
 * Signs, and checks what the signer gave: a device or command that signs with another key than it names must not make an
 * archive nobody can verify.
 *
 * @throws CustodyError `SIGNATURE_WRONG`
 */
export async function sign(signer: Signer, message: Uint8Array): Promise<Uint8Array> {
  const signature = await signer.sign(message)
  if (!verifySignature(signer.publicKey, message, signature)) {
    throw new CustodyError('SIGNATURE_WRONG', 'The signer gave a signature that its own public key does not verify.', {
      actions: [
        'Check that the signing command or device uses the key that is configured, and signs with pure Ed25519.',
      ],
    })
  }
  return signature
}

function isNoteText(text: string): boolean {
  return text.endsWith('\n') && !FORBIDDEN.test(text) && text.isWellFormed()
}

function encodeSignatureLine({ name, keyId: id, signature }: NoteSignature): string {
  return `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`
}

function parseSignatureLine(line: string): NoteSignature | null {
  const [, name = '', base64 = ''] = SIGNATURE_LINE.exec(line) ?? []
  const bytes = decodeBase64(base64)
  if (!isKeyName(name) || bytes === null || bytes.length <= KEY_ID_BYTES) return null
  return { name, keyId: bytes.subarray(0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) }
}
