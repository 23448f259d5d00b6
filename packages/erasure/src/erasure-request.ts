/** Which law counts the days. `own`: the due date was given. */
export const regimes = ['gdpr', 'ccpa', 'own'] as const

/** The law under which a request is made. */
export type Regime = (typeof regimes)[number]

/** By what a person is known to whoever asks for the deletion. Personal data: kept sealed, gone when the request is closed. */
export interface SubjectIdentifiers {
  /** `MessagingEndUser.Id`, 15 or 18 characters. */
  readonly endUserIds: readonly string[]
  /** `Contact.Id`, 15 or 18 characters. */
  readonly contactIds: readonly string[]
  /** As written; compared as E.164. */
  readonly phones: readonly string[]
  readonly emails: readonly string[]
  /** `MessagingPlatformKey`, verbatim. */
  readonly platformKeys: readonly string[]
}

/** A calendar day, `2026-11-21`. */
export type Day = string

/** How a request was made: a column of the register. 11 CCR 7101(b). */
export const manners = ['web-form', 'e-mail', 'phone', 'letter', 'in-person', 'chat', 'agent', 'other'] as const

/** Whether what a request is about is deleted, or kept and restricted. */
export type Manner = (typeof manners)[number]

/** A request as it arrives. Days are `YYYY-MM-DD`. */
export interface NewErasureRequest {
  /** What the request is called elsewhere: letters, digits, `.`, `_`, `-`, at most 80. Opaque: no name. */
  readonly reference: string
  readonly subject: SubjectIdentifiers
  /** Conversation identifiers, for a request about conversations and not a person. One of the two is empty. */
  readonly conversations: readonly string[]
  readonly regime: Regime
  readonly receivedOn: Day
  readonly dueOn: Day
  /** A country or state, as `DE` or `US-CA`; null where nobody said. */
  readonly jurisdiction: string | null
  /** Null or left out where nobody said. */
  readonly manner?: Manner | null
  /** Free text. Personal data: kept sealed, gone when the request is closed. */
  readonly note: string | null
}

/**
 * - `received`: nobody has looked yet.
 * - `found`: candidates are known; a person decides which of them it is.
 * - `selected`: decided. `planned`: a plan stands. `approved`: the plan may be run.
 * - `running`: calls are made, or answers waited for. `confirming`: read back through the sources.
 * - `closed`: every target has its final outcome. `withdrawn`: by whoever asked.
 */
export const requestStates = [
  'received',
  'found',
  'selected',
  'planned',
  'approved',
  'running',
  'confirming',
  'closed',
  'withdrawn',
] as const

/** How far a request has come. */
export type RequestState = (typeof requestStates)[number]

/** What is done for a request: its records are deleted, or personal data in their texts is replaced where they stand. */
export const measures = ['erase', 'mask'] as const

/** Which of the two. */
export type Measure = (typeof measures)[number]

/** Why a request may take longer: GDPR Art. 12(3) names these two. */
export const extensionReasons = ['complexity', 'number-of-requests'] as const

/** One of them. */
export type ExtensionReason = (typeof extensionReasons)[number]

/** That a request may take longer, as whoever asked was told. */
export interface Extension {
  /** When it was due without. */
  readonly firstDueOn: Day
  readonly reason: ExtensionReason
}

/** A request as the store keeps it. */
export interface ErasureRequest extends Omit<NewErasureRequest, 'subject' | 'note' | 'manner'> {
  readonly state: RequestState
  readonly manner: Manner | null
  readonly about: 'person' | 'conversations'
  /** By the plan that stands; `erase` as long as there is none. */
  readonly measure: Measure
  /** Null for none. */
  readonly extension: Extension | null
  /** Null once the request is closed or withdrawn: nothing of it is kept, and `conversations` is empty. */
  readonly subject: SubjectIdentifiers | null
  readonly note: string | null
  /** ISO 8601 UTC, as all moments here. */
  readonly addedAt: string
  readonly closedAt: string | null
}
