import { usageError } from '@custody/pipeline'
import { decodeBase64 } from './base64.ts'
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { rootFromProof } from './inclusion-proof.ts'
import { NOTE_BYTES_MAX, parseNote, type SignedNote, verifyNote } from './signed-note.ts'
import { decodeUtf8, isDecimal } from './text-rules.ts'
import type { VerifierKey } from './verifier-key.ts'

const HEADER = 'c2sp.org/tlog-proof@v1'
const EXTRA = 'extra '
const INDEX = 'index '
/** No tree whose size a double holds is higher. */
const PROOF_HASHES_MAX = 53

/** That one leaf is in a signed tree: a `.tlog-proof` file (https://c2sp.org/tlog-proof, version 1). */
export interface TlogProof {
  readonly index: number
  /** The hash of the leaf's sibling first. */
  readonly proof: readonly Uint8Array[]
  /** The signed note of the checkpoint, as it stands in the archive. */
  readonly checkpoint: string
  /** Anything else. Nobody signed it: never trust it. Left out when there is none. */
  readonly extra?: Uint8Array
}

/** A proof as read, its checkpoint taken apart. */
export interface ParsedTlogProof extends TlogProof {
  readonly note: SignedNote
  readonly tree: Checkpoint
}

/** @throws CustodyError `TLOG_PROOF_FIELD` for what `parseTlogProof` would refuse */
export function encodeTlogProof({ index, proof, checkpoint, extra }: TlogProof): string {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  const lines = [HEADER, ...(extra ? [EXTRA + base64(extra)] : []), INDEX + index, ...proof.map(base64), '', checkpoint]
  const text = lines.join('\n')
  if (parseTlogProof(text) === null) {
    throw usageError(
      'TLOG_PROOF_FIELD',
      'A proof needs a signed checkpoint, an index below its size, hashes of 32 bytes, and extra data that is not empty.',
    )
  }
  return text
}

/**
 * Strict: a proof has one spelling. Says nothing about whether it proves anything; see {@link verifyTlogProof}.
 *
 * @returns null for what is no such proof
 */
export function parseTlogProof(file: Uint8Array | string): ParsedTlogProof | null {
  if (file.length > NOTE_BYTES_MAX) return null
  const text = typeof file === 'string' ? file : decodeUtf8(file)
  const split = text?.indexOf('\n\n') ?? -1
  if (text === null || split === -1) return null
  const [header, ...lines] = text.slice(0, split).split('\n')
  const extra = lines[0]?.startsWith(EXTRA) ? decodeBase64(lines.shift()?.slice(EXTRA.length) ?? '') : undefined
  const indexLine = lines.shift() ?? ''
  const index = indexLine.slice(INDEX.length)
  if (header !== HEADER || extra === null || extra?.length === 0) return null
  if (!indexLine.startsWith(INDEX) || !isDecimal(index) || lines.length > PROOF_HASHES_MAX) return null
  const proof = lines.map((line) => decodeBase64(line))
  if (!proof.every((hash) => hash?.length === 32)) return null
  const checkpoint = text.slice(split + 2)
  const note = parseNote(checkpoint)
  const tree = note && parseCheckpoint(note.text)
  if (note === null || tree === null || Number(index) >= tree.size) return null
  const parsed = { index: Number(index), proof: proof as Buffer[], checkpoint, note, tree }
  return extra === undefined ? parsed : { ...parsed, extra }
}

/**
 * Whether the proof shows that this leaf stands at its index in the tree that this key signed. What tree that is says
 * `tree.origin`: compare it with what you expect.
 */
export function verifyTlogProof(
  { index, proof, note, tree }: ParsedTlogProof,
  leaf: Uint8Array,
  key: VerifierKey,
): boolean {
  return verifyNote(note, key) && rootFromProof({ leaf, index, size: tree.size, proof }) === tree.root
}
