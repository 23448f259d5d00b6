import { isDeepStrictEqual } from 'node:util'
import { HttpStatusError } from '@custody/http'
import { type Clock, CustodyError } from '@custody/pipeline'
import { longPollMs, pollPauseMs } from './assumptions.ts'
import { ResultLost, type Row } from './query-api.ts'
import type { QueryStatus } from './wire.ts'

export interface WaitOptions {
  readonly clock: Clock
  readonly queryTimeoutMs: number
  readonly signal: AbortSignal
  /** Asks where the query stands; the server may hold the answer back this long. */
  readonly ask: (waitTimeMs: number) => Promise<QueryStatus>
}

/**
 * Waits until a query has produced its whole result.
 *
 * @throws CustodyError `DATA360_QUERY_TIMEOUT`
 */
export async function waitForResult(first: QueryStatus, options: WaitOptions): Promise<QueryStatus> {
  const { clock, queryTimeoutMs, signal, ask } = options
  const startedAt = clock.now()
  let status = first
  while (!status.isDone) {
    const askedAt = clock.now()
    if (askedAt - startedAt >= queryTimeoutMs) {
      throw new CustodyError(
        'DATA360_QUERY_TIMEOUT',
        `A query was not done after ${Math.round(queryTimeoutMs / 1000)} s.`,
        { retryable: true, actions: ['Archive smaller windows, or raise queryTimeoutMs of the data360 source.'] },
      )
    }
    status = await ask(longPollMs)
    // Who does not hold the answer back is not asked without pause.
    if (!status.isDone && clock.now() - askedAt < pollPauseMs) await clock.sleep(pollPauseMs, signal)
  }
  return status
}

/** A result that is there, addressed by row. */
export interface RowRange {
  readonly rowCount: number
  /** How many rows were handed on already, and the last of them. */
  readonly handed: number
  readonly last: Row | null
  /** Rows from `offset` on, as many as the server likes to give. */
  readonly ask: (offset: number) => Promise<readonly Row[]>
}

/** How often the pages around a place that does not fit are read again. */
const maxRepeats = 1

/**
 * Reads a result to its end by the places of its rows. No page is the last for being short: the end is where the announced number
 * of rows is.
 *
 * Each page begins with the last row of the one before, and the last row is asked for once more. So an offset that is not honoured,
 * and a row that was lost or doubled on the way, show themselves; a page is handed on once the next one has shown it whole.
 *
 * @throws CustodyError `DATA360_ROWS_MISSING`
 */
export async function* readRows(range: RowRange): AsyncGenerator<readonly Row[], void, undefined> {
  const { rowCount } = range
  let at = range.handed
  let { last } = range
  let held: readonly Row[] = []
  let repeats = 0
  while (at < rowCount) {
    const border = held.at(-1) ?? last
    const fresh = await readBehind(range, at + held.length, border)
    const length = at + held.length + (fresh?.length ?? 0)
    if (fresh !== null && length <= rowCount && (fresh.length > 0 || length === rowCount)) {
      if (held.length > 0) {
        yield held
        at += held.length
        last = border
        repeats = 0
      }
      held = fresh
      continue
    }
    if (repeats === maxRepeats) throw rowsMissing(at + held.length, rowCount)
    repeats += 1
    // Which of the two pages is wrong cannot be told: both are read again.
    held = []
  }
}

/** The rows from `offset` on, none at the end. Null where they do not follow `border`, the row before. */
async function readBehind(
  { ask, rowCount }: RowRange,
  offset: number,
  border: Row | null,
): Promise<readonly Row[] | null> {
  if (border === null) return await ask(offset)
  const page = await ask(offset - 1)
  if (!isDeepStrictEqual(page[0], border)) return null
  // Rows may be so large that each fills a page.
  return page.length === 1 && offset < rowCount ? await ask(offset) : page.slice(1)
}

export function rowsMissing(read: number, announced: number): CustodyError {
  return new CustodyError(
    'DATA360_ROWS_MISSING',
    `Data 360 announced ${announced} rows and ${read} of them could be had, also when read again.`,
    {
      retryable: true,
      actions: ['Run again; if it stays, use another api of the data360 source, and smaller windows.'],
    },
  )
}

/** Repeats a call whose answer was no page: one odd answer is no sign of another org. */
export async function again<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (!CustodyError.isInstance(error) || error.code !== 'DATA360_PAGE_MALFORMED') throw error
    return await call()
  }
}

/** Whether an answer says that what was asked for is not there, or not any more. */
export function isGone(error: unknown): boolean {
  return error instanceof HttpStatusError && [400, 404, 409, 410, 422].includes(error.status)
}

/** Whether an answer came and is of no use, also when asked for again. The same rows may still be had in other pieces. */
export function isUnusable(error: unknown): boolean {
  if (error instanceof HttpStatusError) return isGone(error) || error.status >= 500
  return CustodyError.isInstance(error) && unusable.includes(error.code)
}

const unusable: readonly string[] = [
  'DATA360_PAGE_MALFORMED',
  'HTTP_NOT_JSON',
  'HTTP_BODY_TRUNCATED',
  'HTTP_BODY_TOO_LARGE',
]

/** Calls about a result: it may have expired. */
export async function orLost<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw isGone(error) ? new ResultLost('The result is gone', { cause: error }) : error
  }
}
