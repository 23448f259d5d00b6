import { isUtf8 } from 'node:buffer'
import { type CsvTable, encodeCsvHeader } from '@custody/sinks'
import { csvRow } from './csv-text.ts'
import type { FileCheck } from './file-check.ts'
import type { Findings } from './findings.ts'
import { LineReader } from './line-reader.ts'

const ROW_MAX_BYTES = 1024 * 1024
const BOM = '\uFEFF'

/** The cells of one row, by the names of the columns. */
export type CsvCells = (column: string) => string

/**
 * Reads one of the writer's tables row by row. Rows that are not exactly as the writer makes them are findings: two readers
 * could see different cells in them.
 */
export function csvRows(
  path: string,
  table: CsvTable<never>,
  findings: Findings,
  onRow: (cells: CsvCells) => void,
): FileCheck {
  const places = new Map(table.columns.map(({ name }, index) => [name, index]))
  const header = encodeCsvHeader(table.columns)
  let number = 0
  let open = ''
  const refuse = (what: string): void => findings.add('CSV_FORM', path, `row ${number} ${what}`)
  const take = (row: string): void => {
    number += 1
    if (number === 1) {
      if ((row.startsWith(BOM) ? row.slice(BOM.length) : row) !== header)
        refuse('does not name the columns of this table')
      return
    }
    const cells = parseRow(row)
    if (cells?.length === table.columns.length && csvRow(cells) === row) {
      onRow((column) => cells[places.get(column) ?? -1] ?? '')
    } else refuse('is not as the writer makes rows')
  }
  const reader = new LineReader(
    ROW_MAX_BYTES,
    (line) => {
      if (!isUtf8(line)) refuse('is not UTF-8')
      const text = line.toString('utf8')
      // Inside of quotes a row goes on over the end of a line.
      if (open.length + text.length > ROW_MAX_BYTES) refuse('is too long')
      open = open.length + text.length > ROW_MAX_BYTES ? '' : open + text
      if (hasClosedQuotes(open)) {
        if (open !== '') take(open)
        open = ''
      }
    },
    () => refuse('is too long'),
  )
  return {
    push: (chunk) => reader.push(chunk),
    end: () => {
      reader.end()
      if (open !== '') refuse('ends inside of quotes')
      if (number === 0) refuse('does not name the columns of this table')
    },
  }
}

function hasClosedQuotes(text: string): boolean {
  let count = 0
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count += 1
  return count % 2 === 0
}

/** The cells of a row that ends with CRLF, or null. Sloppy about quotes: whoever asks makes the row again and compares. */
function parseRow(row: string): string[] | null {
  if (!row.endsWith('\r\n')) return null
  const body = row.slice(0, -2)
  if (!body.includes('"')) return body.split(',')
  const cells: string[] = []
  for (let at = 0; at <= body.length; ) {
    let end = at
    if (body[at] === '"') {
      end = at + 1
      while (end < body.length && (body[end] !== '"' || body[end + 1] === '"')) end += body[end] === '"' ? 2 : 1
      cells.push(body.slice(at + 1, end).replaceAll('""', '"'))
      end += 1
    } else {
      end = body.indexOf(',', at)
      if (end < 0) end = body.length
      cells.push(body.slice(at, end))
    }
    if (end < body.length && body[end] !== ',') return null
    at = end + 1
  }
  return cells
}
