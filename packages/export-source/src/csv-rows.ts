import { CsvError, type Parser, parse } from 'csv-parse'
import { malformed } from './failure.ts'
import type { MalformedRow, Row, Rows } from './row.ts'

const delimiters = [',', ';', '\t'] as const

/** Which of comma, semicolon and tab stands most often in the first record, outside of quotes. */
export function sniffDelimiter(head: string): string {
  const counts = new Map<string, number>(delimiters.map((delimiter) => [delimiter, 0]))
  let quoted = false
  for (const character of head) {
    if (character === '"') quoted = !quoted
    else if (!quoted && (character === '\n' || character === '\r')) break
    else if (!quoted && counts.has(character)) counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0]
}

export interface CsvTable {
  /** As they stand in the header. */
  readonly columns: readonly string[]
  readonly rows: Rows
}

/** How a CSV file is written. */
export interface CsvDialect {
  readonly delimiter: string
  /** Null where cells are never in quotes. */
  readonly quote: string | null
}

/**
 * Reads a table with a header row (RFC 4180, with any delimiter).
 *
 * A row with too few or too many cells is malformed. A quote in the wrong place, or one that is never closed, is an error: where
 * the next row begins, nobody knows.
 *
 * @throws CustodyError `EXPORT_FILE_MALFORMED`, also later on, from the rows.
 */
export async function readCsv(
  pieces: AsyncGenerator<string, void, undefined>,
  options: CsvDialect & { readonly file: string; readonly rowBytes: number },
): Promise<CsvTable> {
  const lots = records(pieces, options)
  const first = await lots.next()
  const [header = [], ...behind] = first.done ? [] : first.value
  const columns = header.map((cell) => cell.trim())
  async function* rows(): Rows {
    let number = 0
    const toRow = (cells: readonly string[]): Row | MalformedRow => {
      number += 1
      if (cells.length === columns.length) return { number, names: columns, values: cells }
      return { number, problem: `It has ${cells.length} cells, the header has ${columns.length}.` }
    }
    if (behind.length > 0) yield behind.map(toRow)
    for await (const lot of lots) yield lot.map(toRow)
  }
  return { columns, rows: rows() }
}

async function* records(
  pieces: AsyncGenerator<string, void, undefined>,
  { file, rowBytes, delimiter, quote }: Parameters<typeof readCsv>[1],
): AsyncGenerator<readonly (readonly string[])[], void, undefined> {
  let lot: (readonly string[])[] = []
  let count = 0
  const parser = parse({
    delimiter,
    quote,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: rowBytes,
    on_record: (cells: string[]) => {
      count += 1
      lot.push(cells)
      // Nothing goes into the stream: it is driven piece by piece, so that nothing is read ahead.
      return null
    },
  })
  // Errors come by the callbacks; the event must only not go unheard.
  parser.on('error', () => undefined)
  parser.resume()
  try {
    for await (const piece of pieces) {
      await feed(parser, piece)
      if (lot.length > 0) yield lot
      lot = []
    }
    await feed(parser, null)
    if (lot.length > 0) yield lot
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw malformed(file, `${whyFatal(error.code)} behind row ${Math.max(0, count - 1)} (${error.code})`, error)
  } finally {
    parser.destroy()
  }
}

/** The parser's own message quotes the row. */
function whyFatal(code: string): string {
  if (code === 'CSV_MAX_RECORD_SIZE') return 'a row is too large'
  return code === 'CSV_QUOTE_NOT_CLOSED' ? 'a quote is never closed' : 'a quote is in the wrong place'
}

/** Hands a piece, or the end, to the parser, and waits until it is through. */
async function feed(parser: Parser, piece: string | null): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error | null): void => (error ? reject(error) : resolve())
    if (piece === null) parser.end(done)
    else parser.write(piece, done)
  })
}
