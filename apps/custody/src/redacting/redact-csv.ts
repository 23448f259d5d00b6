import { CustodyError, usageError } from '@custody/pipeline'
import { type CsvCell, CsvCutter, delimiterOf, encodeCell } from './csv-cells.ts'
import type { FieldRedactor } from './field-redactor.ts'

const maxCellCharacters = 4 * 1024 * 1024
const maxHeaderCharacters = 1024 * 1024

/**
 * Redacts columns of a CSV text; all of them where none is named. Every other byte stays as it is, and so does the header.
 *
 * @throws CustodyError `REDACT_CSV`, `REDACT_COLUMNS`
 */
export async function* redactCsv(
  pieces: AsyncIterable<string>,
  redactor: FieldRedactor,
  wanted: readonly string[] | null,
): AsyncGenerator<string, void, undefined> {
  const sheet = new Sheet(redactor, wanted)
  let start = ''
  let cutter: CsvCutter | null = null
  for await (const piece of pieces) {
    if (cutter !== null) {
      yield sheet.write(cutter.push(piece, false))
      continue
    }
    start += piece
    if (!hasHeader(start)) {
      if (start.length > maxHeaderCharacters) throw noCsv(1, 'is longer than any header')
      continue
    }
    cutter = sheet.begin(start)
    yield sheet.write(cutter.push(start, false))
  }
  cutter ??= sheet.begin(start)
  yield sheet.write(cutter.push(sheet.hasBegun ? '' : start, true))
  sheet.end()
}

/** Whether the first row is there as a whole: a line end outside of quotes. */
function hasHeader(text: string): boolean {
  return /[\r\n]/.test(text.replace(/"(?:[^"]|"")*"?/g, ''))
}

class Sheet {
  readonly #redactor: FieldRedactor
  readonly #wanted: ReadonlySet<string> | null
  readonly #names: string[] = []
  #delimiter = ','
  #cells = 0
  hasBegun = false

  constructor(redactor: FieldRedactor, wanted: readonly string[] | null) {
    this.#redactor = redactor
    this.#wanted = wanted && new Set(wanted)
  }

  begin(start: string): CsvCutter {
    const [header = ''] = /^(?:"(?:[^"]|"")*"?|[^"\r\n])*/.exec(start) ?? []
    this.#delimiter = delimiterOf(header)
    return new CsvCutter(this.#delimiter, maxCellCharacters)
  }

  write(cells: ReturnType<CsvCutter['push']>): string {
    this.hasBegun = true
    if ('what' in cells) throw noCsv(cells.row + 1, cells.what)
    return cells.map((cell) => this.#cell(cell) + cell.end).join('')
  }

  end(): void {
    if (this.#names.length === 0) this.#checkHeader()
  }

  #cell(cell: CsvCell): string {
    const isLast = cell.end !== this.#delimiter
    if (cell.row === 0) {
      this.#names.push(cell.value.replace(/^\ufeff/, ''))
      if (isLast) this.#checkHeader()
      return cell.raw
    }
    if (cell.column === 0) this.#redactor.nextRecord()
    this.#cells = cell.column + 1
    // An empty line is a row of nothing; any other row has to have a cell for each name: else nobody knows which is which.
    const isEmptyLine = isLast && cell.column === 0 && cell.raw === ''
    if (this.#cells > this.#names.length || (isLast && this.#cells < this.#names.length && !isEmptyLine)) {
      throw noCsv(cell.row + 1, `does not have the ${this.#names.length} cells of the header`)
    }
    const name = this.#names[cell.column] ?? ''
    if (this.#wanted !== null && !this.#wanted.has(name)) return cell.raw
    const redacted = this.#redactor.text(cell.value, name)
    return redacted === cell.value ? cell.raw : encodeCell(redacted, this.#delimiter)
  }

  #checkHeader(): void {
    const unknown = [...(this.#wanted ?? [])].filter((name) => !this.#names.includes(name))
    if (unknown.length === 0) return
    throw usageError(
      'REDACT_COLUMNS',
      `The file has no column ${unknown.map((name) => JSON.stringify(name)).join(', ')}; it has ${this.#names.length} others.`,
      'Name columns as the first row has them: --columns a,b. Without --columns all are searched.',
    )
  }
}

function noCsv(row: number, what: string): CustodyError {
  return new CustodyError('REDACT_CSV', `Row ${row} of the file ${what}.`, {
    actions: ['Repair the file, or redact it as plain text: --format text'],
  })
}
