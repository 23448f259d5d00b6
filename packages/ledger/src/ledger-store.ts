import type { Amendment, CompareOptions, Comparison } from './amendment.ts'
import type { EntrySeen, Recorded } from './entry-seen.ts'
import type { Gap, NewGap } from './gap.ts'
import type { ArchivedRun, EndedRun, NewRun, Run, RunState } from './run.ts'
import type { LedgerWindow, NewWindow, WindowSeal } from './window.ts'

/** How far the audit log of an org goes: lines, and the root over them in lower-case hex. */
export interface AuditHead {
  readonly size: number
  readonly root: string
}

/**
 * What Custody remembers between runs, whatever keeps it. All that a run adds (entries, amendments, gaps, audits) counts
 * from {@link LedgerStore.commitRun} on, all at once, and not before.
 *
 * Every call may be repeated after a crash: its effect is there once.
 */
export interface LedgerStore {
  /** @throws CustodyError of kind refused, `LEDGER_RUN_EXISTS`. */
  beginRun(run: NewRun): Promise<Run>
  /**
   * Takes up a run that was killed or failed. What it had recorded is forgotten: it records again what it reads again.
   *
   * @throws CustodyError of kind refused, `LEDGER_RUN_STATE`.
   */
  resumeRun(id: string): Promise<Run>
  /**
   * Ends a run whose archive is there: what it recorded counts from now on, and the windows named in `seals` are sealed
   * with it.
   */
  commitRun(id: string, archived: ArchivedRun): Promise<Run>
  /** Ends a run without an archive: a `failed` one may be resumed, an `abandoned` one may not. What it recorded is gone. */
  endRun(id: string, ended: EndedRun): Promise<Run>
  /** In the order of their beginning. */
  runs(filter?: { readonly org?: string; readonly state?: RunState }): Promise<readonly Run[]>
  /** The last run of this job, if it was killed or failed. */
  unfinishedRun(job: { readonly org: string; readonly jobDigest: string }): Promise<Run | null>

  /** The window of that org and time; made, in state open, where there is none yet. */
  openWindow(window: NewWindow): Promise<LedgerWindow>
  /** From open to settling: it is over, and late entries are waited for. */
  settleWindow(id: number): Promise<LedgerWindow>
  /** From settling to sealed: its archive stands. */
  sealWindow(id: number, seal: WindowSeal & { readonly archive: string }): Promise<LedgerWindow>
  /** By time. */
  windows(filter: { readonly org: string }): Promise<readonly LedgerWindow[]>
  /**
   * The sealed windows whose audit is longest ago, or that never had one, oldest first: `share` of all, rounded up.
   */
  leastRecentlyAudited(choice: { readonly org: string; readonly share: number }): Promise<readonly LedgerWindow[]>

  /**
   * Notes the entries that the run puts into its archive, as they come. All lie in the window of the run. An entry that an
   * earlier archive has with another digest becomes an amendment.
   */
  recordEntries(
    runId: string,
    rows: Iterable<EntrySeen> | AsyncIterable<EntrySeen>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Recorded>
  /**
   * Compares a fresh reading of a sealed time with what archives have of it, and records what differs as amendments found in
   * `run`. Each is reported once: as soon as that run is archived, what it found is what is known.
   */
  compareEntries(options: CompareOptions): Promise<Comparison>
  /** What a run has found; or what stands in archives as amended, over all archived runs of an org. */
  amendments(filter: { readonly run: string } | { readonly org: string }): AsyncIterable<Amendment>
  /** For each entry of a run's window what that run has found it to be: late or changed, with just this digest. Null for any other. */
  amendmentsOf(runId: string, rows: readonly EntrySeen[]): Promise<readonly (Amendment | null)[]>

  /** Takes back late and changed entries that a run found and cannot archive: the next reading finds them again. */
  retractAmendments(runId: string, rows: readonly EntrySeen[]): Promise<void>

  /** Notes what the archive of the run does not have. */
  recordGaps(runId: string, gaps: Iterable<NewGap>): Promise<void>
  /** Says that the run has read what was missing. */
  fillGaps(runId: string, ids: Iterable<number>): Promise<void>
  /** Of archived runs, oldest first. `open`: those that no archived run has filled. */
  gaps(filter: { readonly org: string; readonly open?: boolean }): AsyncIterable<Gap>

  /** Null before the first. */
  auditHead(org: string): Promise<AuditHead | null>
  /** @throws CustodyError of kind refused, `LEDGER_AUDIT_HEAD`, when the log became shorter or another. */
  setAuditHead(org: string, head: AuditHead): Promise<void>

  /** Under which name (hex) a conversation or an entry stands in amendments and gaps. */
  nameOf(identity: { readonly org: string; readonly conversation: string; readonly entryId?: string }): string

  close(): Promise<void>
}
