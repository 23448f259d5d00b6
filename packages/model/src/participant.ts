import type { Instant } from './conversation.ts'

/** Who somebody is in a conversation, in one vocabulary for all sources. */
export type Role = 'end-user' | 'agent' | 'bot' | 'system' | 'supervisor' | 'other'

/** A `ConversationParticipant`. */
export interface Participant {
  readonly role: Role
  readonly displayName: string | null
  /** `ParticipantEntityId`: the end user, contact or user, 18 characters. */
  readonly recordId: string | null
  readonly joinedAt: Instant | null
  readonly leftAt: Instant | null
}
