import type { Day } from './erasure-request.ts'
import type { TargetKind } from './target.ts'

/** What stands against the deletion of one target. Codes are stable. */
export const blockerCodes = [
  'open-session',
  'restricted-children',
  'hold',
  'statutory-retention',
  'privacy-hold',
  'api-off',
  'government-cloud',
  'permission',
  'not-found',
] as const
export type BlockerCode = (typeof blockerCodes)[number]

export interface Blocker {
  readonly code: BlockerCode
  /** How many records, where that says something; the id of a hold. Never personal data. */
  readonly detail: string | null
}

export interface PlannedTarget {
  readonly kind: TargetKind
  readonly id: string
  /** Records by object name: `MessagingSession: 3`. Null where they cannot be counted, and why stands in `notCounted`. */
  readonly counts: Readonly<Record<string, number | null>>
  readonly notCounted: Readonly<Record<string, string>>
  readonly blockers: readonly Blocker[]
  /** Conversations in which somebody else takes part as an end user: they lose what the target wrote there. */
  readonly sharedConversations: number
}

/** An archive of Custody's that holds conversations of the person. */
export interface PlannedArchive {
  readonly name: string
  readonly conversations: number
}

/**
 * What would be deleted and what stands in the way: everything that the approval is about. It holds record ids, counts, codes and
 * days, no name, phone, e-mail or text.
 */
export interface ErasurePlan {
  readonly v: 1
  readonly request: string
  readonly org: string
  readonly madeAt: string
  readonly dueOn: Day
  readonly targets: readonly PlannedTarget[]
  readonly archives: readonly PlannedArchive[]
  /** What the deletion does not reach, as codes: `contact`, `case`, `files`, `data360`, `other-systems`, `other-copies`. */
  readonly notCovered: readonly string[]
  readonly calls: number
  /** When the calls will have been made, at the hourly limit of all execution users. */
  readonly finishBy: string
  readonly inTime: boolean
}
