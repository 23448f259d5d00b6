import { createHash } from 'node:crypto'
import {
  keysReachedFrom,
  leafHash,
  parsePublicKey,
  parseTlogProof,
  parseTransitions,
  publicKeyFingerprint,
  rootFromProof,
  verifyNote,
} from '@custody/seal'
import { type Finding, Findings } from './findings.ts'

/** What a proof proves. */
export interface ProofReport {
  /** `valid`: this conversation, byte by byte, is in the archive that the key sealed. */
  readonly verdict: 'valid' | 'findings'
  /** `<origin>/<archive>`, as signed; null when the proof cannot be read. */
  readonly archive: string | null
  /** Which of how many conversations. */
  readonly index: number | null
  readonly size: number | null
  /** Fingerprint of the key that signed. */
  readonly key: string | null
  /** `not-compared`: nobody said which key is to be trusted; the one that came with the proof was taken. */
  readonly trust: 'trusted' | 'not-compared' | 'untrusted'
  readonly findings: readonly Finding[]
}

/**
 * Checks the files that {@link prove} gave, by their names. Pure; needs nothing of the archive.
 *
 * @param trustedKeys raw public keys of whom the reader trusts; without them the key that came along is taken, and the report says so
 */
export function verifyProof(
  files: ReadonlyMap<string, Uint8Array>,
  { trustedKeys }: { readonly trustedKeys?: readonly Uint8Array[] } = {},
): ProofReport {
  const findings = new Findings()
  const file = (name: string): Buffer => {
    const bytes = files.get(name)
    if (bytes === undefined) findings.add('FILE_MISSING', name, 'is not there')
    return Buffer.from(bytes ?? [])
  }
  const conversation = file('conversation.json')
  const record = file('record.json')
  const proof = parseTlogProof(file('proof.tlog-proof'))
  if (proof === null) {
    findings.add('PROOF_FORM', 'proof.tlog-proof', 'is not in the form of a C2SP tlog-proof with a checkpoint')
    return report(findings, { archive: null, index: null, size: null, key: null, trust: 'untrusted' })
  }

  const committed = sha256Of(record)
  const isCommitted = committed === createHash('sha256').update(conversation).digest('hex')
  if (!isCommitted) findings.add('PROOF_CONVERSATION', 'conversation.json', 'is not the one that the record commits to')
  const { index, note } = proof
  const { origin, size, root } = proof.tree
  if (rootFromProof({ leaf: leafHash(record), index, size, proof: proof.proof }) !== root) {
    findings.add('PROOF_INCLUSION', 'record.json', 'is not in the tree that the checkpoint names')
  }

  const name = origin.slice(0, origin.lastIndexOf('/'))
  const own = parsePublicKey(Buffer.from(files.get('signer.pub') ?? []).toString('utf8'))
  const transitions = parseTransitions(files.get('key-transitions.note') ?? '') ?? []
  const candidates = trustedKeys ? keysReachedFrom(trustedKeys, transitions) : own ? [own] : []
  const key = candidates.find((publicKey) => verifyNote(note, { name, publicKey })) ?? null
  if (key === null) findings.add('PROOF_SIGNATURE', 'proof.tlog-proof', 'is not signed by the key that is trusted')
  if (own !== null && key !== null && !Buffer.from(own).equals(key)) {
    findings.add('PROOF_KEY', 'signer.pub', 'is not the key that signed')
  }
  const trust = key === null ? 'untrusted' : trustedKeys ? 'trusted' : 'not-compared'
  return report(findings, { archive: origin, index, size, key: key && publicKeyFingerprint(key), trust })
}

/** What a record commits to; null where it is no record. */
function sha256Of(record: Buffer): string | null {
  try {
    const { sha256 } = JSON.parse(record.toString('utf8')) as { sha256?: unknown }
    return typeof sha256 === 'string' ? sha256 : null
  } catch {
    return null
  }
}

function report({ list }: Findings, facts: Omit<ProofReport, 'verdict' | 'findings'>): ProofReport {
  return { verdict: list.length === 0 ? 'valid' : 'findings', ...facts, findings: list }
}
