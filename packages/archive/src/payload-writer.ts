import type { Conversation } from '@custody/model'
import { type Batch, CustodyError, type Reject } from '@custody/pipeline'
import {
  conversationsTable,
  entriesTable,
  entryRows,
  type FileWriter,
  participantRows,
  participantsTable,
} from '@custody/sinks'
import { type AmendmentCounts, AmendmentsWriter } from './amendments-writer.ts'
import type { ArchiveSettings } from './archive-settings.ts'
import { AttachmentWriter } from './attachment-writer.ts'
import type { BagStore } from './bag-store.ts'
import { type GapRow, gapOf, gapOfDrops, gapOfReject, gapsTable } from './gaps-report.ts'
import { IdentifierSet } from './identifier-set.ts'
import { MasterWriter } from './master-writer.ts'
import {
  isArchived,
  isConversationReject,
  isOfWindow,
  type ReconciliationRow,
  reconciliationRow,
  reconciliationTable,
  rejectedConversationRow,
} from './reconciliation-report.ts'
import { encodeRedaction, encodeReject } from './report-lines.ts'
import { TableFile } from './table-file.ts'
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
  /** What the window has something of. */
  readonly #seen = new IdentifierSet()
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
  readonly #amendments: AmendmentsWriter | null

  constructor(store: BagStore, settings: ArchiveSettings, tally: Tally) {
    const { csvBom: bom, amends, name } = settings
    this.#mode = settings.mode
    this.#tally = tally
    this.#master = new MasterWriter(store, { ...settings, amendment: amends && name })
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
    this.#amendments = amends ? new AmendmentsWriter(store, settings, amends) : null
  }

  async add(batch: Batch<Conversation>): Promise<void> {
    const records: Conversation[] = []
    const rejects = [...batch.rejects]
    for (const conversation of batch.records) {
      if (isOfWindow(conversation) && !this.#seen.add(conversation.identifier)) {
        rejects.push(identifierTwice(conversation))
      } else records.push(conversation)
    }
    const { drops } = batch
    const isAmendment = this.#amendments !== null
    const archived = records.filter((conversation) => isArchived(conversation, isAmendment))
    for (const conversation of records) this.#tally.conversation(conversation)
    for (const conversation of archived) {
      await this.#master.add(conversation)
      await this.#attachments.add(conversation)
      await this.#addRedactions(conversation)
      await this.#amendments?.add(conversation)
    }
    if (this.#tables) {
      await this.#tables.conversations.add(archived)
      await this.#tables.entries.add(archived.flatMap(entryRows))
      await this.#tables.participants.add(archived.flatMap(participantRows))
    }
    for (const reject of rejects) this.#tally.reject(reject)
    await this.#rejects.write(rejects.map(encodeReject).join(''))
    await this.#reconciliation.add([
      ...records.map((conversation) => reconciliationRow(conversation, isAmendment)),
      ...rejects.filter(isConversationReject).map(rejectedConversationRow),
    ])
    await this.#witnesses.add(records.flatMap(witnessRows))
    await this.#differences.add(records.flatMap(differenceRows))
    const gaps = [...records.map(gapOf).filter((gap) => gap !== null), ...rejects.map(gapOfReject)]
    this.#tally.gaps(gaps.length)
    await this.#gaps.add(gaps)
    if (drops) this.#tally.drops(drops)
  }

  /** Finishes the files; gives the root over the records, and how much was amended. */
  async close(): Promise<{ readonly recordsRoot: string; readonly amended: AmendmentCounts | null }> {
    const recordsRoot = await this.#master.close()
    this.#tally.attachments(this.#attachments.files)
    // What a stage left out on purpose is not in the archive either, and one row a reason says so.
    const dropped = Object.entries(this.#tally.counts().drops).map(([reason, count]) => gapOfDrops(reason, count))
    this.#tally.gaps(dropped.length)
    await this.#gaps.add(dropped)
    const amended = (await this.#amendments?.close(this.#tally.verdict())) ?? null
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
    return { recordsRoot, amended }
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

/** Entries are asked for by identifier: of two conversations that share one, nobody can tell whose they are. */
function identifierTwice({ identifier, recordId }: Conversation): Reject {
  return {
    stage: 'archive',
    code: 'CONVERSATION_IDENTIFIER_TWICE',
    subject: { type: 'Conversation', id: identifier },
    message: `The record ${recordId ?? 'without an id'} has the identifier of another conversation in this archive.`,
  }
}
