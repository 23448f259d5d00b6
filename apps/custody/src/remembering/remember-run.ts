import { type ArchiveResult, readSealFiles } from '@custody/archive'
import type { Ledger, LedgerWindow } from '@custody/ledger'
import { sealDigest } from '@custody/seal'
import type { ArchiveJob } from '../archive-job/archive-job.ts'
import { jobDigest } from '../resuming/job-digest.ts'
import { ledgerKey } from './ledger-key.ts'
import { type EntryStages, rememberEntries } from './remember-entries.ts'

/**
 * What a run is to the ledger.
 *
 * - `seals`: it archives a window for the first time; its entries are what is known of that time from then on.
 * - `beside`: its archive stands beside those that the ledger holds to be the org's: a second one of the same time, one that lies
 *   across sealed windows, or one of a few conversations only. If its entries passed for known, what came late would be missed where it is
 *   missing. The run is recorded, and nothing else.
 */
export type Remembrance =
  | { readonly kind: 'seals' }
  | { readonly kind: 'beside'; readonly why: 'limited' | 'sealed-already' | 'overlaps' }

/** A run as the ledger has it, begun and not yet committed. */
export interface RememberedRun {
  readonly remembrance: Remembrance
  /** Null for a run that stands beside. */
  readonly stages: EntryStages | null
  /** The archive stands under its name. */
  commit(result: ArchiveResult): Promise<void>
  /** There is no archive; `goesOn` where the run may be resumed. */
  failed(code: string, goesOn: boolean): Promise<void>
}

/** Begins a run in the ledger, or takes it up where an earlier process of it was stopped. */
export async function rememberRun(ledger: Ledger, job: ArchiveJob): Promise<RememberedRun> {
  const { runId, window } = job
  await beginOrResume(ledger, job)
  const remembrance = await remembranceOf(ledger, job)
  const stages =
    remembrance.kind === 'seals' ? rememberEntries({ ledger, ledgerKey: ledgerKey(job.key), runId, window }) : null
  return {
    remembrance,
    stages,
    commit: (result) => commitRun(ledger, job, result, stages?.gaps.count ?? null),
    async failed(code, goesOn) {
      await ledger.endRun(runId, { state: goesOn ? 'failed' : 'abandoned', code })
    },
  }
}

/** Takes the run of a job up where the ledger has it; begins it otherwise. */
export async function beginOrResume(ledger: Ledger, job: ArchiveJob): Promise<void> {
  const { orgAlias: org, runId: id, window } = job
  const isKnown = (await ledger.runs({ org })).some((run) => run.id === id)
  if (isKnown) await ledger.resumeRun(id)
  else await ledger.beginRun({ id, org, window, jobDigest: jobDigest(job) })
}

/** What the run of a job is to the ledger, by the windows it knows. */
export async function remembranceOf(
  ledger: Pick<Ledger, 'windows'>,
  { orgAlias: org, window: { from, to }, limit }: Pick<ArchiveJob, 'orgAlias' | 'window' | 'limit'>,
): Promise<Remembrance> {
  if (limit !== null) return { kind: 'beside', why: 'limited' }
  const sealed = (await ledger.windows({ org })).filter(isSealed)
  if (sealed.some((one) => one.from === from && one.to === to)) return { kind: 'beside', why: 'sealed-already' }
  const overlaps = sealed.some((one) => one.from < to && from < one.to)
  return overlaps ? { kind: 'beside', why: 'overlaps' } : { kind: 'seals' }
}

function isSealed({ state, amends }: LedgerWindow): boolean {
  return state === 'sealed' && !amends
}

/** Something of a window is missing, and the archive alone says what. */
export const someGap = 'ARCHIVE_INCOMPLETE'

/**
 * Makes what a run recorded count, and seals its window, once its archive stands. May be repeated.
 *
 * @param noted how many gaps the run has recorded; null where an earlier process did
 */
export async function commitRun(
  ledger: Ledger,
  job: ArchiveJob,
  result: ArchiveResult,
  noted: number | null,
): Promise<void> {
  const { orgAlias: org, runId, window, amends } = job
  const committed = { archive: result.name, verdict: result.verdict }
  if (amends === null && (await remembranceOf(ledger, job)).kind === 'beside') {
    await ledger.commitRun(runId, committed)
    return
  }
  // Whatever the archive misses and nobody noted: the window is read again until nothing is missing.
  if (amends === null && result.verdict === 'incomplete' && (noted === null || noted < result.counts.gaps)) {
    await ledger.recordGaps(runId, [{ window, code: someGap }])
  }
  const { id } = await ledger.openWindow({ org, ...window, amends: amends !== null })
  await ledger.settleWindow(id)
  await ledger.commitRun(runId, { ...committed, seals: [{ window: id, sealDigest: await identityOf(result) }] })
}

/** What tells this archive from any other: the digest of its seal, or of its tag manifest where it has none. */
export async function identityOf({ path, sealed, tagManifestSha256 }: ArchiveResult): Promise<string> {
  const seal = sealed ? (await readSealFiles(path)).get('seal/seal.txt') : undefined
  return seal === undefined ? tagManifestSha256 : sealDigest(Buffer.from(seal).toString('utf8'))
}

/** What a person should know of it; null where all is as ever. */
export function remembranceLine(remembrance: Remembrance): string | null {
  if (remembrance.kind === 'seals') return null
  return {
    limited: 'It seals no window: only some conversations are asked for.',
    'sealed-already':
      'This window is sealed already: the archive stands beside the one the ledger knows. What came late since is found with --amend.',
    overlaps: 'It seals no window: a part of this time is sealed already, in windows of other bounds.',
  }[remembrance.why]
}
