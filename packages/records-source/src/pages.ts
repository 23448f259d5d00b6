import { HttpStatusError } from '@custody/http'
import { readJobPages } from './job-pages.ts'
import { PassedKeys } from './passed-keys.ts'
import { jobEndpoint } from './query-job.ts'
import { type QueryOptions, readPages } from './query-pages.ts'
import type { Key, Query } from './soql.ts'
import { errorCodes, malformed } from './wire.ts'

/** Pages in a row that may bring no row: a server that never ends must not keep a run for ever. */
const maxFruitlessPages = 3

/** What came of reading a query to its end. */
export interface ReadResult {
  readonly rows: number
  /**
   * Rows the server announced and did not give, also not when asked again from the last good row. Below zero: it gave more
   * than it announced.
   */
  readonly missing: number
}

/**
 * Reads a query to its end, page by page, from behind `after`. Each yield is one page, rows already seen on it or on the
 * page before taken off.
 *
 * With `jobs` the pages are those of a Bulk API job over the very same query, order included: all that follows holds for both.
 *
 * Any row is a place to go on from: a cursor that the server has forgotten, or that leads back, costs a new query from the
 * last row, and nothing is read twice. `done`, or the locator `null`, decides where it ends, and the announced number of rows
 * is checked against those read.
 *
 * @throws CustodyError `CENSUS_PAGE_MALFORMED`, `CENSUS_OBJECT_NOT_VISIBLE`; with jobs also `CENSUS_JOB_FAILED`,
 * `CENSUS_JOB_TIMEOUT`, `CENSUS_JOB_MALFORMED`, `CENSUS_JOB_VERSION`
 */
export async function* readQuery<Row>(
  query: Query<Row>,
  options: QueryOptions,
  after: Key | null = null,
): AsyncGenerator<readonly Row[], ReadResult, undefined> {
  const progress: Progress = { last: after, passed: new PassedKeys(after?.join()), rows: 0, turnedAt: null }
  let owed = 0
  let askedAgain = false
  while (true) {
    const { announced, read, lost } = yield* readOnce(query, options, progress)
    // What was skipped does not come again behind the last row: what was announced before still holds.
    owed = Math.max(announced, owed) - read
    if (lost) continue
    if (owed <= 0 || askedAgain) return { rows: progress.rows, missing: owed }
    askedAgain = true
  }
}

/** Where reading stands. */
interface Progress {
  last: Key | null
  readonly passed: PassedKeys
  rows: number
  /** How many rows had come when a page led back the last time. */
  turnedAt: number | null
}

interface Reading {
  readonly announced: number
  readonly read: number
  /** The server forgot its cursor, or it led back. */
  readonly lost: boolean
}

/** One query from the last row on, to its end or to the loss of its cursor. */
async function* readOnce<Row>(
  query: Query<Row>,
  options: QueryOptions,
  progress: Progress,
): AsyncGenerator<readonly Row[], Reading, undefined> {
  let announced = 0
  let read = 0
  let fruitless = 0
  const { jobs } = options
  const pages = jobs
    ? readJobPages(query, { ...options, jobs }, progress.last)
    : readPages(query, options, progress.last)
  try {
    for await (const { totalSize, rows, where } of pages) {
      announced = Math.max(announced, totalSize)
      const fresh = unseen(query, rows, progress)
      if (fresh === null) {
        // Asked for what follows the last row, it has to give something else.
        if (progress.turnedAt === progress.rows) throw malformed(where, 'it brings rows of pages already read')
        progress.turnedAt = progress.rows
        return { announced, read, lost: true }
      }
      fruitless = fresh.length > 0 ? 0 : fruitless + 1
      if (fruitless > maxFruitlessPages) throw malformed(where, 'page after page brings no row')
      read += fresh.length
      if (fresh.length > 0) yield fresh
    }
    return { announced, read, lost: false }
  } catch (error) {
    // The first page needs no cursor, so each new query gets further than the one before.
    if (read === 0 || !isCursorLost(error)) throw error
    return { announced, read, lost: true }
  }
}

/** The rows that stood neither on the page before nor earlier on this one; null for a page that leads back. */
function unseen<Row>(query: Query<Row>, rows: readonly Row[], progress: Progress): readonly Row[] | null {
  const places = progress.passed.take(rows.map((row) => keyOf(query, row).join()))
  if (places === null) return null
  const fresh = places.map((place) => rows[place] as Row)
  const last = fresh.at(-1)
  if (last !== undefined) progress.last = keyOf(query, last)
  progress.rows += fresh.length
  return fresh
}

function keyOf<Row>({ orderBy }: Query<Row>, row: Row): Key {
  return orderBy.map((field) => String(row[field]))
}

/** A forgotten cursor of the query resource, or a job that is gone: results are kept for some days only. */
function isCursorLost(error: unknown): boolean {
  if (!(error instanceof HttpStatusError)) return false
  return error.errorCode === errorCodes.locatorLost || (error.endpoint === jobEndpoint && error.status === 404)
}
