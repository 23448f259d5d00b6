import { CsvError, parse } from 'csv-parse/sync'

/** A row of a CSV file, or why it is none, with the line (from 1) on which it begins. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly fault: CsvFault }

export type CsvFault = 'quote-misplaced' | 'quote-not-closed' | 'row-too-long'

/** What a row may span at most: beyond it a quote counts as never closed. */
const MAX_ROW_LINES = 100
const MAX_ROW_LENGTH = 32_768

/**
 * The rows of a CSV text (RFC 4180, any line ends), empty lines left out. After a row that is none the next line is tried: one stray
 * quote costs one row, not the rest of the file.
 */
export function* csvRecords(text: string, delimiter: string): Generator<CsvRecord> {
  const lines = text.split(/\r\n|\n|\r/)
  for (let at = 0; at < lines.length; ) {
    const { record, until } = recordAt(lines, at, delimiter)
    if (record !== null) yield record
    at = until
  }
}

function recordAt(
  lines: readonly string[],
  at: number,
  delimiter: string,
): { readonly record: CsvRecord | null; readonly until: number } {
  const line = at + 1
  const fail = (fault: CsvFault) => ({ record: { line, fault }, until: at + 1 })
  if (lines[at]?.trim() === '') return { record: null, until: at + 1 }
  // A row is whole where its quotes are even: every quoted cell has two, and a quote within one is doubled.
  let until = at
  let length = 0
  let quotes = 0
  do {
    const next = lines[until]
    if (next === undefined || until - at >= MAX_ROW_LINES) return fail('quote-not-closed')
    length += next.length + 1
    if (length > MAX_ROW_LENGTH) return fail(until === at ? 'row-too-long' : 'quote-not-closed')
    quotes += countQuotes(next)
    until += 1
  } while (quotes % 2 === 1)
  const cells = parseRow(lines.slice(at, until).join('\n'), delimiter)
  return cells === null ? fail('quote-misplaced') : { record: { line, cells }, until }
}

function countQuotes(line: string): number {
  let quotes = 0
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) quotes += 1
  return quotes
}

/** Null where a quote is in the wrong place. The parser's own words would quote the row. */
function parseRow(text: string, delimiter: string): readonly string[] | null {
  try {
    // Line ends within the row are all in quotes.
    const [cells, ...more] = parse(text, { delimiter, relax_column_count: true, record_delimiter: '\n' }) as string[][]
    return cells === undefined || more.length > 0 ? null : cells
  } catch (error) {
    if (error instanceof CsvError) return null
    throw error
  }
}
