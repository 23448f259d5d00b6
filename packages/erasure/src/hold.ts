import type { Day } from './erasure-request.ts'

/** What a hold covers; pseudonyms stand for the ids once it is released. A person by end-user ids or contact ids; a window by days (UTC), half-open. */
export type HoldScope =
  | { readonly type: 'end-user'; readonly ids: readonly string[] }
  | { readonly type: 'contact'; readonly ids: readonly string[] }
  | { readonly type: 'conversation'; readonly ids: readonly string[] }
  | { readonly type: 'window'; readonly from: Day; readonly to: Day }
  | { readonly type: 'everything' }

/** A hold as it is placed. It ends on `expiresOn`, or when it is released. */
export interface NewHold {
  /** As it is called: letters, digits, `.`, `_`, `-`, at most 80. */
  readonly id: string
  /** The matter it is for, opaque, in the same form. */
  readonly matter: string
  /** `legal-hold` goes before `statutory-retention`; both before an erasure request. */
  readonly ground: 'legal-hold' | 'statutory-retention'
  readonly scope: HoldScope
  /** Who placed it, an id. */
  readonly author: string
  /** The first day it no longer holds; null until released. */
  readonly expiresOn: Day | null
}

/** A hold as the store keeps it. Times are ISO 8601, UTC. */
export interface Hold extends NewHold {
  readonly placedAt: string
  /** Who asked for the release and when, where a second person has to; the hold holds until then. */
  readonly releaseAskedBy: string | null
  readonly releaseAskedAt: string | null
  /** On which day it shall end; null for at once. */
  readonly releaseAskedFor: Day | null
  readonly releasedAt: string | null
  readonly releasedBy: string | null
  /** Who confirmed the release, where two persons are needed. */
  readonly releaseConfirmedBy: string | null
}

/** What a hold is asked about. */
export interface HeldSubject {
  readonly endUserIds: readonly string[]
  readonly contactIds: readonly string[]
  readonly conversations: readonly string[]
  /** When its conversations were, for holds on a window; null where that is not known: then every window holds. */
  readonly times: readonly { readonly from: string; readonly to: string }[] | null
}
