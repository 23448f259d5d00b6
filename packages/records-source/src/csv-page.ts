import { CsvError, parse } from 'csv-parse/sync'
import { malformed, type RecordType } from './wire.ts'

/**
 * Reads a result page of a Bulk job into records like those of the query resource: parents nested, numbers as numbers. An
 * empty field is null, since CSV has no other word for it. Columns are found by name, and have to be the fields asked for.
 *
 * @throws CustodyError `CENSUS_PAGE_MALFORMED`
 */
export function readCsvPage<Row>(type: RecordType<Row>, text: string, where: string): readonly unknown[] {
  const [header, ...lines] = parseCsv(text, where)
  if (header === undefined) throw malformed(where, 'it has no header row')
  const asked = new Set(type.fields)
  if (header.length !== asked.size || !asked.isSubsetOf(new Set(header))) {
    throw malformed(where, 'its header row names other fields than were asked for')
  }
  const numbers = new Set(type.numbers)
  const columns = header.map((name): Column => ({ path: name.split('.'), isNumber: numbers.has(name) }))
  return lines.map((cells) => toRecord(columns, cells))
}

interface Column {
  readonly path: readonly string[]
  readonly isNumber: boolean
}

interface Nested {
  [name: string]: string | number | null | Nested
}

function toRecord(columns: readonly Column[], cells: readonly string[]): Nested {
  const record: Nested = {}
  for (const [index, { path, isNumber }] of columns.entries()) {
    const cell = cells[index] ?? ''
    let at = record
    for (const name of path.slice(0, -1)) at = parentAt(at, name)
    at[path.at(-1) as string] = cell === '' ? null : isNumber ? toNumber(cell) : cell
  }
  return record
}

function parentAt(record: Nested, name: string): Nested {
  const parent = record[name]
  if (typeof parent === 'object' && parent !== null) return parent
  const made: Nested = {}
  record[name] = made
  return made
}

/** What is no number stays text, so that the schema refuses it as it refuses text in JSON. */
function toNumber(cell: string): number | string {
  return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(cell) ? Number(cell) : cell
}

function parseCsv(text: string, where: string): readonly (readonly string[])[] {
  try {
    return parse(text, { bom: true, record_delimiter: ['\n', '\r\n'] })
  } catch (error) {
    // Its message quotes the text.
    throw malformed(where, `no CSV (${error instanceof CsvError ? error.code : 'unknown'})`)
  }
}
