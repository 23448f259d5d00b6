import type { Limit } from './rate-limit.ts'

/**
 * What is documented per endpoint, and the part we take by default. Limits over time count per execution user, so each
 * client has its own. An endpoint that is not named here has no limit of its own (SOQL: only the org's daily allowance).
 */
export const defaultLimits: Readonly<Record<'conversation-entries' | 'connect' | 'data360', Limit>> = {
  // Conversation Data API, rate limits page and messaging object model guide, "Access data": 90 requests a user a minute.
  'conversation-entries': { limit: 90, windowMs: 60_000, share: 0.95, guardMs: 1_000 },
  // Help, "Access Conversation Data Using Conversation Entries": 1,000 calls per application, user and hour.
  connect: { limit: 1_000, windowMs: 3_600_000, share: 0.9, guardMs: 1_000 },
  // Data 360 query services, status codes: up to 15 requests at once for the whole org, so some are left to others.
  data360: { limit: Number.POSITIVE_INFINITY, windowMs: 1, concurrent: 12 },
}

/** Those of them that count per execution user, so that more users may ask more. */
export const perUserEndpoints: readonly string[] = ['conversation-entries', 'connect']

/**
 * How long a read keeps its conversation active, in milliseconds. Messaging object model guide, "Access data": 30 minutes of
 * inactivity.
 */
export const conversationActiveMs: number = 1_800_000
