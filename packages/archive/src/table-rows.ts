import type { Conversation } from '@custody/model'
import {
  type CsvTable,
  conversationsTable,
  encodeCsvHeader,
  entriesTable,
  entryRows,
  participantRows,
  participantsTable,
} from '@custody/sinks'
import type { ByteWriter } from './byte-writer.ts'
import { csvCell, csvRow } from './csv-text.ts'
import type { ReadConversation, TextEncoding } from './read-conversation.ts'

export const CSV_PREFIX = 'data/csv/'

/** A table that repeats the master. */
export interface MasterTable {
  readonly path: string
  readonly header: string
  /** Writes the rows of one conversation; false where they would make the text longer than `maxBytes`. */
  write(read: ReadConversation, to: ByteWriter, maxBytes: number): boolean
}

export const masterTables: readonly MasterTable[] = [
  masterTable(conversationsTable, (conversation) => [conversation]),
  masterTable(entriesTable, entryRows),
  masterTable(participantsTable, participantRows),
]

/** Text is written in pieces of about this length: fewer and larger ones are faster. */
const PIECE_CHARACTERS = 16 * 1024

function masterTable<Row>(table: CsvTable<Row>, rowsOf: (conversation: Conversation) => readonly Row[]): MasterTable {
  const { encodeRow } = table
  const cells = table.columns.map(({ cell }) => cell)
  const encode = (row: Row, encoding: TextEncoding): string =>
    encodeRow
      ? encodeRow(row, csvCell[encoding])
      : csvRow(
          cells.map((cell) => cell(row)),
          encoding,
        )
  return {
    path: `${CSV_PREFIX}${table.name}`,
    header: encodeCsvHeader(table.columns),
    write({ conversation, encoding }, to, maxBytes) {
      let text = ''
      for (const row of rowsOf(conversation)) {
        text += encode(row, encoding)
        if (text.length < PIECE_CHARACTERS) continue
        if (to.length + text.length > maxBytes) return false
        to.write(text, encoding)
        text = ''
      }
      to.write(text, encoding)
      return true
    },
  }
}
