import type { AttachedFile, CarouselItem, Content, EntryKind, EntrySource, Instant, Role, Window } from '@custody/model'

// What stands in the page: blocks of JSON, each named by its `data-part`, in this order. `rows` and `conversations` come in pairs, as
// arrays of the same length; conversations are counted through from 0.
//
//   facts                  PageFacts
//   rows, conversations    ConversationRow[], ShownConversation[]
//   findings               Finding[]
//   redactions             RedactionCounts[]
//   end                    PageEnd

/** What the page is told of its archive. */
export interface PageFacts {
  readonly v: 1
  readonly archive: string
  readonly org: string
  readonly window: Window
  // As run.json says them. Spelled out here, for the page is built without the packages that write archives.
  readonly mode: 'plain' | 'redacted'
  readonly verdict: 'complete' | 'counted' | 'incomplete' | 'empty'
  /** In the archive, those that are left out of the page among them; without erased ones. */
  readonly conversations: number
  /** Rows of gaps.csv. */
  readonly gaps: number
  /** Conversations that were erased from the archive. */
  readonly erased: number
}

/** What the list shows of a conversation. */
export interface ConversationRow {
  readonly identifier: string
  readonly channelName: string | null
  readonly channelType: string | null
  /** When its first and last entry here were sent; without entries, when it began and ended. */
  readonly from: Instant | null
  readonly to: Instant | null
  readonly messages: number
  /** Names, each once. */
  readonly agents: readonly string[]
  readonly endUsers: readonly string[]
  /** How its first message begins. */
  readonly preview: string | null
}

/** The rest of a conversation. */
export interface ShownConversation {
  readonly recordId: string | null
  readonly startTime: Instant | null
  readonly endTime: Instant | null
  readonly continuedBefore: boolean
  readonly continuesAfter: boolean
  /** `MessagingEndUser.Id` of its sessions, each once. */
  readonly endUserIds: readonly string[]
  readonly entries: readonly ShownEntry[]
}

/** An entry as it is shown. What is null in the master is left out here. */
export interface ShownEntry {
  readonly id: string
  readonly at: Instant
  readonly kind: EntryKind
  /** Salesforce's word. */
  readonly type: string
  readonly role: Role
  readonly source: EntrySource
  readonly clientAt?: Instant
  readonly name?: string
  readonly text?: string
  readonly content?: ShownContent
}

/** A file by its name; where it stands in the archive, by its hash. Never by an address: the page opens none. */
export interface ShownAttachment extends Partial<Pick<AttachedFile, 'sha256' | 'size'>> {
  readonly name: string | null
  readonly mimeType: string | null
}

/** The structured part of an entry as it is shown: that of the model, its files as {@link ShownAttachment}. */
export type ShownContent =
  | Exclude<Content, { type: 'attachments' | 'rich-link' | 'carousel' }>
  | { readonly type: 'attachments'; readonly attachments: readonly ShownAttachment[] }
  | {
      readonly type: 'rich-link'
      readonly title: string | null
      readonly url: string | null
      readonly image: ShownAttachment | null
    }
  | {
      readonly type: 'carousel'
      readonly items: readonly (Omit<CarouselItem, 'image'> & { readonly image: ShownAttachment | null })[]
    }

/** Something that a report of the archive says of a conversation in the page. */
export interface Finding {
  /** Number of the conversation. */
  readonly conversation: number
  /** As in gaps.csv; `SOURCES_DIFFER` for a row of differences.csv. */
  readonly code: string
  /** In words. */
  readonly detail: string
  /** The entry it is about. */
  readonly entryId?: string
}

/** How often something was redacted in a conversation, by type. */
export interface RedactionCounts {
  readonly conversation: number
  readonly types: readonly (readonly [type: string, count: number])[]
}

/** What is not in the page. */
export interface PageEnd {
  /** For they would have been too many. */
  readonly conversationsLeftOut: number
  /** For they could not be read, or are not there: the archive is damaged. */
  readonly conversationsUnread: number
  readonly findingsLeftOut: number
  /** Rows of reports about conversations that are not in the page, or about none. */
  readonly findingsElsewhere: number
  /** Reports that could not be read, by path. */
  readonly unreadable: readonly string[]
}
