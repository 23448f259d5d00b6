import type { CsvColumn } from '@custody/sinks'
import type { EntryLine } from './write-input.ts'

/** What every chain writes of an entry: the text redacted, the payload left out. */
export const entryColumns: readonly CsvColumn<EntryLine>[] = [
  { name: 'conversation', description: 'Conversation identifier', cell: (row) => row.conversation },
  { name: 'entry_id', description: 'Identifier of the entry', cell: (row) => row.entryId },
  { name: 'sent_at', description: 'Time at the server', cell: (row) => row.sentAt },
  { name: 'kind', description: 'Our reading', cell: (row) => row.kind },
  { name: 'entry_type', description: 'Type in Salesforce’s word', cell: (row) => row.entryType },
  { name: 'sender_role', description: 'Role of the sender', cell: (row) => row.sender.role },
  { name: 'sender_name', description: 'Display name of the sender', cell: (row) => row.sender.displayName },
  { name: 'sender_subject', description: 'Subject id of the sender', cell: (row) => row.sender.subject },
  { name: 'text', description: 'What a person read', cell: (row) => row.text },
]
