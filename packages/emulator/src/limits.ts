/** Limits of the org. Defaults are Salesforce's own, where documented. */
export interface Limits {
  /** Requests of one user to `conversation-entries` in any sixty seconds. @defaultValue 90 */
  readonly entriesPerMinute: number
  /** Requests of one user to delete end users, and to delete conversations, in any hour. @defaultValue 10 */
  readonly deleteParticipantsPerHour: number
  readonly deleteConversationsPerHour: number
  /** Conversations the org can hold active. @defaultValue 11_000 */
  readonly activeConversations: number
  /** How long a conversation stays active after a read, in milliseconds. @defaultValue 30 minutes */
  readonly activeForMs: number
  /** @defaultValue 30 minutes, what guides keep */
  readonly tokenLifetimeMs: number
  /** Core API requests of a day. @defaultValue 100_000 */
  readonly apiRequestsPerDay: number
  /** Requests of one user to Connect REST in any hour; beyond them 503. @defaultValue 1_000 */
  readonly connectPerHour: number
  /** Requests of one user to Connect REST in any 24 hours; beyond them 429. @defaultValue 24_000, the hour's all day */
  readonly connectPerDay: number
}

const minute = 60_000

/** The limits of Salesforce that are documented. */
export const defaultLimits: Limits = {
  entriesPerMinute: 90,
  deleteParticipantsPerHour: 10,
  deleteConversationsPerHour: 10,
  activeConversations: 11_000,
  activeForMs: 30 * minute,
  tokenLifetimeMs: 30 * minute,
  apiRequestsPerDay: 100_000,
  connectPerHour: 1_000,
  connectPerDay: 24_000,
}

/** The longest URI that is read, in bytes. */
export const longestUri = 16_384

/** API versions served: older ones are retired, newer ones not there yet. */
export const apiVersions = { oldest: 31, newest: 67 } as const

/** Rows on a page of query results. */
export const batchSizes = { smallest: 200, largest: 2_000 } as const
