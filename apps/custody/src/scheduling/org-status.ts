import { dayOf, type PendingRequests, pendingRequests } from '@custody/erasure'
import { type Gap, type LedgerFinding, type LockHolder, lockHolder, type Run } from '@custody/ledger'
import { CustodyError } from '@custody/pipeline'
import { nextDue, type ScheduledWindow, windowStates } from '@custody/schedule'
import { orgState } from '../config/org-state.ts'
import type { Config } from '../config/schema.ts'
import { type RunRecord, unfinishedRuns } from '../resuming/run-record.ts'
import { lookIntoLedger } from './org-ledger.ts'
import { scheduleOf } from './scheduled-orgs.ts'

/** How an org stands: what its archives have, what they have not, and what is to be done. */
export interface OrgStatus {
  readonly org: string
  /** Null: it is archived by hand. */
  readonly schedule: { readonly every: string; readonly timeZone: string; readonly start: string } | null
  readonly windows: Readonly<Record<ScheduledWindow['state'], number>>
  /** What is due or overdue, oldest first. */
  readonly due: readonly ScheduledWindow[]
  readonly nextDueAt: string | null
  readonly lastRun: Run | null
  readonly runningNow: LockHolder | 'unknown' | null
  /** Runs that were stopped, newest first. */
  readonly unfinished: readonly RunRecord[]
  readonly openGaps: { readonly total: number; readonly byCode: Readonly<Record<string, number>> }
  readonly amendments: Amended
  readonly ledger: LedgerHealth
  /** Deletion requests that have no end yet, and holds; null where there never was one. */
  readonly erasures: PendingRequests | null
}

/** Entries that came, changed or went after their window was sealed. */
export interface Amended {
  readonly late: number
  readonly changed: number
  readonly vanished: number
  /** The last archive that has such. */
  readonly lastArchive: string | null
}

export interface LedgerHealth {
  /** `none`: nothing was ever archived here. */
  readonly state: 'none' | 'sound' | 'findings'
  readonly findings: readonly (Pick<LedgerFinding, 'message' | 'repairable'> & { readonly code: string })[]
  /** What was mended. */
  readonly done: readonly string[]
}

/** What the ledger says; all of it nothing where there is none, or where it cannot be read. */
type Remembered = Pick<OrgStatus, 'runningNow' | 'lastRun' | 'openGaps' | 'amendments' | 'ledger'> & {
  readonly sealed: readonly { readonly from: string; readonly to: string }[]
}

const nothing: Remembered = {
  sealed: [],
  runningNow: null,
  lastRun: null,
  openGaps: { total: 0, byCode: {} },
  amendments: { late: 0, changed: 0, vanished: 0, lastArchive: null },
  ledger: { state: 'none', findings: [], done: [] },
}

/**
 * Looks at everything that is known of an org, without a secret and without asking Salesforce. Changes nothing, unless to repair.
 *
 * @throws CustodyError `LEDGER_LOCKED` where another process is at work and the ledger is to be repaired
 */
export async function orgStatus(
  config: Config,
  org: string,
  { now, repair = false }: { readonly now: number; readonly repair?: boolean },
): Promise<OrgStatus> {
  const { directory } = config.state
  const { sealed, ...remembered } = await remember(directory, org, repair)
  const written = scheduleOf(config, org)?.schedule ?? null
  const asOf = { now: new Date(now).toISOString(), sealed }
  const scheduled = written === null ? [] : [...windowStates(written, asOf)].filter(({ state }) => state !== 'sealed')
  const windows = { sealed: sealed.length, overdue: 0, due: 0, settling: 0, open: 0 }
  for (const { state } of scheduled) windows[state] += 1
  const { runningNow, ledger } = remembered
  const { erasures, unread } = lookAtErasures(orgState(directory, org), now)
  const runId = typeof runningNow === 'object' ? runningNow?.run : null
  return {
    org,
    schedule: written && { every: written.every, timeZone: written.timeZone, start: written.start },
    windows,
    due: scheduled.filter(({ state }) => state === 'due' || state === 'overdue'),
    nextDueAt: written && (nextDue(written, asOf)?.dueAt ?? null),
    erasures,
    unfinished: unfinishedRuns(directory, org).filter((run) => run.runId !== runId),
    ...remembered,
    ...(unread !== null && { ledger: { ...ledger, state: 'findings', findings: [...ledger.findings, unread] } }),
  }
}

/** What is remembered of deletion requests, or why it cannot be read. */
function lookAtErasures(
  directory: string,
  now: number,
): { readonly erasures: PendingRequests | null; readonly unread: LedgerHealth['findings'][number] | null } {
  try {
    return { erasures: pendingRequests(directory, dayOf(now)), unread: null }
  } catch (error) {
    if (!CustodyError.isInstance(error)) throw error
    const { code, message } = error
    return { erasures: null, unread: { code, message, repairable: false } }
  }
}

async function remember(directory: string, org: string, repair: boolean): Promise<Remembered> {
  try {
    const runningNow = lockHolder(orgState(directory, org))
    await using ledger = await lookIntoLedger(directory, org, { readOnly: !repair })
    if (ledger === null) return { ...nothing, runningNow }
    const { done, findings } = repair ? await ledger.repair() : { done: [], findings: await ledger.check() }
    // What a process at work is about to delete is no finding.
    const counted = findings.filter(({ code }) => runningNow === null || code !== 'left-over')
    const health: LedgerHealth = { state: counted.length === 0 ? 'sound' : 'findings', findings: counted, done }
    // Of a damaged file nothing else can be believed.
    if (findings.some(({ code }) => code === 'damaged')) return { ...nothing, runningNow, ledger: health }
    return {
      runningNow,
      sealed: (await ledger.windows({ org })).filter(({ state, amends }) => state === 'sealed' && !amends),
      lastRun: (await ledger.runs({ org })).at(-1) ?? null,
      openGaps: await countGaps(ledger.gaps({ org, open: true })),
      amendments: await countAmendments(ledger.amendments({ org })),
      ledger: health,
    }
  } catch (error) {
    if (!CustodyError.isInstance(error) || error.code === 'LEDGER_LOCKED') throw error
    const { code, message } = error
    return { ...nothing, ledger: { state: 'findings', findings: [{ code, message, repairable: false }], done: [] } }
  }
}

async function countGaps(gaps: AsyncIterable<Gap>): Promise<OrgStatus['openGaps']> {
  const byCode = new Map<string, number>()
  let total = 0
  for await (const { code } of gaps) {
    total += 1
    byCode.set(code, (byCode.get(code) ?? 0) + 1)
  }
  return { total, byCode: Object.fromEntries(byCode) }
}

async function countAmendments(
  amendments: AsyncIterable<{ readonly kind: 'late' | 'changed' | 'vanished'; readonly archive: string | null }>,
): Promise<Amended> {
  const counts = { late: 0, changed: 0, vanished: 0 }
  let lastArchive: string | null = null
  for await (const { kind, archive } of amendments) {
    counts[kind] += 1
    lastArchive = archive ?? lastArchive
  }
  return { ...counts, lastArchive }
}
