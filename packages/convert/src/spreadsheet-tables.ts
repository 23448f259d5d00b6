import { join } from 'node:path'
import type { MasterConversation } from '@custody/archive'
import type { Entry } from '@custody/model'
import { type CsvTable, encodeCsvHeader, encodeCsvRows, fileWriter } from '@custody/sinks'
import { partsOf } from './entry-words.ts'

/** A message and whose it is. */
export interface MessageRow {
  readonly conversation: MasterConversation
  readonly entry: Entry
}

/** messages.csv: one row a message. */
export const messagesTable: CsvTable<MessageRow> = {
  name: 'messages',
  columns: [
    { name: 'conversation', description: 'Conversation identifier', cell: (row) => row.conversation.identifier },
    { name: 'channel', description: 'Name of the channel', cell: (row) => row.conversation.channelName },
    { name: 'sent_at', description: 'Time at the server, ISO 8601 UTC', cell: (row) => row.entry.sentAt },
    { name: 'sender_role', description: 'end-user, agent, bot …', cell: (row) => row.entry.sender.role },
    { name: 'sender_name', description: 'Display name of the sender', cell: (row) => row.entry.sender.displayName },
    { name: 'text', description: 'What a person read', cell: (row) => row.entry.text },
    {
      name: 'parts',
      description: 'Files, buttons, links, answers',
      cell: (row) => partsOf(row.entry).join('\n') || null,
    },
    { name: 'entry_id', description: 'Identifier of the entry', cell: (row) => row.entry.entryId },
    { name: 'source', description: 'Which interface delivered it', cell: (row) => row.entry.source },
  ],
}

/** conversations.csv: one row a conversation. */
export const conversationRows: CsvTable<MasterConversation> = {
  name: 'conversations',
  columns: [
    { name: 'conversation', description: 'Conversation identifier', cell: (row) => row.identifier },
    { name: 'record_id', description: 'Salesforce id of the Conversation record', cell: (row) => row.recordId },
    { name: 'channel', description: 'Name of the channel', cell: (row) => row.channelName },
    { name: 'channel_type', description: 'Type of the channel, in Salesforce’s word', cell: (row) => row.channelType },
    { name: 'start_time', description: 'Start, ISO 8601 UTC', cell: (row) => row.startTime },
    { name: 'end_time', description: 'End, ISO 8601 UTC', cell: (row) => row.endTime },
    {
      name: 'continued_before',
      description: 'true if it has entries before the archive',
      cell: (row) => row.continuedBefore,
    },
    {
      name: 'continues_after',
      description: 'true if it has entries after the archive',
      cell: (row) => row.continuesAfter,
    },
    { name: 'sessions', description: 'Number of its sessions', cell: (row) => row.sessions.length },
    { name: 'entries', description: 'Number of its entries', cell: (row) => row.entries.length },
    { name: 'messages', description: 'How many of them are messages', cell: (row) => messagesOf(row).length },
    { name: 'agent_messages', description: 'Of agents', cell: (row) => messagesOf(row, 'agent').length },
    { name: 'end_user_messages', description: 'Of end users', cell: (row) => messagesOf(row, 'end-user').length },
  ],
}

/** The messages of a conversation, of everybody or of one role. */
export function messagesOf(
  { entries }: Pick<MasterConversation, 'entries'>,
  role?: Entry['sender']['role'],
): readonly Entry[] {
  return entries.filter(({ kind, sender }) => kind === 'message' && (role === undefined || sender.role === role))
}

/** Rows that a spreadsheet opens, its header aside: 2^20 in Excel and LibreOffice. */
export const spreadsheetRows: number = 2 ** 20 - 1
/** Characters that a cell of Excel holds. */
export const cellCharacters = 32_767

/** A table for spreadsheets, cut into files that they can open: `messages.csv`, `messages-2.csv` … */
export class SpreadsheetTable<Row> {
  readonly #folder: string
  readonly #table: CsvTable<Row>
  readonly #bom: boolean
  readonly #rowsPerFile: number
  #writer: ReturnType<typeof fileWriter> | null = null
  #rows = 0
  files = 0

  constructor(
    folder: string,
    table: CsvTable<Row>,
    { bom, rowsPerFile }: { readonly bom: boolean; readonly rowsPerFile: number },
  ) {
    this.#folder = folder
    this.#table = table
    this.#bom = bom
    this.#rowsPerFile = rowsPerFile
  }

  async add(rows: readonly Row[]): Promise<void> {
    for (let at = 0; at < rows.length; ) {
      const writer = this.#writer !== null && this.#rows < this.#rowsPerFile ? this.#writer : await this.#begin()
      const some = rows.slice(at, at + this.#rowsPerFile - this.#rows)
      await writer.write(encodeCsvRows(this.#table.columns, some))
      this.#rows += some.length
      at += some.length
    }
  }

  /** A table without rows has its header all the same. */
  async close(): Promise<void> {
    const writer = this.#writer ?? (await this.#begin())
    await writer.close()
  }

  async discard(): Promise<void> {
    await this.#writer?.discard()
  }

  async #begin(): Promise<ReturnType<typeof fileWriter>> {
    await this.#writer?.close()
    this.files += 1
    this.#rows = 0
    const { name, columns } = this.#table
    const writer = fileWriter(join(this.#folder, this.files === 1 ? `${name}.csv` : `${name}-${this.files}.csv`))
    this.#writer = writer
    await writer.write(encodeCsvHeader(columns, { bom: this.#bom }))
    return writer
  }
}
