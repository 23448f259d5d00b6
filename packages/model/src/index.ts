export type {
  AttachedFile,
  Attachment,
  CarouselItem,
  Content,
  FormField,
  Option,
  ParticipantChange,
} from './content.ts'
export type {
  Conversation,
  Delivered,
  Difference,
  Instant,
  Reconciliation,
  Verdict,
  Window,
  Witness,
} from './conversation.ts'
export { decodeEntities } from './decode-entities.ts'
export { emptyConversation } from './empty-conversation.ts'
export type { Contact, EndUser } from './end-user.ts'
export { type Entry, type EntryKind, type EntrySource, entryKinds, type Json, type Sender } from './entry.ts'
export { toEntryKind } from './entry-kind.ts'
export { compareEntries, type EntryOrderKey, sortEntries } from './entry-order.ts'
export { toInstant } from './instant.ts'
export { parseJson } from './parse-json.ts'
export type { Participant, Role } from './participant.ts'
export { isRawJson, type RawJson } from './raw-json.ts'
export { type PayloadReading, readPayload } from './read-payload.ts'
export { toJoinKey, toRecordId } from './record-id.ts'
export type { Redaction } from './redaction.ts'
export { toRole } from './role.ts'
export type { Session } from './session.ts'
