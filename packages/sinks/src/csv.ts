import { type Sink, usageError } from '@custody/pipeline'
import { type CsvColumn, encodeCsvHeader, encodeCsvRows } from './csv-table.ts'
import { wholeFile } from './whole-file.ts'

/** Which file a table goes to, and its columns. */
export interface CsvOptions<T> {
  /** The file to write. It appears when it is whole; an existing one is replaced then. */
  readonly file: string
  readonly columns: readonly CsvColumn<T>[]
  /** Whether the file begins with a byte order mark, which some spreadsheets need to see UTF-8. @defaultValue false */
  readonly bom?: boolean
}

/**
 * Writes a CSV file by RFC 4180 with a header row, formulas neutralised.
 *
 * @throws CustodyError `DIRECTORY_NOT_WRITABLE`, `SINK_FILE`, `CSV_COLUMNS` at construction.
 */
export function csv<T>({ file, columns, bom = false }: CsvOptions<T>): Sink<T> {
  const names = new Set(columns.map((column) => column.name))
  if (columns.length === 0 || names.size < columns.length) {
    throw usageError('CSV_COLUMNS', 'csv: give at least one column, each with a name of its own')
  }
  return wholeFile({
    name: 'csv',
    file,
    header: encodeCsvHeader(columns, { bom }),
    encode: (records) => encodeCsvRows(columns, records),
  })
}
