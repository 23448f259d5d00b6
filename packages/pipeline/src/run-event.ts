import type { Checkpoint, Drops, Reject } from './batch.ts'

/** What a run says while it runs. Names are noun-verb; no event carries content. Times are in milliseconds. */
export type RunEvent =
  | { readonly type: 'run-start'; readonly stages: readonly string[] }
  | {
      readonly type: 'batch-end'
      readonly stage: string
      readonly records: number
      /** Rejects this stage added. */
      readonly rejects: number
      /** Time spent in this stage itself until now, waiting for the one before it taken off. */
      readonly ownMs: number
      /** Drops the batch carries, those of the stages before included: batches are cut anew on the way. */
      readonly drops: Drops
    }
  | { readonly type: 'record-reject'; readonly reject: Reject }
  | {
      readonly type: 'checkpoint-commit'
      readonly batches: number
      readonly records: number
      readonly checkpoint?: Checkpoint
    }
  | { readonly type: 'run-end'; readonly status: 'done' | 'failed' | 'aborted'; readonly summary: RunSummary }

/** What one stage gave to the next; for the sink, what it committed. */
export interface StageCounts {
  readonly stage: string
  readonly batches: number
  readonly records: number
  /** Rejects this stage added; those it only passed on count for the stage they came from. */
  readonly rejects: number
  /** Drops this stage added, by reason. */
  readonly drops: Drops
  /** Time spent in this stage itself, waiting for the one before it taken off. */
  readonly ownMs: number
}

/** What a run did; what it wrote is counted as committed. */
export interface RunSummary {
  /** One for each stage in order, the source first, the sink last. */
  readonly stages: readonly StageCounts[]
  readonly records: number
  readonly rejects: number
  readonly commits: number
  /** The latest committed checkpoint. */
  readonly checkpoint?: Checkpoint
  readonly durationMs: number
}
