export type { Attachment, CarouselItem, Content, FormField, Option, ParticipantChange } from './content.ts'
export type {
  Conversation,
  Delivered,
  Instant,
  Reconciliation,
  Verdict,
  Window,
} from './conversation.ts'
export type { Contact, EndUser } from './end-user.ts'
export type { Entry, EntryKind, EntrySource, Json, Sender } from './entry.ts'
export type { Participant, Role } from './participant.ts'
export type { Redaction } from './redaction.ts'
export type { Session } from './session.ts'
