import type { Content } from './content.ts'
import type { Instant } from './conversation.ts'
import type { Role } from './participant.ts'

/**
 * Our reading of an entry. `other`: a type we do not know, or one that fits nowhere (`MessageUpdated`, `ClientMenu`,
 * `ConsultConversationInfo` …); its payload is kept verbatim either way.
 */
export const entryKinds = [
  'message',
  'participant-change',
  'routing',
  'delivery-failure',
  'acknowledgement',
  'typing',
  'session-change',
  'modality-change',
  'consent',
  'flag',
  'note',
  'other',
] as const

/** One of {@link entryKinds}. */
export type EntryKind = (typeof entryKinds)[number]

/** Which way an entry came out of Salesforce. `records`: as a field of a record, as legacy chats keep their transcript. */
export type EntrySource = 'conversation-data' | 'connect' | 'data360' | 'transcript-export' | 'records'

/** One entry of a conversation: a message or an event. */
export interface Entry {
  /** As received. */
  readonly entryId: string
  /** When the server received it: what orders entries and decides the window. */
  readonly sentAt: Instant
  /** The sender's own clock. */
  readonly clientAt: Instant | null
  readonly kind: EntryKind
  /** The vendor's word, e.g. `Message`. */
  readonly entryType: string
  readonly sender: Sender
  /** What a person read, see {@link readPayload}; null where there was nothing to read. */
  readonly text: string | null
  /** The structured parts of what was sent; null for plain text and events without any. */
  readonly content: Content | null
  /** Related record ids, 18 characters where they are record ids, verbatim otherwise. */
  readonly relatedRecords: readonly string[]
  readonly source: EntrySource
  /** The vendor's payload, verbatim: an object, or the string it came as. */
  readonly payload: Json
  /**
   * Whatever else the entry came with, verbatim, by the vendor's names: `recipients`, say, or a field nobody knows yet. Null
   * for nothing. It is kept for the sake of not dropping what is not understood.
   */
  readonly extra: Json
}

/** Who an entry is from. */
export interface Sender {
  readonly role: Role
  readonly appType: string | null
  readonly subject: string | null
  readonly displayName: string | null
}

/**
 * Any JSON value. Numbers that a double would round are kept as `JSON.rawJSON` values, see {@link parseJson}: whoever copies
 * a value asks {@link isRawJson} first.
 */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
