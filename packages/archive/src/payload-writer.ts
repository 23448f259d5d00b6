import type { Conversation } from '@custody/model'
import { type Batch, CustodyError, type Reject } from '@custody/pipeline'
import {
  type CsvTable,
  conversationsTable,
  encodeCsvHeader,
  encodeCsvRows,
  entriesTable,
  entryRows,
  type FileWriter,
  participantRows,
  participantsTable,
} from '@custody/sinks'
import type { ArchiveSettings } from './archive-settings.ts'
import { AttachmentWriter } from './attachment-writer.ts'
import type { BagStore } from './bag-store.ts'
import { type GapRow, gapOf, gapOfDrops, gapOfReject, gapsTable } from './gaps-report.ts'
import { IdentifierSet } from './identifier-set.ts'
import { MasterWriter } from './master-writer.ts'
import {
  isConversationReject,
  type ReconciliationRow,
  reconciliationOf,
  reconciliationRow,
  reconciliationTable,
  rejectedConversationRow,
} from './reconciliation-report.ts'
import { encodeRedaction, encodeReject } from './report-lines.ts'
import type { Tally } from './tally.ts'
import {
  type DifferenceRow,
  differenceRows,
  differencesTable,
  type WitnessRow,
  witnessesTable,
  witnessRows,
} from './witness-reports.ts'

/** Writes everything that grows with the number of conversations: master, tables, reports. Keeps none of it. */
export class PayloadWriter {
  readonly #mode: ArchiveSettings['mode']
  readonly #tally: Tally
  readonly #master: MasterWriter
  readonly #attachments: AttachmentWriter
  readonly #archived = new IdentifierSet()
  readonly #tables: {
    readonly conversations: TableFile<Conversation>
    readonly entries: TableFile<ReturnType<typeof entryRows>[number]>
    readonly participants: TableFile<ReturnType<typeof participantRows>[number]>
  } | null
  readonly #reconciliation: TableFile<ReconciliationRow>
  readonly #witnesses: TableFile<WitnessRow>
  readonly #differences: TableFile<DifferenceRow>
  readonly #gaps: TableFile<GapRow>
  readonly #rejects: FileWriter
  readonly #redactions: FileWriter | null

  constructor(store: BagStore, settings: ArchiveSettings, tally: Tally) {
    const { csvBom: bom } = settings
    this.#mode = settings.mode
    this.#tally = tally
    this.#master = new MasterWriter(store, settings)
    this.#attachments = new AttachmentWriter(store, settings.attachmentPlace)
    this.#tables = settings.formats.includes('csv')
      ? {
          conversations: new TableFile(store, 'data/csv', conversationsTable, bom),
          entries: new TableFile(store, 'data/csv', entriesTable, bom),
          participants: new TableFile(store, 'data/csv', participantsTable, bom),
        }
      : null
    this.#reconciliation = new TableFile(store, 'data/reports', reconciliationTable, bom)
    this.#witnesses = new TableFile(store, 'data/reports', witnessesTable, bom)
    this.#differences = new TableFile(store, 'data/reports', differencesTable, bom)
    this.#gaps = new TableFile(store, 'data/reports', gapsTable, bom)
    this.#rejects = store.write('data/reports/rejects.jsonl')
    this.#redactions = settings.mode === 'redacted' ? store.write('data/reports/redactions.jsonl') : null
  }

  async add(batch: Batch<Conversation>): Promise<void> {
    const records: Conversation[] = []
    const rejects = [...batch.rejects]
    for (const conversation of batch.records) {
      if (isArchived(conversation) && !this.#archived.add(conversation.identifier)) {
        rejects.push(identifierTwice(conversation))
      } else records.push(conversation)
    }
    const { drops } = batch
    const archived = records.filter(isArchived)
    for (const conversation of records) this.#tally.conversation(conversation)
    for (const conversation of archived) {
      await this.#master.add(conversation)
      await this.#attachments.add(conversation)
      await this.#addRedactions(conversation)
    }
    if (this.#tables) {
      await this.#tables.conversations.add(archived)
      await this.#tables.entries.add(archived.flatMap(entryRows))
      await this.#tables.participants.add(archived.flatMap(participantRows))
    }
    for (const reject of rejects) this.#tally.reject(reject)
    await this.#rejects.write(rejects.map(encodeReject).join(''))
    await this.#reconciliation.add([
      ...records.map(reconciliationRow),
      ...rejects.filter(isConversationReject).map(rejectedConversationRow),
    ])
    await this.#witnesses.add(records.flatMap(witnessRows))
    await this.#differences.add(records.flatMap(differenceRows))
    const gaps = [...records.map(gapOf).filter((gap) => gap !== null), ...rejects.map(gapOfReject)]
    this.#tally.gaps(gaps.length)
    await this.#gaps.add(gaps)
    if (drops) this.#tally.drops(drops)
  }

  /** Finishes the files; gives the root over the records. */
  async close(): Promise<string> {
    const recordsRoot = await this.#master.close()
    this.#tally.attachments(this.#attachments.files)
    // What a stage left out on purpose is not in the archive either, and one row a reason says so.
    const dropped = Object.entries(this.#tally.counts().drops).map(([reason, count]) => gapOfDrops(reason, count))
    this.#tally.gaps(dropped.length)
    await this.#gaps.add(dropped)
    const files = [
      this.#reconciliation,
      this.#witnesses,
      this.#differences,
      this.#gaps,
      this.#rejects,
      this.#redactions,
      ...Object.values(this.#tables ?? {}),
    ]
    for (const file of files) await file?.close()
    return recordsRoot
  }

  async #addRedactions({ identifier, redactions }: Conversation): Promise<void> {
    if (redactions.length === 0) return
    if (!this.#redactions) {
      throw new CustodyError(
        'ARCHIVE_MODE',
        `A conversation reached the archive redacted, but the archive was declared as ${this.#mode}.`,
        { actions: ['Say mode: redacted, or take the redaction out of the pipeline.'] },
      )
    }
    for (const redaction of redactions) this.#tally.redaction(redaction)
    await this.#redactions.write(redactions.map((redaction) => encodeRedaction(identifier, redaction)).join(''))
  }
}

function isArchived(conversation: Conversation): boolean {
  return reconciliationOf(conversation).verdict !== 'excluded'
}

/** Entries are asked for by identifier: of two conversations that share one, nobody can tell whose they are. */
function identifierTwice({ identifier, recordId }: Conversation): Reject {
  return {
    stage: 'archive',
    code: 'CONVERSATION_IDENTIFIER_TWICE',
    subject: { type: 'Conversation', id: identifier },
    message: `The record ${recordId ?? 'without an id'} has the identifier of another conversation in this archive.`,
  }
}

/** A CSV file that rows are added to. */
class TableFile<Row> {
  readonly #table: CsvTable<Row>
  readonly #writer: FileWriter
  #header: string

  constructor(store: BagStore, folder: string, table: CsvTable<Row>, bom: boolean) {
    this.#table = table
    this.#writer = store.write(`${folder}/${table.name}`)
    this.#header = encodeCsvHeader(table.columns, { bom })
  }

  async add(rows: readonly Row[]): Promise<void> {
    await this.#writer.write(this.#header + encodeCsvRows(this.#table.columns, rows))
    this.#header = ''
  }

  async close(): Promise<void> {
    // A table without rows still has its header.
    await this.#writer.write(this.#header)
    await this.#writer.close()
  }
}
