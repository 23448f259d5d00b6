import type { TimeRange } from './time-range.ts'
import type { WindowSeal } from './window.ts'

/** `running` until it says how it ended; a killed one stays so. */
export type RunState = 'running' | 'archived' | 'failed' | 'abandoned'

/** A run as it is begun. */
export interface NewRun {
  readonly id: string
  readonly org: string
  readonly window: TimeRange
  /** Tells the same job from another: over everything that decides what comes out. */
  readonly jobDigest: string
}

/** A run as the ledger knows it. Times are ISO 8601, UTC. */
export interface Run extends NewRun {
  readonly state: RunState
  /** ISO 8601 UTC, as all times here. */
  readonly startedAt: string
  readonly endedAt: string | null
  /** The archive's name. */
  readonly archive: string | null
  readonly verdict: string | null
  /** Of the error that ended it. */
  readonly code: string | null
}

/** How a run ended that left an archive. */
export interface ArchivedRun {
  /** The archive's name. */
  readonly archive: string
  readonly verdict?: string
  /** Settling windows that are sealed by this archive. */
  readonly seals?: readonly (WindowSeal & { readonly window: number })[]
}

/** How a run ended that left none. */
export interface EndedRun {
  readonly state: 'failed' | 'abandoned'
  /** Of the error that ended it. */
  readonly code?: string
}
