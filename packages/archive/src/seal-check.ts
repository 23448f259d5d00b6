import type { Window } from '@custody/model'
import { inspectSeal, parseSeal, type Seal, type SealInspection, type Trust } from '@custody/seal'
import type { TimestampCheck } from '@custody/timestamp'
import type { AuditPart } from './audit-check.ts'
import { AUDIT_PART } from './bag.ts'
import type { Finding } from './findings.ts'
import type { ArchiveMode, ArchiveVerdict } from './options.ts'

/** What the files of an archive say, for its seal to be held against. */
export interface SealFacts {
  readonly tagManifestSha256: string | null
  readonly payloadOxum: string
  /** Leaves, those of erased records included. */
  readonly records: number
  /** Lower-case hex. */
  readonly recordsRoot: string
  readonly erased: number
  /** Null when there is no audit part. */
  readonly audit: AuditPart | null
  /** As run.json says; null when it cannot be read. */
  readonly run: {
    readonly archive: string
    readonly window: Window
    readonly mode: ArchiveMode
    readonly verdict: ArchiveVerdict
  } | null
}

/**
 * What a seal has to answer to, from outside the archive. Without it a seal proves no more than that nothing changed
 * since somebody made it.
 */
export interface SealTrust {
  /** Raw public keys that are trusted. Without them a seal is only held against the key that came with it. */
  readonly trustedKeys?: readonly Uint8Array[] | undefined
  /** PEM of certificates that time authorities are checked against. */
  readonly trustedAuthorities?: string | undefined
}

/** What the seal of an archive says, as far as it can be read. */
export interface SealReport {
  readonly seal: Seal
  /** SHA-256 of `seal.txt`: what the next seal of the chain names. */
  readonly digest: string
  /** Fingerprint of the key that signed. */
  readonly key: string | null
  readonly trust: Trust
  /** What a time authority says; null where none was asked. */
  readonly time: Omit<TimestampCheck, 'findings'> | null
  /** How keys handed over up to the one that signed. */
  readonly transitions: SealInspection['transitions']
  /** Digests of the seals that this one took the place of, the latest first. */
  readonly superseded: readonly string[]
}

/** Checks the files under `seal/`, by path. An archive without any is not sealed: no finding, unless a key was to be trusted. */
export async function checkSeal(
  files: ReadonlyMap<string, Uint8Array>,
  facts: SealFacts,
  { trustedKeys, trustedAuthorities }: SealTrust = {},
): Promise<{ readonly report: SealReport | null; readonly findings: readonly Finding[] }> {
  if (files.size === 0) {
    const message = 'bears no seal: nobody can tell who made it'
    return { report: null, findings: trustedKeys ? [{ code: 'NOT_SEALED', path: null, message }] : [] }
  }
  const { checkTimestamp } = await import('@custody/timestamp')
  const { tagManifestSha256, payloadOxum, records, recordsRoot, erased, run, audit } = facts
  const { findings, seal, digest, ...about } = inspectSeal(files, {
    bag: {
      archiveId: run?.archive ?? null,
      period: run && { from: run.window.from, to: run.window.to },
      mode: run?.mode ?? null,
      verdict: run?.verdict ?? null,
      tagManifestSha256,
      payloadOxum,
      records,
      recordsRoot,
      erased,
    },
    ...(trustedKeys && { trustedKeys }),
    checkTimestamp: (stamp) =>
      checkTimestamp({ ...stamp, ...(trustedAuthorities !== undefined && { trusted: trustedAuthorities }) }),
  })
  const found: Finding[] = findings.map(({ code, path, message }) => ({ code, path, message }))
  if (seal === null || digest === null) return { report: null, findings: found }
  const from = auditBefore(files)
  const part = audit ?? { first: from, end: from }
  if (part.first !== from || part.end !== seal.audit.size) {
    const message = `holds lines ${part.first} to ${part.end} of the log, the seals say ${from} to ${seal.audit.size}`
    found.push({ code: 'AUDIT_SEALED', path: AUDIT_PART, message })
  }
  const { key, trust, transitions, superseded } = about
  const time = about.time === 'not-checked' ? null : about.time
  return { report: { seal, digest, key, trust, time, transitions, superseded }, findings: found }
}

/** How far the log went when the archive before was sealed. */
function auditBefore(files: ReadonlyMap<string, Uint8Array>): number {
  const text = files.get('seal/prev.seal.txt')
  return (text && parseSeal(Buffer.from(text).toString('utf8'))?.audit.size) || 0
}
