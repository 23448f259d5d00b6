import { createHash } from 'node:crypto'
import { archivedRow } from './archived-row.ts'
import { csvRows } from './csv-rows.ts'
import type { FileCheck } from './file-check.ts'
import type { Findings } from './findings.ts'
import { gapsTable } from './gaps-report.ts'
import { jsonLines } from './json-lines.ts'
import { redactionShape, rejectShape } from './line-shapes.ts'
import { reconciliationTable } from './reconciliation-report.ts'
import { encodeRedaction, encodeReject } from './report-lines.ts'
import type { RunDocument } from './run-document.ts'
import { differencesTable, witnessesTable } from './witness-reports.ts'

const LINE_MAX_BYTES = 1024 * 1024
const REPORTS = 'data/reports/'

/** Counts under names from outside. More names than any archive has are not kept. */
const NAMES_MAX = 10_000

/** Reads the reports, and counts in them what run.json counts. */
export class ReportsCheck {
  readonly #findings: Findings
  readonly #run: () => RunDocument | null
  readonly verdicts: Map<string, number> = new Map()
  readonly differences: Map<string, number> = new Map()
  readonly drops: Map<string, number> = new Map()
  readonly redactions: Map<string, number> = new Map()
  /** Rows of reconciliation.csv: the census. */
  found = 0
  countedOnly = 0
  gaps = 0
  rejects = 0
  /** Conversations that were read and whose verdict is a gap. */
  #doubtful = 0
  // The conversations that the census says are archived, and those that are, each in the order of the master.
  readonly #said = createHash('sha256')
  readonly #archived = createHash('sha256')
  /** Conversations of the window that the census says are not archived. */
  #notArchived = 0
  #isRead = false

  /** `run`: what the archive says of itself, known before a report is read. */
  constructor(findings: Findings, run: () => RunDocument | null) {
    this.#findings = findings
    this.#run = run
  }

  file(path: string): FileCheck | undefined {
    switch (path) {
      case `${REPORTS}reconciliation.csv`:
        return this.#reconciliation(path)
      case `${REPORTS}gaps.csv`:
        return csvRows(path, gapsTable, this.#findings, (cells) => {
          this.gaps += 1
          const records = /^(\d{1,15}) records$/.exec(cells('what'))?.[1]
          if (cells('code') === 'DROPPED' && records) add(this.drops, cells('reason'), Number(records))
        })
      case `${REPORTS}differences.csv`:
        return csvRows(path, differencesTable, this.#findings, (cells) => add(this.differences, cells('what')))
      case `${REPORTS}witnesses.csv`:
        return csvRows(path, witnessesTable, this.#findings, () => undefined)
      case `${REPORTS}rejects.jsonl`:
        return this.#lines(
          path,
          rejectShape,
          (value) => encodeReject(value as never),
          () => {
            this.rejects += 1
          },
        )
      case `${REPORTS}redactions.jsonl`:
        return this.#lines(
          path,
          redactionShape,
          (value) => encodeRedaction((value as { identifier: string }).identifier, value as never),
          (value) => add(this.redactions, (value as { type: string }).type),
        )
      default:
        return undefined
    }
  }

  /** What the master says of conversations that are archived, in order. */
  archived(rows: Uint8Array): void {
    this.#archived.update(rows)
  }

  finish(): void {
    if (!this.#isRead) return
    if (this.#said.digest('hex') !== this.#archived.digest('hex')) {
      const message = 'does not name as archived just the conversations of the master, in their order'
      this.#findings.add('RECONCILIATION_DIFFERS', `${REPORTS}reconciliation.csv`, message)
    }
    // In an amendment stand only those of which something is late or changed.
    if (this.#notArchived > 0 && this.#run()?.amends === undefined) {
      const message = `says of ${this.#notArchived} conversations of the window that they are not archived`
      this.#findings.add('RECONCILIATION_DIFFERS', `${REPORTS}reconciliation.csv`, message)
    }
    const gaps = this.#doubtful + this.rejects + this.drops.size
    if (gaps !== this.gaps) {
      const message = `has ${this.gaps} rows; verdicts, rejects and what was left out make ${gaps}`
      this.#findings.add('GAPS_DIFFER', `${REPORTS}gaps.csv`, message)
    }
  }

  #reconciliation(path: string): FileCheck {
    const check = csvRows(path, reconciliationTable, this.#findings, (cells) => {
      const verdict = cells('verdict')
      const isArchived = cells('archived') === 'true'
      this.found += 1
      add(this.verdicts, verdict)
      if (cells('evidence') === 'counted') this.countedOnly += 1
      // Of one that was refused nothing was compared; the reject is its gap.
      const isCompared = cells('evidence') !== ''
      if (isCompared && verdict !== 'matched' && verdict !== 'excluded') this.#doubtful += 1
      if (isCompared && !isArchived && verdict !== 'excluded') this.#notArchived += 1
      if (isArchived) this.#said.update(archivedRow(['identifier', 'record_id', 'sessions', 'sources'].map(cells)))
    })
    return {
      push: check.push,
      end: () => {
        check.end()
        this.#isRead = true
      },
    }
  }

  #lines(
    path: string,
    shape: (value: unknown) => string | null,
    encodeLine: (value: unknown) => string,
    onValue: (value: unknown) => void,
  ): FileCheck {
    const encode = (value: unknown): string => encodeLine(value).slice(0, -1)
    return jsonLines(
      { path, maxBytes: LINE_MAX_BYTES, shape, encode, onLine: ({ value }) => onValue(value) },
      this.#findings,
    )
  }
}

function add(counts: Map<string, number>, name: string, count = 1): void {
  if (counts.has(name) || counts.size < NAMES_MAX) counts.set(name, (counts.get(name) ?? 0) + count)
}
