import type { Place, Result, ResultColumn } from '../sql/result.ts'
import type { SqlType, Value } from '../sql/table.ts'
import type { Data360Switches } from './data360-switches.ts'

type Write = (values: readonly Value[]) => string

/** Writes rows as the text of a JSON array. */
export function rowWriter(columns: readonly ResultColumn[], switches: Data360Switches): Write {
  const writers = columns.map(({ type }) => writerOf(type, switches))
  return (values) => `[${values.map((value, k) => (value === null ? 'null' : writers[k]?.(value))).join()}]`
}

function writerOf(type: SqlType, { timestamps, decimals }: Data360Switches): (value: NonNullable<Value>) => string {
  if (type === 'timestamptz') return (value) => `"${timestampText(Number(value), timestamps)}"`
  // Longer than a double holds: written digit by digit.
  if (type === 'numeric') return (value) => (decimals === 'number' ? String(value) : `"${value}"`)
  return (value) => JSON.stringify(value)
}

function timestampText(at: number, spelling: Data360Switches['timestamps']): string {
  const zulu = new Date(at).toISOString()
  if (spelling === 'zulu') return zulu
  return spelling === 'offset' ? zulu.replace('Z', '+00:00') : zulu.replace('T', ' ').replace('Z', ' UTC')
}

/** What a page may not exceed. One row is always on it. */
export interface PageLimits {
  readonly rows: number
  readonly bytes: number
}

export interface PageEnd {
  readonly rows: number
  readonly next: Place
  /** Whether it ended for its limits, not for want of rows. */
  readonly full: boolean
}

/** The rows of a page as texts, made one by one. */
export function* pageOf(result: Result, from: Place, limits: PageLimits, write: Write): Generator<string, PageEnd> {
  let [rows, bytes, next] = [0, 0, from]
  if (limits.rows === 0) return { rows, next, full: true }
  for (const row of result.rows(from)) {
    const text = write(row.values)
    bytes += Buffer.byteLength(text) + 1
    if (rows > 0 && bytes > limits.bytes) return { rows, next, full: true }
    rows += 1
    next = row.next
    yield text
    if (rows >= limits.rows) return { rows, next, full: true }
  }
  return { rows, next, full: false }
}

/** The same at once: the JSON of the array, and how many rows are in it. */
export function wholePage(
  result: Result,
  from: Place,
  limits: PageLimits,
  write: Write,
): { data: string; rows: number } {
  const rows = [...pageOf(result, from, limits, write)]
  return { data: `[${rows.join()}]`, rows: rows.length }
}
