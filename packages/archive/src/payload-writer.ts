import type { Conversation } from '@custody/model'
import type { Batch, Drops, Reject } from '@custody/pipeline'
import {
  conversationsTable,
  type EntryRow,
  entriesTable,
  type FileWriter,
  type ParticipantRow,
  participantsTable,
} from '@custody/sinks'
import { type AmendmentCounts, AmendmentsWriter } from './amendments-writer.ts'
import type { ArchiveSettings } from './archive-settings.ts'
import { AttachmentWriter } from './attachment-writer.ts'
import type { BagStore } from './bag-store.ts'
import { type ConversationEncoding, type EncodedConversations, encodeConversations } from './encoded-conversations.ts'
import { type GapRow, gapOfDrops, gapOfReject, gapsTable } from './gaps-report.ts'
import { IdentifierSet } from './identifier-set.ts'
import { MasterWriter } from './master-writer.ts'
import {
  isArchived,
  isConversationReject,
  isOfWindow,
  type ReconciliationRow,
  reconciliationTable,
  rejectedConversationRow,
} from './reconciliation-report.ts'
import { encodeReject } from './report-lines.ts'
import { TableFile } from './table-file.ts'
import type { Tally } from './tally.ts'
import { identifierTwice } from './without-twins.ts'
import { type DifferenceRow, differencesTable, type WitnessRow, witnessesTable } from './witness-reports.ts'

/** Writes everything that grows with the number of conversations: master, tables, reports. Keeps none of it. */
export class PayloadWriter {
  readonly #encoding: ConversationEncoding
  readonly #tally: Tally
  readonly #master: MasterWriter
  readonly #attachments: AttachmentWriter
  /** What the window has something of. */
  readonly #seen = new IdentifierSet()
  readonly #tables: {
    readonly conversations: TableFile<Conversation>
    readonly entries: TableFile<EntryRow>
    readonly participants: TableFile<ParticipantRow>
  } | null
  readonly #reconciliation: TableFile<ReconciliationRow>
  readonly #witnesses: TableFile<WitnessRow>
  readonly #differences: TableFile<DifferenceRow>
  readonly #gaps: TableFile<GapRow>
  readonly #rejects: FileWriter
  readonly #redactions: FileWriter | null
  readonly #amendments: AmendmentsWriter | null

  constructor(store: BagStore, settings: ArchiveSettings, tally: Tally) {
    const { csvBom: bom, amends } = settings
    this.#encoding = encodingOf(settings)
    this.#tally = tally
    this.#master = new MasterWriter(store, settings.partBytes)
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

  async add({ records, rejects, drops }: Batch<Conversation>): Promise<void> {
    const once: Conversation[] = []
    const refused = [...rejects]
    for (const conversation of records) {
      if (isOfWindow(conversation) && !this.#seen.add(conversation.identifier)) {
        refused.push(identifierTwice(conversation))
      } else once.push(conversation)
    }
    for (const some of pieces(once)) {
      await this.#write(encodeConversations(some, this.#encoding))
      for (const conversation of some) {
        if (isArchived(conversation, this.#amendments !== null)) await this.#amendments?.add(conversation)
      }
    }
    await this.#note(refused, drops)
  }

  /** The same for what other threads have encoded. None of it amends anything. */
  async addEncoded({ records, rejects, drops }: Batch<EncodedConversations>): Promise<void> {
    for (const encoded of records) {
      for (const key of encoded.identifiers) {
        if (!this.#seen.addKey(key)) throw new Error('what is encoded elsewhere holds no conversation twice')
      }
      await this.#write(encoded)
    }
    await this.#note(rejects, drops)
  }

  async #write(encoded: EncodedConversations): Promise<void> {
    const { files, tally } = encoded
    this.#tally.add(tally)
    await this.#master.add(encoded)
    await this.#redactions?.write(files.redactions)
    await this.#tables?.conversations.addEncoded(files.conversations)
    await this.#tables?.entries.addEncoded(files.entries)
    await this.#tables?.participants.addEncoded(files.participants)
    await this.#reconciliation.addEncoded(files.reconciliation)
    await this.#witnesses.addEncoded(files.witnesses)
    await this.#differences.addEncoded(files.differences)
    await this.#gaps.addEncoded(files.gaps)
    for (const each of encoded.attached) await this.#attachments.add(each)
  }

  /** What a batch does not bring. */
  async #note(rejects: readonly Reject[], drops: Drops | undefined): Promise<void> {
    for (const reject of rejects) this.#tally.reject(reject)
    await this.#rejects.write(rejects.map(encodeReject).join(''))
    await this.#reconciliation.add(rejects.filter(isConversationReject).map(rejectedConversationRow))
    this.#tally.gaps(rejects.length)
    await this.#gaps.add(rejects.map(gapOfReject))
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
}

/** So many entries are encoded at a time: a batch may hold more than fits into memory twice. */
const ENTRIES_AT_A_TIME = 5_000

function* pieces(conversations: readonly Conversation[]): Generator<readonly Conversation[], void, undefined> {
  let piece: Conversation[] = []
  let entries = 0
  for (const conversation of conversations) {
    piece.push(conversation)
    entries += conversation.entries.length
    if (entries < ENTRIES_AT_A_TIME) continue
    yield piece
    piece = []
    entries = 0
  }
  if (piece.length > 0) yield piece
}

/** How an archive of these settings has its conversations encoded. */
export function encodingOf({ window, mode, key, formats, amends, name }: ArchiveSettings): ConversationEncoding {
  return { window, mode, key, hasTables: formats.includes('csv'), amendment: amends && name }
}
