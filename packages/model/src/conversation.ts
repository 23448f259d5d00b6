import type { EndUser } from './end-user.ts'
import type { Entry, EntrySource } from './entry.ts'
import type { Participant } from './participant.ts'
import type { Redaction } from './redaction.ts'
import type { Session } from './session.ts'

/**
 * An instant as ISO 8601 in UTC with milliseconds, `2026-10-01T08:30:00.000Z`. All instants of the model have exactly
 * this form, so they sort as strings.
 */
export type Instant = string

/** A half-open window of time, `[from, to)`. */
export interface Window {
  readonly from: Instant
  readonly to: Instant
}

/**
 * One conversation with everything known about it: the record that travels through an archive run.
 *
 * The census makes it without entries; each stage behind it gives a copy that knows more. Absent values are null.
 */
export interface Conversation {
  /** `Conversation.ConversationIdentifier`: normally a UUID, but a free string of up to 255 characters. */
  readonly identifier: string
  /** `Conversation.Id` in its 18-character form. */
  readonly recordId: string | null
  /** The channel's `MasterLabel`. */
  readonly channelName: string | null
  /** Salesforce's `MessageType` of the channel: `EmbeddedMessaging`, `WhatsApp`, `Text` … */
  readonly channelType: string | null
  readonly startTime: Instant | null
  readonly endTime: Instant | null
  /** Whether it has entries before the window. */
  readonly continuedBefore: boolean
  /** Whether it has entries at or after the end of the window. */
  readonly continuesAfter: boolean
  /** All its sessions, also those outside the window, by start time. */
  readonly sessions: readonly Session[]
  readonly participants: readonly Participant[]
  /** Who it was with. Feeds redaction; not part of the archived line. */
  readonly endUsers: readonly EndUser[]
  /** The entries inside the window, by (sentAt, clientAt, entryId). */
  readonly entries: readonly Entry[]
  /** What the entry source delivered for the whole conversation, inside the window or not. Null before it was asked. */
  readonly delivered: Delivered | null
  /** The verdict of comparing witnesses. Null before they were compared. */
  readonly reconciliation: Reconciliation | null
  /** What sources beside the one that delivered it said about it; empty where none was asked. */
  readonly witnesses: readonly Witness[]
  /** What was redacted in it, without plaintext. */
  readonly redactions: readonly Redaction[]
}

/** What one more source said about a conversation. Counts are of the window, duplicates taken off. */
export interface Witness {
  readonly source: EntrySource
  /** `absent`: it was asked and holds nothing of it. `failed`: it could not be asked. */
  readonly answer: 'given' | 'absent' | 'failed'
  readonly entries: number
  /** Messages whose sender has the role agent. */
  readonly agentMessages: number
  readonly endUserMessages: number
  /** Whether it shows everything of this conversation: it has no known limits, and nothing is too fresh for it. */
  readonly whole: boolean
  /** Where it and the entries of the conversation disagree. */
  readonly differences: readonly Difference[]
}

/**
 * - `only-here`: only this witness gave the entry; the conversation holds it now.
 * - `not-here`: it should have given the entry, and did not.
 * - `text`, `time`, `sender`, `kind`, `content`: it gave the entry with another one; the richer copy is kept.
 */
export interface Difference {
  readonly entryId: string
  readonly what: 'only-here' | 'not-here' | 'text' | 'time' | 'sender' | 'kind' | 'content'
}

/** Counts of everything a source delivered for one conversation, duplicates taken off. */
export interface Delivered {
  /** Who answered. Null: whoever was asked holds nothing of it. */
  readonly source: EntrySource | null
  readonly entries: number
  readonly entriesInWindow: number
  /** Entries of kind message (any content) whose sender has the role agent. */
  readonly agentMessages: number
  /** The same for the role end-user. */
  readonly endUserMessages: number
  /** Requests it took. */
  readonly requests: number
}

/**
 * - `matched`: the witnesses agree.
 * - `missing`: the census knows more messages than were delivered.
 * - `extra`: more messages were delivered than the census knows.
 * - `differs`: more of one role, fewer of the other.
 * - `excluded`: nothing of it belongs to the window.
 * - `unknown`: no witness could say.
 */
export type Verdict = 'matched' | 'missing' | 'extra' | 'differs' | 'excluded' | 'unknown'

/** How the entries of a conversation compare with what Salesforce counts. Null where it counts nothing. */
export interface Reconciliation {
  readonly verdict: Verdict
  /** Why, as a short literal in kebab-case; null when matched. */
  readonly reason: string | null
  /** Sums over the sessions of the census; null where a session gives no count. */
  readonly expectedAgentMessages: number | null
  readonly expectedEndUserMessages: number | null
}
