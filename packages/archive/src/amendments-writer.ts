import type { Conversation } from '@custody/model'
import { CustodyError } from '@custody/pipeline'
import { amendmentProblem } from './amendment-problem.ts'
import { type AmendmentRow, type AmendmentRowKind, type Amends, amendmentsTable } from './amendments-report.ts'
import type { ArchiveSettings } from './archive-settings.ts'
import type { BagStore } from './bag-store.ts'
import type { ArchiveVerdict } from './options.ts'
import { TableFile } from './table-file.ts'
import { provesAbsence } from './tally.ts'

/** Rows of amendments.csv, by what they say. */
export type AmendmentCounts = Readonly<Record<AmendmentRowKind, number>>

/** So many rows of vanished entries are written at once. */
const ROWS = 1_000

/** Writes amendments.csv: a row for each entry of the master, in its order, then those that vanished. */
export class AmendmentsWriter {
  readonly #settings: Pick<ArchiveSettings, 'name' | 'window'>
  readonly #amends: Amends
  readonly #table: TableFile<AmendmentRow>
  readonly #counts = { late: 0, changed: 0, vanished: 0 }

  constructor(store: BagStore, settings: ArchiveSettings, amends: Amends) {
    this.#settings = settings
    this.#amends = amends
    this.#table = new TableFile(store, 'data/reports', amendmentsTable, settings.csvBom)
  }

  /** @throws CustodyError `ARCHIVE_AMENDMENT` where nobody knows what one of its entries amends */
  async add(conversation: Conversation): Promise<void> {
    const rows = conversation.entries.map((entry): AmendmentRow => {
      const amendment = this.#amends.amendmentOf(conversation, entry)
      if (!amendment) throw this.#refusal('an entry reached it that amends nothing')
      const { kind, entry: name, before, after, amends } = amendment
      const { entryId, sentAt } = entry
      return { kind, entry: name, conversation: conversation.identifier, entryId, sentAt, before, after, amends }
    })
    await this.#write(rows)
  }

  /**
   * @param verdict of all that was read
   * @throws CustodyError `ARCHIVE_AMENDMENT` where there is nothing to say, or nothing that is proven
   */
  async close(verdict: ArchiveVerdict): Promise<AmendmentCounts> {
    let rows: AmendmentRow[] = []
    for await (const vanished of this.#amends.vanished?.() ?? []) {
      const { entry, conversation, entryId, sentAt, before, amends } = vanished
      rows.push({ kind: 'vanished', entry, conversation, entryId, sentAt, before, after: null, amends })
      if (rows.length < ROWS) continue
      await this.#write(rows)
      rows = []
    }
    await this.#write(rows)
    await this.#table.close()
    if (Object.values(this.#counts).every((count) => count === 0)) throw this.#refusal('nothing is amended')
    if (this.#counts.vanished > 0 && !provesAbsence(verdict)) {
      throw this.#refusal(`entries are said to have vanished, and the reading was ${verdict}`)
    }
    return this.#counts
  }

  async #write(rows: readonly AmendmentRow[]): Promise<void> {
    for (const row of rows) {
      const problem = amendmentProblem(row, this.#settings.window)
      if (problem !== null) throw this.#refusal(problem)
      this.#counts[row.kind] += 1
    }
    await this.#table.add(rows)
  }

  #refusal(why: string): CustodyError {
    return new CustodyError('ARCHIVE_AMENDMENT', `${this.#settings.name} was not written: ${why}.`, {
      actions: ['Read the time again. If it stays, report this.'],
    })
  }
}
