/** One cell of a CSV text, with everything needed to write it back byte for byte. */
export interface CsvCell {
  /** From 0; the header is row 0. */
  readonly row: number
  readonly column: number
  readonly value: string
  /** As it stood, quotes included. */
  readonly raw: string
  /** What ended it: the delimiter, a line end, or nothing at the end of the text. */
  readonly end: string
}

export interface CsvProblem {
  readonly row: number
  readonly what: string
}

const quote = '"'

/**
 * Cuts a CSV text (RFC 4180, any line end, any delimiter) into cells while it is read. What is no CSV is told instead of being
 * guessed at: a cell taken for another one could be left as it is.
 */
export class CsvCutter {
  readonly #delimiter: string
  readonly #maxCharacters: number
  #rest = ''
  #row = 0
  #column = 0

  constructor(delimiter: string, maxCharacters: number) {
    this.#delimiter = delimiter
    this.#maxCharacters = maxCharacters
  }

  /** The cells that are whole by now. The last call says so, and gets what is left. */
  push(text: string, isLast: boolean): readonly CsvCell[] | CsvProblem {
    this.#rest += text
    const cells: CsvCell[] = []
    let from = 0
    for (;;) {
      const cell = this.#next(from, isLast)
      if (cell === null) break
      if ('what' in cell) return cell
      cells.push(cell)
      from += cell.raw.length + cell.end.length
      if (cell.end === this.#delimiter) this.#column += 1
      else {
        this.#row += 1
        this.#column = 0
      }
      if (cell.end === '') break
    }
    this.#rest = this.#rest.slice(from)
    if (this.#rest.length <= this.#maxCharacters) return cells
    return {
      row: this.#row,
      what: `has a cell of more than ${this.#maxCharacters} characters, or a quote that is never closed`,
    }
  }

  #next(from: number, isLast: boolean): CsvCell | CsvProblem | null {
    const text = this.#rest
    // After a line end there is nothing more, or there is a cell; after a delimiter there is always one.
    if (isLast && from === text.length && this.#column === 0) return null
    let end = from
    let value: string | null = null
    if (text[from] === quote) {
      end = this.#closing(from)
      if (end < 0) return isLast ? { row: this.#row, what: 'has a quote that is never closed' } : null
      value = text.slice(from + 1, end - 1).replaceAll('""', quote)
    } else {
      while (end < text.length && !this.#endsAt(end)) end += 1
    }
    if (end === text.length && !isLast) return null
    const ending = this.#endingAt(end)
    // A carriage return at the very end may have its line feed in the next piece.
    if (ending === '\r' && end + 1 === text.length && !isLast) return null
    if (ending === null) return { row: this.#row, what: 'has characters after a closing quote' }
    const raw = text.slice(from, end)
    return { row: this.#row, column: this.#column, value: value ?? raw, raw, end: ending }
  }

  /** Behind the quote that closes the cell; below 0 where it is not there yet. */
  #closing(from: number): number {
    const text = this.#rest
    for (let at = text.indexOf(quote, from + 1); at >= 0; at = text.indexOf(quote, at + 2)) {
      if (text[at + 1] !== quote) return at + 1
    }
    return -1
  }

  #endsAt(at: number): boolean {
    const character = this.#rest[at]
    return character === this.#delimiter || character === '\n' || character === '\r'
  }

  #endingAt(at: number): string | null {
    const character = this.#rest[at]
    if (character === undefined) return ''
    if (character === '\r') return this.#rest[at + 1] === '\n' ? '\r\n' : '\r'
    return character === '\n' || character === this.#delimiter ? character : null
  }
}

/** A value as a cell, in quotes where it needs them. */
export function encodeCell(value: string, delimiter: string): string {
  const isPlain = !value.includes(quote) && !value.includes(delimiter) && !/[\r\n]/.test(value)
  return isPlain ? value : `${quote}${value.replaceAll(quote, '""')}${quote}`
}

/** The delimiter of a header row: the one of these that stands in it most often outside of quotes; a comma where none does. */
export function delimiterOf(header: string): string {
  const outside = header.replace(/"(?:[^"]|"")*"/g, '')
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: outside.split(delimiter).length }))
  return counts.reduce((best, each) => (each.count > best.count ? each : best)).delimiter
}
