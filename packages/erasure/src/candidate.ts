/** Why an end user may be the person. Everything but `near-…` is exact after normalising. */
export const matchReasons = [
  'end-user-id',
  'platform-key',
  'phone',
  'contact-id',
  'contact-email',
  'contact-phone',
  'same-contact',
  'near-phone',
  'near-email',
] as const
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
