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
  'unreadable',
] as const

/** Why a target cannot be deleted, in one word. */
export type BlockerCode = (typeof blockerCodes)[number]

/** Something in Salesforce that keeps a target from being deleted. */
export interface Blocker {
  readonly code: BlockerCode
  /**
   * How many sessions; how many records of which object, `EngagementAttendee: 2`; the id of a hold; the last day of a retention. Never
   * personal data.
   */
  readonly detail: string | null
}

/** What a plan would delete, how much of it there is, and what stands in the way. A count of null is not known. */
export interface PlannedTarget {
  readonly kind: TargetKind
  readonly id: string
  /** Records by object name: `MessagingSession: 3`. Null where they cannot be counted, and why stands in `notCounted`. */
  readonly counts: Readonly<Record<string, number | null>>
  readonly notCounted: Readonly<Record<string, string>>
  /** Messages, by the counters of its sessions: those of agents and end users. Null where a session has none. */
  readonly messages: number | null
  readonly blockers: readonly Blocker[]
  /** Conversations in which somebody else takes part as an end user: they lose what the target wrote there. */
  readonly sharedConversations: number
}

/** An archive of Custody's that holds conversations of the person. */
export interface PlannedArchive {
  readonly name: string
  readonly conversations: number
}

/** A sealed archive that was made of what will go, before it goes. */
export interface PlannedExport {
  /** Its place among the exports of the request. */
  readonly archive: string
  /** SHA-256 of its seal, in hex. */
  readonly seal: string
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
  /** Conversations of the targets that no archive holds: nobody has a copy of them. Null where archives were not looked through. */
  readonly notArchived: number | null
  /** Null where none was made. */
  readonly export: PlannedExport | null
  /** What the deletion does not reach, as codes: `contact`, `case`, `files`, `data360`, `other-systems`, `other-copies`. */
  readonly notCovered: readonly string[]
  /** What the org does not show, so that nothing is said about it: `privacy-holds-not-visible`, … */
  readonly notSeen: readonly string[]
  /** Deletions that nothing stands against now: one call each. */
  readonly calls: number
  /** When the calls will have been made, at the hourly limit of all execution users, after those of others that were approved before. */
  readonly finishBy: string
  readonly inTime: boolean
}
