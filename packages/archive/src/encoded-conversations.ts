import { hash } from 'node:crypto'
import type { Conversation, Verdict, Window } from '@custody/model'
import { CustodyError } from '@custody/pipeline'
import {
  type CsvTable,
  conversationsTable,
  encodeConversation,
  encodeCsvTable,
  entriesTable,
  entryRows,
  participantRows,
  participantsTable,
} from '@custody/sinks'
import { type AttachedContent, attachedContents } from './attachment-writer.ts'
import { ByteWriter } from './byte-writer.ts'
import { gapOf, gapsTable } from './gaps-report.ts'
import { identifierKey } from './identifier-set.ts'
import type { ArchiveMode } from './options.ts'
import {
  isArchived,
  isOfWindow,
  reconciliationOf,
  reconciliationRow,
  reconciliationTable,
} from './reconciliation-report.ts'
import { encodeRedaction } from './report-lines.ts'
import { recordSalt } from './salt.ts'
import { Tally, type TallyPart } from './tally.ts'
import { differenceRows, differencesTable, witnessesTable, witnessRows } from './witness-reports.ts'

/** How conversations are encoded: the same for all of an archive. */
export interface ConversationEncoding {
  readonly window: Window
  readonly mode: ArchiveMode
  /** The secret that salts are derived from. */
  readonly key: Uint8Array
  /** Whether tables are written. */
  readonly hasTables: boolean
  /** Name of the archive, where it is an amendment. */
  readonly amendment: string | undefined
}

type Bytes = Uint8Array<ArrayBuffer>

/**
 * All that an archive holds of some conversations, as bytes: it follows from the conversations alone, not from where in the
 * archive they will stand, so any thread can make it. Its memory can be handed from thread to thread, see {@link memoryOf}.
 */
export interface EncodedConversations {
  /** How many there are, archived or not. */
  readonly conversations: number
  /** What became known of each of them, in their order. */
  readonly verdicts: readonly ConversationVerdict[]
  /** Lines of the master, behind each other. */
  readonly lines: Bytes
  readonly places: readonly LinePlace[]
  readonly files: Readonly<Record<EncodedFile, Bytes>>
  /** Rows in `gaps`. */
  readonly gaps: number
  /** Files that came with their messages. */
  readonly attached: readonly AttachedContent[]
  /** What conversations of the window are remembered by, see `identifierKey`. */
  readonly identifiers: BigUint64Array<ArrayBuffer>
  readonly tally: TallyPart
}

/** Whether all of a conversation is there. */
export interface ConversationVerdict {
  readonly identifier: string
  readonly verdict: Verdict
}

/** Rows and lines besides the master. */
export type EncodedFile =
  | 'conversations'
  | 'entries'
  | 'participants'
  | 'reconciliation'
  | 'witnesses'
  | 'differences'
  | 'gaps'
  | 'redactions'

/** One line of the master, without its place in the archive. */
export interface LinePlace {
  /** Bytes, LF included. */
  readonly size: number
  readonly sha256: string
  readonly salt: string
}

/** @throws CustodyError `ARCHIVE_MODE` where one is redacted, and the archive is declared as plain */
export function encodeConversations(
  conversations: readonly Conversation[],
  { window, mode, key, hasTables, amendment }: ConversationEncoding,
): EncodedConversations {
  const isAmendment = amendment !== undefined
  const archived = conversations.filter((conversation) => isArchived(conversation, isAmendment))
  const tally = new Tally({ isAmendment })
  for (const conversation of conversations) tally.conversation(conversation)

  const lines = new ByteWriter()
  const redactions = new ByteWriter()
  const places = archived.map((conversation): LinePlace => {
    const { identifier } = conversation
    const salt = recordSalt(key, identifier, window, amendment)
    const start = lines.length
    lines.write(`${encodeConversation(conversation, { salt })}\n`, 'utf8')
    assertMode(conversation, mode)
    for (const redaction of conversation.redactions) {
      tally.redaction(redaction)
      redactions.write(encodeRedaction(identifier, redaction), 'utf8')
    }
    const line = lines.done().subarray(start)
    return { size: line.length, sha256: hash('sha256', line), salt }
  })
  const gaps = conversations.map(gapOf).filter((gap) => gap !== null)
  tally.gaps(gaps.length)
  const reconciled = conversations.map((conversation) => reconciliationRow(conversation, isAmendment))
  const tabled = hasTables ? archived : []
  return {
    conversations: conversations.length,
    verdicts: conversations.map(verdictOf),
    lines: lines.done(),
    places,
    files: {
      conversations: rowsOf(conversationsTable, tabled, (conversation) => [conversation]),
      entries: rowsOf(entriesTable, tabled, entryRows),
      participants: rowsOf(participantsTable, tabled, participantRows),
      reconciliation: rowsOf(reconciliationTable, reconciled, (row) => [row]),
      witnesses: rowsOf(witnessesTable, conversations, witnessRows),
      differences: rowsOf(differencesTable, conversations, differenceRows),
      gaps: rowsOf(gapsTable, gaps, (gap) => [gap]),
      redactions: redactions.done(),
    },
    gaps: gaps.length,
    attached: archived.flatMap(attachedContents),
    identifiers: BigUint64Array.from(conversations.filter(isOfWindow), ({ identifier }) => identifierKey(identifier)),
    tally: tally.part(),
  }
}

/** What became known of a conversation; `unknown` where nobody compared. */
export function verdictOf(conversation: Conversation): ConversationVerdict {
  return { identifier: conversation.identifier, verdict: reconciliationOf(conversation).verdict }
}

/** The memory of it, to be handed over in the place of being copied. */
export function memoryOf({ lines, files, identifiers }: EncodedConversations): readonly ArrayBuffer[] {
  return [lines, identifiers, ...Object.values(files)].map(({ buffer }) => buffer)
}

function rowsOf<Of, Row>(table: CsvTable<Row>, all: readonly Of[], rows: (of: Of) => readonly Row[]): Bytes {
  const written = new ByteWriter()
  for (const each of all) written.write(encodeCsvTable(table, rows(each)), 'utf8')
  return written.done()
}

function assertMode({ redactions }: Conversation, mode: ArchiveMode): void {
  if (redactions.length === 0 || mode === 'redacted') return
  throw new CustodyError(
    'ARCHIVE_MODE',
    `A conversation reached the archive redacted, but the archive was declared as ${mode}.`,
    { actions: ['Say mode: redacted, or take the redaction out of the pipeline.'] },
  )
}
