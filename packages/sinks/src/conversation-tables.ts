import type { Conversation, Entry, Participant } from '@custody/model'
import type { CsvTable } from './csv-table.ts'

/** A row of entries.csv. */
export interface EntryRow {
  readonly conversation: Conversation
  readonly entry: Entry
  /** 1 for the first entry of the conversation in this archive. */
  readonly position: number
}

/** A row of participants.csv. */
export interface ParticipantRow {
  readonly conversation: Conversation
  readonly participant: Participant
}

/** conversations.csv: one row a conversation. */
export const conversationsTable: CsvTable<Conversation> = {
  name: 'conversations.csv',
  columns: [
    { name: 'identifier', description: 'Conversation identifier', cell: (row) => row.identifier },
    { name: 'record_id', description: 'Salesforce id of the Conversation record', cell: (row) => row.recordId },
    { name: 'channel_name', description: 'Label of the channel', cell: (row) => row.channelName },
    { name: 'channel_type', description: 'Type of the channel, in Salesforce’s word', cell: (row) => row.channelType },
    { name: 'start_time', description: 'Start, ISO 8601 UTC', cell: (row) => row.startTime },
    { name: 'end_time', description: 'End, ISO 8601 UTC', cell: (row) => row.endTime },
    {
      name: 'continued_before',
      description: 'true if it has entries before the window',
      cell: (row) => row.continuedBefore,
    },
    {
      name: 'continues_after',
      description: 'true if it has entries after the window',
      cell: (row) => row.continuesAfter,
    },
    { name: 'sessions', description: 'Number of its sessions', cell: (row) => row.sessions.length },
    { name: 'participants', description: 'Number of its participants', cell: (row) => row.participants.length },
    { name: 'entries', description: 'Number of its entries in this archive', cell: (row) => row.entries.length },
    {
      name: 'messages',
      description: 'How many of these entries are messages',
      cell: (row) => row.entries.reduce((count, entry) => count + (entry.kind === 'message' ? 1 : 0), 0),
    },
    {
      name: 'first_entry_at',
      description: 'Server time of the first entry in this archive',
      cell: (row) => row.entries[0]?.sentAt ?? null,
    },
    {
      name: 'last_entry_at',
      description: 'Server time of the last entry in this archive',
      cell: (row) => row.entries.at(-1)?.sentAt ?? null,
    },
  ],
}

/** entries.csv: one row an entry, in the order of the master. The vendor's payload stands in the master only. */
export const entriesTable: CsvTable<EntryRow> = {
  name: 'entries.csv',
  columns: [
    { name: 'conversation', description: 'Conversation identifier', cell: (row) => row.conversation.identifier },
    { name: 'position', description: 'Place in the conversation, from 1', cell: (row) => row.position },
    { name: 'entry_id', description: 'Identifier of the entry', cell: (row) => row.entry.entryId },
    { name: 'sent_at', description: 'Time at the server, ISO 8601 UTC', cell: (row) => row.entry.sentAt },
    { name: 'client_at', description: 'Time at the sender, ISO 8601 UTC', cell: (row) => row.entry.clientAt },
    {
      name: 'kind',
      description: 'message, participant-change, routing … (our reading)',
      cell: (row) => row.entry.kind,
    },
    { name: 'entry_type', description: 'Type in Salesforce’s word', cell: (row) => row.entry.entryType },
    {
      name: 'sender_role',
      description: 'end-user, agent, bot, system, supervisor, other',
      cell: (row) => row.entry.sender.role,
    },
    { name: 'sender_name', description: 'Display name of the sender', cell: (row) => row.entry.sender.displayName },
    { name: 'sender_app_type', description: 'App type of the sender', cell: (row) => row.entry.sender.appType },
    { name: 'sender_subject', description: 'Subject id of the sender', cell: (row) => row.entry.sender.subject },
    { name: 'text', description: 'What a person read', cell: (row) => row.entry.text },
    {
      name: 'content',
      description: 'Structured content (buttons, attachments …) as JSON',
      cell: (row) => (row.entry.content === null ? null : JSON.stringify(row.entry.content)),
    },
    {
      name: 'related_records',
      description: 'Ids of related records, separated by spaces',
      cell: (row) => row.entry.relatedRecords.join(' '),
    },
    { name: 'source', description: 'Which interface delivered the entry', cell: (row) => row.entry.source },
  ],
  // What is of our own words needs no look: kind, role, source. A test holds it against the columns.
  encodeRow({ conversation: { identifier }, position, entry }, cell) {
    const { entryId, sentAt, clientAt, kind, entryType, sender, text, content, relatedRecords, source } = entry
    const what = `${cell(identifier)},${position},${cell(entryId)},${cell(sentAt)},${cell(clientAt)},${kind},${cell(entryType)}`
    const who = `${sender.role},${cell(sender.displayName)},${cell(sender.appType)},${cell(sender.subject)}`
    const structured = content === null ? '' : cell(JSON.stringify(content))
    return `${what},${who},${cell(text)},${structured},${cell(relatedRecords.join(' '))},${source}\r\n`
  },
}

/** participants.csv: one row for each participant of each conversation. */
export const participantsTable: CsvTable<ParticipantRow> = {
  name: 'participants.csv',
  columns: [
    { name: 'conversation', description: 'Conversation identifier', cell: (row) => row.conversation.identifier },
    {
      name: 'role',
      description: 'end-user, agent, bot, system, supervisor, other',
      cell: (row) => row.participant.role,
    },
    { name: 'display_name', description: 'Display name', cell: (row) => row.participant.displayName },
    {
      name: 'record_id',
      description: 'Salesforce id of the end user, contact or user',
      cell: (row) => row.participant.recordId,
    },
    { name: 'joined_at', description: 'When they joined, ISO 8601 UTC', cell: (row) => row.participant.joinedAt },
    { name: 'left_at', description: 'When they left, ISO 8601 UTC', cell: (row) => row.participant.leftAt },
  ],
}

/** The rows of entries.csv for one conversation. */
export function entryRows(conversation: Conversation): EntryRow[] {
  return conversation.entries.map((entry, index) => ({ conversation, entry, position: index + 1 }))
}

/** The rows of participants.csv for one conversation. */
export function participantRows(conversation: Conversation): ParticipantRow[] {
  return conversation.participants.map((participant) => ({ conversation, participant }))
}
