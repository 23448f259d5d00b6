import type { Limit } from './rate-limit.ts'

/**
 * What is documented per endpoint, and the part we take by default. Every limit counts per execution user, so each client
 * has its own. An endpoint that is not named here has no limit of its own (SOQL: only the org's daily allowance).
 */
export const defaultLimits: Readonly<Record<'conversation-entries' | 'connect', Limit>> = {
  // Conversation Data API, rate limits page and messaging object model guide, "Access data": 90 requests a user a minute.
  'conversation-entries': { limit: 90, windowMs: 60_000, share: 0.95, guardMs: 1_000 },
  // Help, "Access Conversation Data Using Conversation Entries": 1,000 calls per application, user and hour.
  connect: { limit: 1_000, windowMs: 3_600_000, share: 0.9, guardMs: 1_000 },
}
