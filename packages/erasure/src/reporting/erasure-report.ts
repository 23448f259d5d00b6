import type { Day, ErasureRequest } from '../erasure-request.ts'
import type { Approval, ErasureEvent } from '../erasure-store.ts'
import type { Outcome, Target } from '../target.ts'

/**
 * What became of a request as a whole.
 *
 * - `open`: nobody has approved a plan yet. `pending`: approved, and not all outcomes are there.
 * - `erased`: all that was found. `erased-in-part`: the rest was withheld or failed. `not-erased`: nothing was erased.
 * - `masked`: nothing is erased by intention, and all that was found in texts is replaced. `masked-in-part`: the rest was withheld, failed or
 *   is out of reach.
 * - `not-verifiable`: of something nobody can say whether it is gone.
 * - `nobody-found`: there is nothing to erase. `withdrawn`: by whoever asked.
 */
export const reportVerdicts = [
  'open',
  'pending',
  'not-verifiable',
  'not-erased',
  'erased-in-part',
  'erased',
  'masked-in-part',
  'masked',
  'nobody-found',
  'withdrawn',
] as const

/** What a report says of a request as a whole. */
export type ReportVerdict = (typeof reportVerdicts)[number]

/** One record that a request is about, without its id. */
export interface ReportedRecord extends Omit<Target, 'request' | 'id'> {
  /** In words; null where there is nothing to explain. */
  readonly why: string | null
}

/** What the plan counted. Null in a report of a request that was closed without one. */
export interface PlannedCounts {
  /** Records by object, `Conversation: 3`. Null where they could not be counted. */
  readonly counts: Readonly<Record<string, number | null>>
  readonly archives: number
  /** Codes. */
  readonly notCovered: readonly string[]
  readonly notSeen: readonly string[]
}

/** What was done with the archives of Custody that hold the person. */
export interface ReportedArchives {
  /** Archives rewritten. */
  readonly rewritten: number
  readonly conversationsErased: number
  readonly conversationsKept: number
  /** Archives that could not be rewritten in the last pass. */
  readonly failed: number
  /** Of the last pass; null before the first. */
  readonly lastAt: string | null
}

/** What a report says of one request. It names nobody. */
export interface RequestReport
  extends Pick<
    ErasureRequest,
    | 'reference'
    | 'about'
    | 'measure'
    | 'extension'
    | 'regime'
    | 'jurisdiction'
    | 'manner'
    | 'receivedOn'
    | 'dueOn'
    | 'state'
    | 'addedAt'
    | 'closedAt'
  > {
  /** Negative once it is overdue; null for one that has its end. */
  readonly daysLeft: number | null
  readonly overdue: boolean
  readonly verdict: ReportVerdict
  /** The verdict in plain sentences. */
  readonly summary: string
  /** How many identifiers were named; null where nobody noted it. */
  readonly identifiers: number | null
  readonly outcomes: Readonly<Record<Outcome, number>>
  readonly records: readonly ReportedRecord[]
  readonly planned: PlannedCounts | null
  readonly planDigest: string | null
  readonly approvals: readonly Approval[]
  readonly archives: ReportedArchives
  /** Everything that was noted, in order. */
  readonly evidence: readonly Omit<ErasureEvent, 'request'>[]
}

/** What was asked, found, erased, withheld, and what is not known. It holds no personal data. */
export interface ErasureReport {
  readonly v: 1
  readonly org: string
  /** ISO 8601 UTC. */
  readonly madeAt: string
  readonly today: Day
  /** Fingerprint of the key that signs it; null for a report without a signature. */
  readonly signer: string | null
  readonly totals: {
    readonly requests: number
    readonly overdue: number
    readonly verdicts: Readonly<Record<ReportVerdict, number>>
    /** Records by outcome; one that several requests are about counts for each. */
    readonly outcomes: Readonly<Record<Outcome, number>>
  }
  /** Overdue ones first, then by due date; those that have their end last. */
  readonly requests: readonly RequestReport[]
}
