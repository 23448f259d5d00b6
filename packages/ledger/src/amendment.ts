import type { EntrySeen } from './entry-seen.ts'
import type { TimeRange } from './time-range.ts'

/**
 * - `late`: in no archive yet.
 * - `changed`: an archive has it with other content or another time.
 * - `vanished`: an archive has it, and Salesforce no longer.
 */
export type AmendmentKind = 'late' | 'changed' | 'vanished'

export interface Amendment {
  readonly org: string
  readonly kind: AmendmentKind
  /** The keyed hash of its identity, hex: see `nameOf`. */
  readonly entry: string
  readonly conversation: string
  /** When it was sent; of what it is now, or of what it was when it vanished. */
  readonly sentAt: string
  /** Digests as hex; null for none. */
  readonly before: string | null
  readonly after: string | null
  /** The run that found it, and that run's archive; null until it is archived. */
  readonly foundIn: string
  readonly archive: string | null
}

export interface CompareOptions {
  /** Who reads; what differs is recorded for it. */
  readonly run: string
  /** The time that was read: sealed from beginning to end. What this run found in it before is forgotten. */
  readonly window: TimeRange
  readonly rows: Iterable<EntrySeen> | AsyncIterable<EntrySeen>
  /** Whether the rows are all that there is in exactly that time. Only then does what is missing count as vanished. */
  readonly complete: boolean
  readonly signal?: AbortSignal
}

export interface Comparison {
  /** Different entries given. */
  readonly compared: number
  readonly late: number
  readonly changed: number
  readonly vanished: number
}
