import { join } from 'node:path'
import type { MasterConversation } from '@custody/archive'
import type { Instant } from '@custody/model'
import { usageError } from '@custody/pipeline'
import { ConversationFiles } from './conversation-files.ts'
import { filesOf } from './entry-words.ts'
import { htmlTranscript } from './html-transcript.ts'
import { mailMessage } from './mail-message.ts'
import { conversationColumns, entryColumns } from './parquet-columns.ts'
import { ParquetTable } from './parquet-table.ts'
import {
  cellCharacters,
  conversationRows,
  type MessageRow,
  messagesOf,
  messagesTable,
  SpreadsheetTable,
  spreadsheetRows,
} from './spreadsheet-tables.ts'
import { inStagedFolder } from './staged-folder.ts'
import { textTranscript } from './text-transcript.ts'

/** What an archive can be converted to. */
export const convertFormats = ['csv', 'txt', 'html', 'eml', 'parquet'] as const
/** One of {@link convertFormats}. */
export type ConvertFormat = (typeof convertFormats)[number]

/** What is converted, to what, and where it goes. */
export interface ConvertOptions {
  /** In the order of the archive. Read once. */
  readonly conversations: AsyncIterable<MasterConversation>
  readonly to: ConvertFormat
  /** A folder that is not there yet, or an empty one. */
  readonly directory: string
  /** The date of e-mails whose conversation has no time: the beginning of the archive's window. */
  readonly since: Instant
  /** Whether CSV files begin with a byte order mark, which some spreadsheets need to see UTF-8. @defaultValue false */
  readonly csvBom?: boolean
  /** Rows of a CSV file, its header aside. @defaultValue 1,048,575: what spreadsheets open */
  readonly rowsPerFile?: number
  readonly signal?: AbortSignal
  /** Told after each conversation. */
  readonly onConversation?: (conversations: number) => void
}

/** What was written. */
export interface Converted {
  readonly files: number
  readonly conversations: number
  readonly entries: number
  readonly messages: number
  /** Files that messages name: they are named in the output, and stay in the archive. */
  readonly attachments: number
  /** Texts with more characters than a cell of a spreadsheet holds: it shows their beginning. Counted for csv alone. */
  readonly longTexts: number
}

/** Takes one conversation after the other. */
interface Output {
  add(conversation: MasterConversation): Promise<void>
  /** Gives the number of files. */
  close(): Promise<number>
  /** Closes what is open, without finishing it. */
  discard(): Promise<void>
}

/**
 * Writes conversations in another format into a folder, which gets its name when everything is in it. One conversation is in memory at a
 * time; of Parquet, a row group; of transcripts, sixteen.
 *
 * @throws CustodyError `CONVERT_FORMAT`, `CONVERT_ROWS` of kind usage; `CONVERT_FOLDER` of kind refused
 */
export async function convert(options: ConvertOptions): Promise<Converted> {
  const { conversations, to, directory, signal, onConversation, rowsPerFile = spreadsheetRows } = options
  if (!convertFormats.includes(to)) {
    throw usageError('CONVERT_FORMAT', `convert: to has to be one of ${convertFormats.join(', ')}`)
  }
  if (!Number.isSafeInteger(rowsPerFile) || rowsPerFile < 1) {
    throw usageError('CONVERT_ROWS', 'convert: rowsPerFile has to be a whole number of at least 1')
  }
  const counts = { conversations: 0, entries: 0, messages: 0, attachments: 0, longTexts: 0 }
  return await inStagedFolder(directory, async (folder) => {
    const output = outputOf(folder, { ...options, rowsPerFile })
    try {
      for await (const conversation of conversations) {
        signal?.throwIfAborted()
        await output.add(conversation)
        counts.conversations += 1
        counts.entries += conversation.entries.length
        counts.messages += messagesOf(conversation).length
        for (const entry of conversation.entries) {
          counts.attachments += filesOf(entry)
          if (to === 'csv' && entry.kind === 'message' && (entry.text?.length ?? 0) > cellCharacters)
            counts.longTexts += 1
        }
        onConversation?.(counts.conversations)
      }
      return { files: await output.close(), ...counts }
    } catch (error) {
      await output.discard()
      throw error
    }
  })
}

function outputOf(
  folder: string,
  { to, since, csvBom: bom = false, rowsPerFile }: ConvertOptions & { readonly rowsPerFile: number },
): Output {
  switch (to) {
    case 'csv':
      return spreadsheets(folder, { bom, rowsPerFile })
    case 'parquet':
      return parquetFiles(folder)
    case 'txt':
      return new ConversationFiles(folder, to, textTranscript, bom)
    case 'html':
      return new ConversationFiles(folder, to, htmlTranscript, bom)
    case 'eml':
      return new ConversationFiles(folder, to, (conversation) => mailMessage(conversation, { date: since }), bom)
  }
}

function spreadsheets(folder: string, options: { readonly bom: boolean; readonly rowsPerFile: number }): Output {
  const messages = new SpreadsheetTable(folder, messagesTable, options)
  const all = new SpreadsheetTable(folder, conversationRows, options)
  return {
    async add(conversation) {
      await messages.add(messagesOf(conversation).map((entry): MessageRow => ({ conversation, entry })))
      await all.add([conversation])
    },
    async close() {
      await messages.close()
      await all.close()
      return messages.files + all.files
    },
    async discard() {
      await messages.discard()
      await all.discard()
    },
  }
}

function parquetFiles(folder: string): Output {
  const entries = new ParquetTable(join(folder, 'entries.parquet'), entryColumns)
  const all = new ParquetTable(join(folder, 'conversations.parquet'), conversationColumns)
  return {
    async add(conversation) {
      for (const entry of conversation.entries) {
        await entries.add({ conversation, entry }, 500 + 4 * (entry.text?.length ?? 0))
      }
      await all.add({ ...conversation, participants: [] }, 500 + 1_000 * conversation.entries.length)
    },
    async close() {
      await entries.close()
      await all.close()
      return 2
    },
    discard: async () => undefined,
  }
}
