import type { Instant } from './conversation.ts'

/** A `MessagingSession`: one stretch of a conversation. */
export interface Session {
  /** `MessagingSession.Id`, 18 characters. */
  readonly recordId: string
  /** Salesforce's word: `New`, `Active`, `Waiting`, `Inactive`, `Ended`, `Error` … */
  readonly status: string | null
  readonly startTime: Instant | null
  readonly endTime: Instant | null
  /** `MessagingEndUserId`, 18 characters. */
  readonly endUserId: string | null
  readonly agentMessageCount: number | null
  readonly endUserMessageCount: number | null
}
