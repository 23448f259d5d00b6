import type { Target } from '../target.ts'

/** ISO 8601. `from` is null where nobody knows; a `to` that is null is still to come. */
export interface Times {
  readonly from: string | null
  readonly to: string | null
}

/** A conversation that a target has a part in. */
export interface ConversationFacts extends Times {
  /** `Conversation.Id`. */
  readonly recordId: string
  /** `ConversationIdentifier`; null where the org gives none. */
  readonly identifier: string | null
}

/** What the org says of one target. Everything but the conversations' identifiers may stand in a plan. */
export interface TargetFacts extends Pick<Target, 'kind' | 'id'> {
  /** Null where the org does not give it. */
  readonly recordId: string | null
  /** End users and contacts that holds may name. */
  readonly endUserIds: readonly string[]
  readonly contactIds: readonly string[]
  readonly counts: Readonly<Record<string, number | null>>
  readonly notCounted: Readonly<Record<string, string>>
  readonly messages: number | null
  readonly conversations: readonly ConversationFacts[]
  /** When its conversations and sessions were. */
  readonly times: readonly Times[]
  readonly openSessions: number
  /** Records that keep the org from deleting, by object. */
  readonly restricting: Readonly<Record<string, number>>
  /** `PrivacyHold.Id`. */
  readonly privacyHolds: readonly string[]
  /** Conversations in which somebody else takes part as an end user. */
  readonly shared: number
}

/** What could not be asked for any target: the object is not there, or may not be seen. */
export const surveyGaps = [
  'participants-not-visible',
  'voice-calls-not-visible',
  'privacy-holds-not-visible',
  'children-not-described',
  'archives-unreadable',
] as const

/** Something the planning user could not see. */
export type SurveyGap = (typeof surveyGaps)[number] | `restricting-not-visible:${string}`

/** What deleting a target would take with it, and what could not be seen. */
export interface Survey {
  /** In the order of the targets asked about. */
  readonly targets: readonly TargetFacts[]
  readonly notSeen: readonly SurveyGap[]
}
