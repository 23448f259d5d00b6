import { longLine } from './erase-refusals.ts'
import { LineReader } from './line-reader.ts'

/** Longer than any line or row of an archive; what is longer cannot be looked into as one text. */
const PIECE_MAX_BYTES = 256 * 1024 * 1024
const LF = 0x0a
const QUOTE = 0x22

/** What stands in the place of a line or row: itself, other bytes, or null for nothing. */
export type Edit = (piece: Buffer) => Buffer | null

/** A file with its lines or rows edited. What an edit gives back as it came leaves byte for byte. */
export async function* edited(
  path: string,
  chunks: AsyncIterable<Buffer>,
  form: 'lines' | 'rows',
  edit: Edit,
): AsyncGenerator<Buffer, void, undefined> {
  let pieces: Buffer[] = []
  const take = (piece: Buffer): void => {
    const now = edit(piece)
    if (now !== null) pieces.push(now)
  }
  const tooLong = (): never => {
    throw longLine(path, PIECE_MAX_BYTES)
  }
  const cutter =
    form === 'lines' ? new LineReader(PIECE_MAX_BYTES, take, tooLong) : new RowReader(PIECE_MAX_BYTES, take, tooLong)
  for await (const chunk of chunks) {
    cutter.push(chunk)
    if (pieces.length > 0) yield Buffer.concat(pieces)
    pieces = []
  }
  cutter.end()
  if (pieces.length > 0) yield Buffer.concat(pieces)
}

/**
 * Cuts a CSV file into rows, each with its line end, the last one perhaps without. A line end inside quotes is text: RFC 4180
 * doubles a quote inside quotes, so after an even number of them a row can end.
 */
export class RowReader {
  readonly #maxBytes: number
  readonly #onRow: (row: Buffer) => void
  readonly #onTooLong: () => never
  #rest: Buffer[] = []
  #restBytes = 0
  #isQuoted = false

  constructor(maxBytes: number, onRow: (row: Buffer) => void, onTooLong: () => never) {
    this.#maxBytes = maxBytes
    this.#onRow = onRow
    this.#onTooLong = onTooLong
  }

  push(chunk: Buffer): void {
    let start = 0
    let isQuoted = this.#isQuoted
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]
      if (byte === QUOTE) isQuoted = !isQuoted
      else if (byte === LF && !isQuoted) {
        this.#take(chunk.subarray(start, at + 1))
        this.end()
        start = at + 1
      }
    }
    this.#isQuoted = isQuoted
    if (start < chunk.length) this.#take(chunk.subarray(start))
  }

  end(): void {
    if (this.#restBytes > 0)
      this.#onRow(this.#rest.length === 1 ? (this.#rest[0] as Buffer) : Buffer.concat(this.#rest))
    this.#rest = []
    this.#restBytes = 0
  }

  #take(bytes: Buffer): void {
    if (this.#restBytes + bytes.length > this.#maxBytes) this.#onTooLong()
    this.#rest.push(bytes)
    this.#restBytes += bytes.length
  }
}

/** The cells of one row, decoded; its line end is no part of them. Linear. */
export function csvCells(row: string): string[] {
  const end = row.endsWith('\r\n') ? row.length - 2 : row.length - (row.endsWith('\n') ? 1 : 0)
  const cells: string[] = []
  for (let at = 0; at <= end; at++) {
    let cell = ''
    if (row[at] === '"') {
      for (let from = at + 1; ; from = at + 1) {
        at = row.indexOf('"', from)
        if (at < 0 || at >= end) at = end
        cell += row.slice(from, at)
        if (row[at + 1] !== '"' || at + 1 >= end) break
        cell += '"'
        at += 1
      }
      at += 1
    } else {
      const comma = row.indexOf(',', at)
      const stop = comma < 0 || comma > end ? end : comma
      cell = row.slice(at, stop)
      at = stop
    }
    cells.push(cell)
  }
  return cells
}

/** The first cell of a row, decoded without looking at the others. */
export function firstCell(row: Buffer): string {
  if (row[0] !== QUOTE) {
    const end = row.findIndex((byte) => byte === 0x2c || byte === 0x0d || byte === LF)
    return row.toString('utf8', 0, end < 0 ? row.length : end)
  }
  let end = row.indexOf(QUOTE, 1)
  while (end >= 0 && row[end + 1] === QUOTE) end = row.indexOf(QUOTE, end + 2)
  return row.toString('utf8', 1, end < 0 ? row.length : end).replaceAll('""', '"')
}
