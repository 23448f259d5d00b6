import type { EntrySeen } from './entry-seen.ts'
import type { TimeRange } from './time-range.ts'

/**
 * - `late`: in no archive yet.
 * - `changed`: an archive has it with other content or another time.
 * - `vanished`: an archive has it, and Salesforce no longer.
 */
export type AmendmentKind = 'late' | 'changed' | 'vanished'

/** Something that came to light about a sealed time. Entries and conversations stand there as keyed hashes. */
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
  /** Name of the archive that has it as it was before; null for what none had. */
  readonly amends: string | null
  /** The run that found it, and that run's archive; null until it is archived. */
  readonly foundIn: string
  readonly archive: string | null
}

/** What a reading is compared with. */
export interface CompareOptions {
  /** Who reads; what differs is recorded for it. */
  readonly run: string
  /** The time that was read: sealed from beginning to end. What this run found in it before is forgotten. */
  readonly window: TimeRange
  readonly rows: Iterable<EntrySeen> | AsyncIterable<EntrySeen>
  /**
   * Whether the rows are all that there is in exactly that time. Only then does what is missing count as vanished. A function is
   * asked once all rows were given: who reads often knows only then.
   */
  readonly complete: boolean | (() => boolean)
  readonly signal?: AbortSignal
}

/** How a new reading differs from what is known, in entries. */
export interface Comparison {
  /** Different entries given. */
  readonly compared: number
  readonly late: number
  readonly changed: number
  readonly vanished: number
}
