import { stringify } from 'csv-stringify/sync'

/** One column of a CSV table. */
export interface CsvColumn<Row> {
  /** The header: lower snake case. */
  readonly name: string
  /** What stands in it, for people. */
  readonly description: string
  /** The cell. Null is an empty cell. Text is neutralised, see {@link neutraliseFormula}; numbers and booleans are ours. */
  readonly cell: (row: Row) => string | number | boolean | null
}

/** A CSV file: its name and columns. */
export interface CsvTable<Row> {
  readonly name: string
  readonly columns: readonly CsvColumn<Row>[]
}

const BOM = '\uFEFF'

/** The header row of a table, with a byte order mark in front when asked for (some spreadsheets need one to see UTF-8). */
export function encodeCsvHeader(
  columns: readonly CsvColumn<never>[],
  options: { readonly bom?: boolean } = {},
): string {
  return (options.bom ? BOM : '') + encode([columns.map((column) => column.name)])
}

/** Rows by RFC 4180: CRLF after each, quotes only where needed, quotes doubled. No header. */
export function encodeCsvRows<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string {
  return rows.length === 0 ? '' : encode(rows.map((row) => columns.map((column) => column.cell(row))))
}

/**
 * Puts `'` before text that a spreadsheet would run as a formula: text that begins with `=`, `+`, `-`, `@`, tab, CR or LF,
 * or with the full-width forms of the signs. The apostrophe stays visible; the master keeps the verbatim text.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function neutraliseFormula(text: string): string {
  return formulaStart.test(text) ? `'${text}` : text
}

const formulaStart = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/

function encode(cells: (string | number | boolean | null)[][]): string {
  return stringify(cells, {
    record_delimiter: 'windows',
    // Off by default once a delimiter is given; a bare CR or LF has to be quoted all the same.
    quote_record_delimiter: true,
    cast: { boolean: String, string: neutraliseFormula },
  })
}
