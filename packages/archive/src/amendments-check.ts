import { createHash } from 'node:crypto'
import { amendmentProblem } from './amendment-problem.ts'
import { type AmendmentRow, type AmendmentRowKind, amendmentsTable } from './amendments-report.ts'
import { amendedConversation, amendedEntry, ERASED } from './archived-row.ts'
import { type CsvCells, csvRows } from './csv-rows.ts'
import type { FileCheck } from './file-check.ts'
import type { Findings } from './findings.ts'
import { IdentifierSet } from './identifier-set.ts'
import type { RunDocument } from './run-document.ts'
import { provesAbsence } from './tally.ts'

export const AMENDMENTS_PATH = 'data/reports/amendments.csv'

/** Reads amendments.csv, and holds it against the entries of the master: it names just these as late or changed, in their order. */
export class AmendmentsCheck {
  readonly #findings: Findings
  readonly #run: () => RunDocument | null
  readonly counts: Record<AmendmentRowKind, number> = { late: 0, changed: 0, vanished: 0 }
  // Entries that the table says are here, and those that are, each in the order of the master.
  readonly #said = createHash('sha256')
  readonly #found = createHash('sha256')
  readonly #names = new IdentifierSet()
  /** Of the last row that is about an entry of the master. */
  #conversation: string | undefined
  #erased = 0
  #isRead = false

  /** `run`: what the archive says of itself, known before the table is read. */
  constructor(findings: Findings, run: () => RunDocument | null) {
    this.#findings = findings
    this.#run = run
  }

  file(): FileCheck {
    let row = 1
    const check = csvRows(AMENDMENTS_PATH, amendmentsTable, this.#findings, (cells) => {
      row += 1
      const problem = this.#row(cells)
      if (problem !== null) this.#refuse('AMENDMENT_ROW', `row ${row}: ${problem}`)
    })
    return {
      push: check.push,
      end: () => {
        check.end()
        this.#isRead = true
      },
    }
  }

  /** Entries of the master, in order. */
  entries(rows: Uint8Array): void {
    this.#found.update(rows)
  }

  /** `erasures`: how many there were, of whatever. */
  finish(erasures: number): void {
    const run = this.#run()
    if (!this.#isRead || run?.amends === undefined) return
    if (this.#said.digest('hex') !== this.#found.digest('hex')) {
      this.#refuse(
        'AMENDMENTS_DIFFER',
        'does not name as late or changed just the entries of the master, in their order',
      )
    }
    if (this.counts.vanished > 0 && !provesAbsence(run.verdict)) {
      this.#refuse('VANISHED_UNPROVEN', `says that entries vanished; the reading was ${run.verdict}`)
    }
    if (this.#erased > 0 && erasures === 0) {
      this.#refuse('AMENDMENTS_DIFFER', `has ${this.#erased} erased rows; nothing was erased from this archive`)
    }
    if (Object.values(this.counts).every((count) => count === 0)) {
      this.#refuse('AMENDMENTS_EMPTY', 'has no row: an archive that amends nothing')
    }
  }

  #row(cells: CsvCells): string | null {
    const kind = cells('kind')
    if (isKind(kind)) this.counts[kind] += 1
    if (cells('entry') === ERASED) {
      this.#erased += 1
      const others = ['conversation', 'entry_id', 'sent_at', 'before', 'after'].map(cells)
      return others.every((cell) => cell === '' || cell === ERASED) ? null : 'something of an erased entry is left'
    }
    const value = (column: string): string | null => cells(column) || null
    const row = {
      kind,
      entry: cells('entry'),
      sentAt: cells('sent_at'),
      before: value('before'),
      after: value('after'),
      amends: value('amends'),
    }
    if (kind !== 'vanished') this.#say(cells('conversation'), cells('entry_id'), cells('sent_at'))
    const problem = amendmentProblem(row as AmendmentRow, this.#run()?.window)
    if (problem !== null) return problem
    return this.#names.add(row.entry) ? null : 'an entry of an earlier row'
  }

  #say(conversation: string, entryId: string, sentAt: string): void {
    if (conversation !== this.#conversation) this.#said.update(amendedConversation(conversation))
    this.#conversation = conversation
    this.#said.update(amendedEntry(entryId, sentAt))
  }

  #refuse(code: string, message: string): void {
    this.#findings.add(code, AMENDMENTS_PATH, message)
  }
}

function isKind(kind: string): kind is AmendmentRowKind {
  return kind === 'late' || kind === 'changed' || kind === 'vanished'
}
