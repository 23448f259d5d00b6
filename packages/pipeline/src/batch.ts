/**
 * The unit that travels: records, what was refused on the way, and the point that is reached once all of it is durable.
 *
 * Batches are cut for meaning as well as speed: one API page = one batch = one checkpoint = one retry unit.
 */
export interface Batch<T> {
  readonly records: readonly T[]
  /** How many records these stand for, where one stands for several, as bytes of many do. @defaultValue as many as there are */
  readonly count?: number
  /**
   * Refused records. They travel with their batch, so that nothing can be committed past them. Pass the same objects on:
   * the runner counts each once, by identity.
   */
  readonly rejects: readonly Reject[]
  /** Records left out on purpose, counted by reason. Absent means none. */
  readonly drops?: Drops
  /** True once everything in this batch, and in all batches before it, is durable. */
  readonly checkpoint?: Checkpoint
}

/** How many records a batch stands for. */
export function recordCount({ records, count = records.length }: Batch<unknown>): number {
  return count
}

/** How many records were left out on purpose, by reason. */
export type Drops = Readonly<Record<string, number>>

/** Where a source can go on. Opaque to everybody but the source named; safe to store as JSON. */
export interface Checkpoint {
  readonly source: string
  readonly cursor: string
}

/**
 * A record, or a part of one, that could not be had or understood. A value, not an exception: only a broken world throws.
 * It names the record by identifier and carries nothing of its content.
 */
export interface Reject {
  /** The stage that refused. */
  readonly stage: string
  /** Literal, stable, upper snake case, e.g. `ENTRIES_NOT_FOUND`. */
  readonly code: string
  /** What was refused. `type` is Salesforce's word where there is one: `Conversation`, `ConversationEntry`. */
  readonly subject: { readonly type: string; readonly id: string | null }
  /** The record the subject is a part of; that record goes on without it. */
  readonly within?: { readonly type: string; readonly id: string | null }
  /** What happened, without content. */
  readonly message: string
}

/** What a sink says once batches are durable. */
export interface Commit {
  /** Batches made durable by this commit, at least one. */
  readonly batches: number
  readonly records: number
  readonly rejects: number
  /** The latest checkpoint among those batches. */
  readonly checkpoint?: Checkpoint
}
