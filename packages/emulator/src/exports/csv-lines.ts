import { stringify } from 'csv-stringify/sync'

/** Rows written out at a time. */
const together = 500

export interface CsvForm {
  readonly columns: readonly string[]
  readonly delimiter?: string
  readonly lineEnding?: '\n' | '\r\n'
  /** Quotes around every value, or only where they are needed. */
  readonly quoted?: boolean
}

/** A header and rows as CSV, a few hundred rows at a time. */
export function* csvLines(form: CsvForm, rows: Iterable<readonly string[]>): Iterable<string> {
  const { columns, delimiter = ',', lineEnding = '\n', quoted = true } = form
  const write = (lines: readonly (readonly string[])[]): string =>
    stringify(lines as string[][], { quoted, quoted_empty: quoted, delimiter, record_delimiter: lineEnding })
  yield write([columns])
  let waiting: (readonly string[])[] = []
  for (const row of rows) {
    waiting.push(row)
    if (waiting.length < together) continue
    yield write(waiting)
    waiting = []
  }
  if (waiting.length > 0) yield write(waiting)
}

/** UTF-16 with its byte order mark, as spreadsheet programs write it. */
export function* asUtf16(text: Iterable<string>): Iterable<Buffer> {
  yield Buffer.from('\ufeff', 'utf16le')
  for (const part of text) yield Buffer.from(part, 'utf16le')
}
