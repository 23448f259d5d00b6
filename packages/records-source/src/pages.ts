import { HttpStatusError, type OrgClient } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import { PassedKeys } from './passed-keys.ts'
import { type Key, type Query, toCountSoql, toSoql } from './soql.ts'
import { defaultApiVersion, errorCodes, malformed, type QueryPage, queryPath, readPage, readRows } from './wire.ts'

/** How queries reach the org. */
export interface QueryOptions {
  readonly org: OrgClient
  /** @defaultValue `'66.0'` */
  readonly apiVersion?: string | undefined
  /** Rows asked for per page, 200 to 2000; the server may give fewer. @defaultValue the server's, 2000 */
  readonly pageSize?: number | undefined
  readonly signal?: AbortSignal | undefined
}

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
 * Any row is a place to go on from: a cursor that the server has forgotten, or that leads back, costs a new query from the
 * last row, and nothing is read twice. `done` decides where it ends, and the announced number of rows is checked against those read.
 *
 * @throws CustodyError `CENSUS_PAGE_MALFORMED`, `CENSUS_OBJECT_NOT_VISIBLE`
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
  try {
    for await (const { totalSize, rows, where } of readPages(query, options, progress.last)) {
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
    if (read === 0 || !isLocatorLost(error)) throw error
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

/** Counts what {@link readQuery} reads, by a question of its own. */
export async function countRows<Row>(
  query: Query<Row>,
  options: QueryOptions,
  after: Key | null = null,
): Promise<number> {
  const where = `The count of ${query.type.object}`
  const { totalSize } = await getPage(
    { path: queryPath(options.apiVersion ?? defaultApiVersion), q: toCountSoql(query, after) },
    query.type.object,
    where,
    options,
  )
  return totalSize
}

interface Page<Row> {
  /** Object and number. */
  readonly where: string
  readonly totalSize: number
  readonly rows: readonly Row[]
}

/** The pages of one query along its cursor. */
async function* readPages<Row>(
  query: Query<Row>,
  options: QueryOptions,
  after: Key | null,
): AsyncGenerator<Page<Row>, void, undefined> {
  const { type } = query
  const followed = new Set<string>()
  let address: Address = { path: queryPath(options.apiVersion ?? defaultApiVersion), q: toSoql(query, after) }
  for (let number = 1; ; number++) {
    const where = `${type.object}, page ${number}`
    const page = await getPage(address, type.object, where, options)
    const next = page.done ? null : nextAddress(page, where)
    if (next && followed.has(next.path)) throw malformed(where, 'it leads back to a page already read')
    yield { where, totalSize: page.totalSize, rows: readRows(type, page, where) }
    if (!next) return
    followed.add(next.path)
    address = next
  }
}

function nextAddress({ nextRecordsUrl }: QueryPage, where: string): Address {
  if (nextRecordsUrl === null) throw malformed(where, 'more is to come, but it does not say where')
  return { path: nextRecordsUrl }
}

interface Address {
  readonly path: string
  readonly q?: string
}

async function getPage(
  { path, q }: Address,
  object: string,
  where: string,
  { org, pageSize, signal }: QueryOptions,
): Promise<QueryPage> {
  try {
    return await org.getJson({
      origin: 'instance',
      path,
      query: { q },
      endpoint: 'query',
      ...(pageSize !== undefined && { headers: { 'sforce-query-options': `batchSize=${pageSize}` } }),
      parse: (document) => readPage(document, where),
      ...(signal && { signal }),
    })
  } catch (error) {
    throw isNotVisible(error) ? notVisible(object, error) : error
  }
}

function keyOf<Row>({ orderBy }: Query<Row>, row: Row): Key {
  return orderBy.map((field) => String(row[field]))
}

function isLocatorLost(error: unknown): boolean {
  return error instanceof HttpStatusError && error.errorCode === errorCodes.locatorLost
}

function isNotVisible(error: unknown): error is HttpStatusError {
  return (
    error instanceof HttpStatusError && error.status === 400 && errorCodes.notVisible.includes(error.errorCode ?? '')
  )
}

function notVisible(object: string, cause: HttpStatusError): CustodyError {
  return new CustodyError(
    'CENSUS_OBJECT_NOT_VISIBLE',
    `The execution user cannot see ${object}, or one of its fields (${cause.errorCode}).`,
    {
      kind: 'sign-in',
      cause,
      actions: [
        `Give the execution user read access to ${object} and the fields the census asks for (archive --plan prints them).`,
        'Check that apiVersion is one in which the object exists.',
      ],
    },
  )
}
