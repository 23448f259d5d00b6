/** What one call of the Conversation Data API deletes. */
export const targetKinds = ['end-user', 'conversation'] as const

/** What can be deleted by itself. */
export type TargetKind = (typeof targetKinds)[number]

/**
 * Final, but for `pending`. An outcome only moves by evidence. `masked`: it is there, and what a policy finds in its texts has been
 * replaced.
 */
export const outcomes = ['pending', 'erased', 'masked', 'withheld', 'failed', 'unverifiable', 'no-match'] as const

/** What became of a target in the end. */
export type Outcome = (typeof outcomes)[number]

/**
 * How far the deletion of one target is. The state is written before the step it names is taken.
 *
 * - `planned`: nothing was sent.
 * - `withheld`: a hold, a retention or a blocker stands against it; nothing was sent.
 * - `calling`: the call is about to be sent, or was, and nobody knows its answer: a crash leaves it here.
 * - `answer-lost`: sent, and the answer never came. Read back before it is sent again.
 * - `accepted`: 202 and a log entry at Salesforce. Not erased.
 * - `refused`: Salesforce said no (412, 423, restricted children, Government Cloud, API off).
 * - `absent`: 404 that means that there is no such record.
 * - `confirmed`: read back through every configured source, each with its control record found.
 * - `reappeared`: it was confirmed, and something of it was found later.
 */
export const targetStates = [
  'planned',
  'withheld',
  'calling',
  'answer-lost',
  'accepted',
  'refused',
  'absent',
  'confirmed',
  'reappeared',
] as const

/** How far a target has come. */
export type TargetState = (typeof targetStates)[number]

/** One record that a request is about. Record ids are kept as long as the request is open, sealed; afterwards as keyed hashes. */
export interface Target {
  readonly request: string
  readonly kind: TargetKind
  /** `MessagingEndUser.Id` (18 characters), or the conversation's identifier. The pseudonym, once the request is closed. */
  readonly id: string
  /** `hmac:` and 32 hex digits: what events and reports call it, before and after the request is closed. */
  readonly pseudonym: string
  readonly state: TargetState
  readonly outcome: Outcome
  /** Why, as a code: `open-session`, `hold`, `retention`, `restricted-children`, `answer-unknown`, `control-missing`, …; null for none. */
  readonly ground: string | null
  /** How often the call was sent. */
  readonly calls: number
  /** Which execution user sent it last, by its name in the configuration. */
  readonly user: string | null
  /** `ConversationApiLog.Id`, as the 202 named it. */
  readonly logId: string | null
  readonly updatedAt: string
}
