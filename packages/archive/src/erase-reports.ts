import type { CsvColumn } from '@custody/sinks'
import { amendmentsTable } from './amendments-report.ts'
import { csvRow } from './csv-text.ts'
import { csvCells, type Edit, firstCell } from './erase-pieces.ts'
import { unknownForm } from './erase-refusals.ts'
import { ERASED, type Traces } from './erase-traces.ts'
import { gapsTable } from './gaps-report.ts'
import { reconciliationTable } from './reconciliation-report.ts'
import { differencesTable, witnessesTable } from './witness-reports.ts'

/** Told how many bytes went; or that a row stays and no longer says of whom. */
export interface ErasureTally {
  removed(kind: 'lines' | 'rows' | 'files', bytes: number): void
  anonymised(): void
}

/** The reports whose rows stay. */
export const REPORT_TABLES: ReadonlyMap<string, { readonly columns: readonly CsvColumn<never>[] }> = new Map(
  [reconciliationTable, witnessesTable, differencesTable, gapsTable].map((table) => [
    `data/reports/${table.name}`,
    table,
  ]),
)

/** Of amendments.csv, what stays of an erased entry: that there was one, and which archive has to be looked into. */
const keptOfAmendments = new Set(['kind', 'amends'])
const idColumns = new Set(['identifier', 'record_id', 'entry_id', 'subject_id'])
const conversationColumns = new Set(['identifier', 'record_id'])
const textColumns = new Set(['reason'])

/** Takes the rows of erased conversations out of a table of `data/csv/`. */
export function withoutRows(path: string, traces: Traces, tally: ErasureTally): Edit {
  let isHeader = true
  return (row) => {
    if (isHeader) {
      isHeader = false
      // All three tables begin with the conversation: a row of another form could not be told from the rest.
      if (/^\uFEFF?(?:identifier|conversation)$/.test(firstCell(row))) return row
      throw unknownForm(path)
    }
    if (!traces.identifierCells.has(firstCell(row))) return row
    tally.removed('rows', row.length)
    return null
  }
}

/** Takes the lines of erased conversations out of redactions.jsonl. */
export function withoutRedactions(path: string, traces: Traces, tally: ErasureTally): Edit {
  return (line) => {
    const { identifier } = parseLine<{ readonly identifier: string }>(line, path)
    if (!traces.identifiers.has(identifier)) return line
    tally.removed('rows', line.length)
    return null
  }
}

/** Takes what amendments.csv tells of entries of erased conversations out of its rows: digests and times, too, say something of them. */
export function anonymousAmendments(path: string, traces: Traces, tally: ErasureTally): Edit {
  const names = amendmentsTable.columns.map(({ name }) => name)
  let isHeader = true
  return (row) => {
    const cells = csvCells(row.toString())
    if (isHeader) {
      isHeader = false
      if (cells.join().replace(/^\uFEFF/, '') !== names.join()) throw unknownForm(path)
      return row
    }
    if (!traces.isConversation(cells[names.indexOf('conversation')])) return row
    tally.anonymised()
    return Buffer.from(
      csvRow(cells.map((cell, at) => (cell === '' || keptOfAmendments.has(names[at] ?? '') ? cell : ERASED))),
    )
  }
}

/** Takes every id of erased conversations out of a report's rows. */
export function anonymousRows(path: string, traces: Traces, tally: ErasureTally): Edit {
  const known = REPORT_TABLES.get(path)?.columns.map(({ name }) => name)
  let names: readonly string[] | undefined
  return (row) => {
    const cells = csvCells(row.toString())
    if (names === undefined) {
      names = cells.map((name) => name.replace(/^\uFEFF/, ''))
      if (names.some((name) => !known?.includes(name))) throw unknownForm(path)
      return row
    }
    const columns = names
    const isErased = cells.some(
      (cell, column) => conversationColumns.has(columns[column] ?? '') && traces.isConversation(cell),
    )
    const now = cells.map((cell, column) => {
      const name = columns[column] ?? ''
      if (idColumns.has(name)) return cell !== '' && (isErased || traces.has(cell)) ? ERASED : cell
      if (textColumns.has(name)) return isErased ? traces.withoutAnyId(cell) : traces.withoutIds(cell)
      return cell
    })
    if (now.every((cell, column) => cell === cells[column])) return row
    tally.anonymised()
    return Buffer.from(csvRow(now))
  }
}

interface Subject {
  readonly type: string
  readonly id: string | null
}

interface RejectLine {
  readonly subject: Subject
  readonly within: Subject | null
  readonly message: string
}

/** Takes every id of erased conversations out of rejects.jsonl. */
export function anonymousRejects(path: string, traces: Traces, tally: ErasureTally): Edit {
  return (line) => {
    const reject = parseLine<RejectLine>(line, path)
    const { subject, within, message } = reject
    const isErased = [subject, within].some((each) => each?.type === 'Conversation' && traces.isConversation(each.id))
    const anonymous = <Kind extends Subject | null>(each: Kind): Kind =>
      each !== null && each.id !== null && (isErased || traces.has(each.id)) ? { ...each, id: null } : each
    const now = {
      ...reject,
      subject: anonymous(subject),
      within: anonymous(within),
      message: isErased ? traces.withoutAnyId(message) : traces.withoutIds(message),
    }
    if (now.subject === subject && now.within === within && now.message === message) return line
    tally.anonymised()
    return Buffer.from(`${JSON.stringify(now)}\n`)
  }
}

function parseLine<T>(line: Buffer, path: string): T {
  try {
    return JSON.parse(line.toString()) as T
  } catch {
    throw unknownForm(path)
  }
}
