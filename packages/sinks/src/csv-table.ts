/** One column of a CSV table. */
export interface CsvColumn<Row> {
  /** The header: lower snake case. */
  readonly name: string
  /** What stands in it, for people. */
  readonly description: string
  /** The cell. Null is an empty cell. Text is neutralised, see {@link neutraliseFormula}; numbers and booleans are ours. */
  readonly cell: (row: Row) => Cell
}

/** A CSV file: its name and columns. */
export interface CsvTable<Row> {
  readonly name: string
  readonly columns: readonly CsvColumn<Row>[]
  /**
   * A row written by hand, byte for byte what the columns make of it, in two thirds of the time: for tables with very many
   * rows. `cell` makes a cell of text: it neutralises and quotes.
   */
  readonly encodeRow?: (row: Row, cell: (text: string | null) => string) => string
}

const BOM = '\uFEFF'

/** A cell before it is text; null is an empty cell. */
type Cell = string | number | boolean | null

/** The header row of a table, with a byte order mark in front when asked for (some spreadsheets need one to see UTF-8). */
export function encodeCsvHeader(
  columns: readonly CsvColumn<never>[],
  options: { readonly bom?: boolean } = {},
): string {
  return (options.bom ? BOM : '') + encodeCsvRow(columns.map((column) => column.name))
}

/** Rows by RFC 4180: CRLF after each, quotes only where needed, quotes doubled. No header. */
export function encodeCsvRows<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string {
  let text = ''
  for (const row of rows) text += encodeCsvRow(columns.map((column) => column.cell(row)))
  return text
}

/** The rows of a table, as `encodeCsvRows` makes them of its columns. */
export function encodeCsvTable<Row>({ columns, encodeRow }: CsvTable<Row>, rows: readonly Row[]): string {
  if (!encodeRow) return encodeCsvRows(columns, rows)
  let text = ''
  for (const row of rows) text += encodeRow(row, encodeCell)
  return text
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

// What most cells have none of, in one look: only then is each of the two looked for.
const special = /[",\r\n]|^[=+\-@\t\uFF1D\uFF0B\uFF0D\uFF20]/
const needsQuotes = /[",\r\n]/

/** A row by hand: every row of an archive comes by here, and an encoder with options takes four times as long. */
function encodeCsvRow(cells: readonly Cell[]): string {
  let row = ''
  for (let index = 0; index < cells.length; index += 1) {
    if (index > 0) row += ','
    const cell = cells[index]
    if (typeof cell === 'string') row += encodeCell(cell)
    else if (cell !== null && cell !== undefined) row += cell
  }
  return `${row}\r\n`
}

function encodeCell(text: string | null): string {
  if (text === null) return ''
  return special.test(text) ? quoted(neutraliseFormula(text)) : text
}

function quoted(text: string): string {
  return needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
