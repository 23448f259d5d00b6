/**
 * Why an end user may be the person, the strongest first. Everything but `near-…` is exact after normalising. `phone` and `email`: the
 * platform key is theirs. `same-contact`: linked to the contact of another exact match. `near-session`: not linked to the contact, but
 * one of its sessions is.
 */
export const matchReasons = [
  'end-user-id',
  'platform-key',
  'phone',
  'email',
  'contact-id',
  'contact-email',
  'contact-phone',
  'same-contact',
  'near-phone',
  'near-email',
  'near-session',
] as const

/** Why a record is held to be about the person. */
export type MatchReason = (typeof matchReasons)[number]

/** A `MessagingEndUser` that may be the person: one per channel. */
export interface Candidate {
  readonly endUserId: string
  /** Why, the strongest first. */
  readonly reasons: readonly MatchReason[]
  /** True where a near match is the only reason: shown, never selected by itself. */
  readonly isNear: boolean
  readonly channelType: string | null
  readonly channelName: string | null
  readonly contactId: string | null
  /** What a person needs to recognise it, masked: first letters of the name, last digits of the key. Never kept. */
  readonly hint: string
  readonly sessions: number
  readonly openSessions: number
  readonly firstSessionAt: string | null
  readonly lastSessionAt: string | null
}
