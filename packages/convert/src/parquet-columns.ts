import type { MasterConversation } from '@custody/archive'
import { partsOf } from './entry-words.ts'
import type { ParquetColumn } from './parquet-table.ts'
import { type MessageRow, messagesOf } from './spreadsheet-tables.ts'

const time = (instant: string | null): Date | null => (instant === null ? null : new Date(instant))
/** Half of a pair is no character: UTF-8 has no bytes for it. */
const text = (value: string | null): string | null => value?.toWellFormed() ?? null

/** entries.parquet: one row an entry, messages and events. */
export const entryColumns: readonly ParquetColumn<MessageRow>[] = [
  { name: 'conversation', type: 'text', cell: (row) => text(row.conversation.identifier) },
  { name: 'channel', type: 'text', cell: (row) => text(row.conversation.channelName) },
  { name: 'entry_id', type: 'text', cell: (row) => text(row.entry.entryId) },
  { name: 'sent_at', type: 'time', cell: (row) => time(row.entry.sentAt) },
  { name: 'kind', type: 'text', cell: (row) => row.entry.kind },
  { name: 'entry_type', type: 'text', cell: (row) => text(row.entry.entryType) },
  { name: 'sender_role', type: 'text', cell: (row) => row.entry.sender.role },
  { name: 'sender_name', type: 'text', cell: (row) => text(row.entry.sender.displayName) },
  { name: 'text', type: 'text', cell: (row) => text(row.entry.text) },
  { name: 'parts', type: 'text', cell: (row) => text(partsOf(row.entry).join('\n') || null) },
  { name: 'content', type: 'text', cell: (row) => row.entry.content && JSON.stringify(row.entry.content) },
  { name: 'source', type: 'text', cell: (row) => row.entry.source },
]

/** conversations.parquet: one row a conversation. */
export const conversationColumns: readonly ParquetColumn<MasterConversation>[] = [
  { name: 'conversation', type: 'text', cell: (row) => text(row.identifier) },
  { name: 'record_id', type: 'text', cell: (row) => text(row.recordId) },
  { name: 'channel', type: 'text', cell: (row) => text(row.channelName) },
  { name: 'channel_type', type: 'text', cell: (row) => text(row.channelType) },
  { name: 'start_time', type: 'time', cell: (row) => time(row.startTime) },
  { name: 'end_time', type: 'time', cell: (row) => time(row.endTime) },
  { name: 'continued_before', type: 'boolean', cell: (row) => row.continuedBefore },
  { name: 'continues_after', type: 'boolean', cell: (row) => row.continuesAfter },
  { name: 'sessions', type: 'number', cell: (row) => row.sessions.length },
  { name: 'entries', type: 'number', cell: (row) => row.entries.length },
  { name: 'messages', type: 'number', cell: (row) => messagesOf(row).length },
]
