import type { OrgClient } from '@custody/http'
import { isNotVisible, notVisible } from './not-visible.ts'
import type { JobOptions } from './query-job.ts'
import { type Key, type Query, toCountSoql, toSoql } from './soql.ts'
import { defaultApiVersion, malformed, type QueryPage, queryPath, readPage, readRows } from './wire.ts'

/** How queries reach the org. */
export interface QueryOptions {
  readonly org: OrgClient
  /** @defaultValue `'66.0'` */
  readonly apiVersion?: string | undefined
  /** Rows asked for per page, 200 to 2000; the server may give fewer. @defaultValue the server's, 2000 */
  readonly pageSize?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Rows come by a Bulk API job instead of page by page. Counting never does. */
  readonly jobs?: JobOptions | undefined
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

/** One page of rows, whichever way it came. */
export interface Page<Row> {
  /** Object and number. */
  readonly where: string
  readonly totalSize: number
  readonly rows: readonly Row[]
}

/** The pages of one query along its cursor. */
export async function* readPages<Row>(
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
    yield { where, totalSize: page.totalSize, rows: readRows(type, page.records, where) }
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
