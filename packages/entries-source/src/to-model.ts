import {
  type Conversation,
  decodeEntities,
  type Entry,
  type EntrySource,
  type Instant,
  type Json,
  type Participant,
  type Role,
  readPayload,
  toInstant,
  toJoinKey,
  toRecordId,
  toRole,
  type Window,
} from '@custody/model'
import type { EntriesWire } from './wire.ts'
import { readEntry, type WireEntry } from './wire-shapes.ts'

/** An entry, and the server's time of it: what its place among the pages goes by. */
export interface ReceivedEntry {
  readonly entry: Entry
  /** Null when only the sender's clock is known. */
  readonly serverAt: Instant | null
}

/** An entry that cannot be archived. */
export interface MalformedEntry {
  readonly code: 'ENTRY_MALFORMED' | 'ENTRY_WITHOUT_TIMESTAMP'
  readonly entryId: string | null
  readonly message: string
}

/** Reads one entry of a page into the model. Pure. */
export function toEntry(
  value: unknown,
  participants: Conversation['participants'],
  wire: EntriesWire,
): ReceivedEntry | MalformedEntry {
  const raw = readEntry(value, wire)
  if (!raw) return { code: 'ENTRY_MALFORMED', entryId: null, message: 'An entry is no object.' }
  if (raw.identifier === undefined) {
    return { code: 'ENTRY_MALFORMED', entryId: null, message: 'An entry has no identifier.' }
  }
  const serverAt = firstInstant(raw.serverTimestamps)
  const clientAt = toInstant(raw.clientTimestamp)
  const sentAt = serverAt ?? clientAt
  if (sentAt === null) {
    return {
      code: 'ENTRY_WITHOUT_TIMESTAMP',
      entryId: raw.identifier,
      message: 'An entry has no usable timestamp, so no window holds it.',
    }
  }
  // A missing payload and an empty one are the same to a reader.
  const payload = (raw.entryPayload ?? null) as Json
  // The Connect API gives text messages without any type.
  const entryType = raw.entryType ?? (raw.messageText === undefined ? wire.untyped : 'Message')
  const reading = readPayload(entryType, payload)
  const entry: Entry = {
    entryId: raw.identifier,
    sentAt,
    clientAt,
    kind: reading.kind,
    entryType,
    sender: toSender(raw, participants),
    text: reading.text ?? (raw.messageText ? decodeEntities(raw.messageText) : null),
    content: reading.content,
    relatedRecords: raw.relatedRecords.flatMap((id) => (typeof id === 'string' ? [toJoinKey(id)] : [])),
    source: wire.source,
    payload,
    extra: raw.extra as Json,
  }
  return { entry, serverAt }
}

/** The conversation with its entries: those of the window kept, all of them counted. `all` is in order. Pure. */
export function withEntries(
  conversation: Conversation,
  all: readonly Entry[],
  { from, to }: Window,
  { source, requests }: { readonly source: EntrySource; readonly requests: number },
): Conversation {
  const inWindow = all.filter(({ sentAt }) => sentAt >= from && sentAt < to)
  return {
    ...conversation,
    continuedBefore: all.some(({ sentAt }) => sentAt < from),
    continuesAfter: all.some(({ sentAt }) => sentAt >= to),
    entries: inWindow,
    delivered: {
      source,
      entries: all.length,
      entriesInWindow: inWindow.length,
      agentMessages: countMessages(all, 'agent'),
      endUserMessages: countMessages(all, 'end-user'),
      requests,
    },
  }
}

function countMessages(all: readonly Entry[], role: Role): number {
  return all.filter((entry) => entry.sender.role === role && isCounted(entry)).length
}

/** Whether a session counts the entry: a message, with any content, of an agent or an end user. */
export function isCounted({ kind, sender }: Entry): boolean {
  return kind === 'message' && (sender.role === 'agent' || sender.role === 'end-user')
}

function firstInstant(values: readonly unknown[]): Instant | null {
  for (const value of values) {
    const instant = toInstant(value)
    if (instant !== null) return instant
  }
  return null
}

function toSender({ sender, senderDisplayName }: WireEntry, participants: readonly Participant[]): Entry['sender'] {
  const role = toRole(sender.role)
  const subject = sender.subject ?? null
  return {
    role,
    appType: sender.appType ?? null,
    subject,
    displayName: senderDisplayName || nameOf(role, subject, participants),
  }
}

/** The name by which the participants know a sender: by record id, else by role where only one name has that role. */
function nameOf(role: Role, subject: string | null, participants: readonly Participant[]): string | null {
  const recordId = subject === null ? null : toRecordId(subject)
  const bySubject = recordId === null ? [] : participants.filter((participant) => participant.recordId === recordId)
  const candidates = bySubject.length > 0 ? bySubject : participants.filter((participant) => participant.role === role)
  const names = new Set(candidates.map(({ displayName }) => displayName))
  const [name] = names
  return names.size === 1 && name ? name : null
}
