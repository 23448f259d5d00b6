import { tableEndings } from './assumptions.ts'
import { type Columns, columnMatcher, matchColumns } from './columns.ts'
import { readCsv, sniffDelimiter } from './csv-rows.ts'
import type { ExportFile } from './export-files.ts'
import { readJson, readNdjson, sniffJson } from './json-rows.ts'
import type { ExportLimits } from './limits.ts'
import type { ExportMapping } from './mapping.ts'
import type { MalformedRow, Row, Rows } from './row.ts'
import { type DecodedText, decode } from './text.ts'

/** A file read as a table. */
export interface Table {
  readonly format: 'csv' | 'json' | 'ndjson'
  readonly encoding: string
  /** Of CSV. */
  readonly delimiter: string | null
  /** Of JSON, those of its first rows. */
  readonly names: readonly string[]
  readonly columns: Columns
  readonly match: (names: readonly string[]) => Columns
  readonly rows: Rows
  /** Closes the file. */
  close(): Promise<void>
}

/** How many rows of JSON decide which columns a file has. */
const ROWS_LOOKED_AT = 100

/** Whether a file may be a table at all, by its name. */
export function maybeTable(name: string): boolean {
  const file = name.slice(name.lastIndexOf('/') + 1)
  const ending = file.includes('.') ? file.slice(file.lastIndexOf('.') + 1) : ''
  return !file.startsWith('.') && tableEndings.has(ending.toLowerCase())
}

/**
 * Opens a file as a table; null when it is no text.
 *
 * @throws CustodyError `EXPORT_ENCODING`, `EXPORT_FILE_MALFORMED` and what reading the file throws, also later on, from the rows.
 */
export async function openTable(
  file: ExportFile,
  mapping: ExportMapping,
  limits: ExportLimits,
  signal: AbortSignal,
): Promise<Table | null> {
  const bytes = file.read(signal)
  const close = async (): Promise<void> => void (await bytes.return())
  try {
    const text = await decode(bytes, file.name, mapping.encoding)
    if (text) return { ...(await readTable(text, file.name, mapping, limits)), close }
  } catch (error) {
    await close()
    throw error
  }
  await close()
  return null
}

async function readTable(
  { encoding, head, pieces }: DecodedText,
  file: string,
  mapping: ExportMapping,
  { rowBytes }: ExportLimits,
): Promise<Omit<Table, 'close'>> {
  const match = columnMatcher(mapping.fields)
  if (!/^\s*[[{]/.test(head)) {
    const delimiter = mapping.delimiter ?? sniffDelimiter(head)
    const quote = mapping.quote === undefined ? '"' : mapping.quote
    const { columns: names, rows } = await readCsv(pieces, { file, delimiter, quote, rowBytes })
    return { format: 'csv', encoding, delimiter, names, columns: match(names), match, rows }
  }
  const format = sniffJson(head, match)
  const options = { file, rowBytes, match }
  const { seen, rows } = await lookAhead(format === 'json' ? readJson(pieces, options) : readNdjson(pieces, options))
  const names = [...new Set(seen.flatMap((row) => ('names' in row ? row.names : [])))]
  return { format, encoding, delimiter: null, names, columns: matchColumns(names, mapping.fields), match, rows }
}

/** The first rows, which come again with the others. */
async function lookAhead(rows: Rows): Promise<{ seen: readonly (Row | MalformedRow)[]; rows: Rows }> {
  const seen: (Row | MalformedRow)[] = []
  while (seen.length < ROWS_LOOKED_AT) {
    const { done, value } = await rows.next()
    if (done) break
    for (const row of value) seen.push(row)
  }
  async function* all(): Rows {
    yield seen
    yield* rows
  }
  return { seen, rows: all() }
}
