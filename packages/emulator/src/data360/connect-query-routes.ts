import type { CoreRequest } from '../server/core-resources.ts'
import type { OrgState } from '../server/org-state.ts'
import { json, type Reply } from '../server/reply.ts'
import type { ResultColumn } from '../sql/result.ts'
import { SqlError } from '../sql/sql-error.ts'
import type { SqlType } from '../sql/table.ts'
import { connectError, connectSqlError } from './data360-errors.ts'
import type { StoredQuery } from './data360-state.ts'
import { readBody, readParameters, runQuery, wholeOf } from './run-query.ts'
import { plainId, type QueryStanding, standing, storedQuery, storeQuery, told } from './stored-queries.ts'
import { rowWriter, wholePage } from './wire-rows.ts'

/** `POST /ssot/query-sql?dataspace=`: Data 360 Connect API, Query SQL. */
export async function submitConnect({ org, request }: CoreRequest): Promise<Reply> {
  const { switches } = org.data360
  const dataspace = request.query.get('dataspace') ?? 'default'
  if (!switches.dataspaces.includes(dataspace)) return unknownDataspace(dataspace)
  const body = readBody(request.body, ['sql', 'rowLimit', 'sqlParameters'])
  if (typeof body === 'string') {
    return connectError(400, body.startsWith('Unrecognized') ? 'JSON_PARSER_ERROR' : 'BAD_REQUEST', body)
  }
  const rowLimit = body['rowLimit'] === undefined ? Number.POSITIVE_INFINITY : wholeOf(body['rowLimit'])
  if (!(rowLimit > 0)) return connectError(400, 'BAD_REQUEST', 'rowLimit must be above 0')
  try {
    const parameters = readParameters(body['sqlParameters'])
    const { firstPageRows, pageBytes } = switches
    const result = await runQuery(org, { sql: String(body['sql']), dataspace, parameters, pageRows: firstPageRows })
    const { id, query } = await storeQuery(org, {
      result,
      dataspace,
      firstRows: firstPageRows,
      separator: separators[switches.queryIds],
    })
    // assumption: `rowLimit` cuts the page, not the result.
    const limits = { rows: Math.min(firstPageRows, rowLimit), bytes: pageBytes }
    const page = wholePage(result, await result.placeOf(0), limits, rowWriter(result.columns, switches))
    const status = statusOf(org, id, query, told(org, query, page.rows))
    return pageReply(page, result.columns, [`"status":${JSON.stringify(status)}`])
  } catch (error) {
    if (error instanceof SqlError) return connectSqlError(org, error)
    throw error
  }
}

/** `GET /ssot/query-sql/{queryId}`: Data 360 Connect API, Query SQL Status. `DELETE` cancels. */
export function statusConnect({ org, request, parts }: CoreRequest): Reply {
  const id = idOf(parts)
  const query = storedQuery(org, id, org.data360.switches.connectLifetimeMs)
  if (request.method === 'DELETE') {
    org.data360.queries.drop(plainId(id))
    // assumption: 204 as clients expect; the specification has 200.
    return { status: 204, headers: {}, body: '' }
  }
  if (!query || query.dataspace !== dataspaceOf(request.query)) return unknownQuery
  const wait = request.query.get('waitTimeMs')
  if (wait !== null && !(wholeOf(wait) <= 10_000)) {
    return connectError(400, 'BAD_REQUEST', 'waitTimeMs must be from 0 to 10000')
  }
  const status = statusOf(org, id, query, told(org, query, 0))
  return json(200, org.data360.switches.getStatus === 'nested' ? { status } : status)
}

/** `GET /ssot/query-sql/{queryId}/rows?offset=&rowLimit=`: Data 360 Connect API, Query SQL Rows. A page is cut by bytes. */
export async function rowsConnect({ org, request, parts }: CoreRequest): Promise<Reply> {
  const { switches } = org.data360
  const query = storedQuery(org, idOf(parts), switches.connectLifetimeMs)
  if (!query || query.dataspace !== dataspaceOf(request.query)) return unknownQuery
  const offset = wholeOf(request.query.get('offset'))
  const limit = request.query.get('rowLimit')
  const rows = limit === null ? Number.POSITIVE_INFINITY : wholeOf(limit)
  if (Number.isNaN(offset) || !(rows > 0)) {
    return connectError(400, 'BAD_REQUEST', 'offset is required, and rowLimit must be above 0')
  }
  const available = standing(org, query, switches.firstPageRows).rows
  if (offset >= available) {
    const message = { primaryMessage: `offset ${offset} is out of range`, sqlState: '22003', errorSource: 'User' }
    return connectError(400, 'BAD_REQUEST', JSON.stringify(message))
  }
  const { result } = query
  const limits = { rows: Math.min(rows, available - offset), bytes: switches.pageBytes }
  const page = wholePage(result, await result.placeOf(offset), limits, rowWriter(result.columns, switches))
  return pageReply(page, request.query.get('omitSchema') === 'true' ? null : result.columns, [])
}

const separators = { slash: '/', encoded: '%2F', underscore: '_' } as const

/** Ids hold a slash or its code; the path has it encoded, once or twice. */
function idOf(parts: readonly string[]): string {
  return plainId(parts[0] ?? '')
}

function dataspaceOf(query: URLSearchParams): string {
  return query.get('dataspace') ?? 'default'
}

/** assumption: what is said of a data space that does not exist. */
export function unknownDataspace(name: string): Reply {
  return connectError(400, 'INVALID_INPUT', `Data space '${name}' was not found`)
}

// assumption: what is said of a query that is unknown, expired, or of another data space.
const unknownQuery = connectError(404, 'NOT_FOUND', 'The requested query does not exist')

const words = { running: 'Running', produced: 'ResultsProduced', finished: 'Finished' } as const

function statusOf(
  org: OrgState,
  queryId: string,
  query: StoredQuery,
  { state, rows, progress }: QueryStanding,
): object {
  const { connectLifetimeMs, queryIds } = org.data360.switches
  return {
    completionStatus: words[state],
    expirationTime: new Date(query.openedAt + connectLifetimeMs).toISOString(),
    progress,
    queryId: queryIds === 'encoded' ? queryId.replaceAll('/', '%2F') : queryId,
    rowCount: rows,
    chunkCount: rows === 0 ? 0 : 1,
  }
}

const types: Readonly<Record<SqlType, object>> = {
  varchar: { type: 'Varchar' },
  timestamptz: { type: 'TimestampTZ' },
  numeric: { type: 'Numeric', precision: 38, scale: 18 },
  bigint: { type: 'BigInt' },
  boolean: { type: 'Bool' },
}

function pageReply(
  { data, rows }: { readonly data: string; readonly rows: number },
  columns: readonly ResultColumn[] | null,
  more: readonly string[],
): Reply {
  const schema = columns?.map(({ name, type }) => ({ name, ...types[type], nullable: true }))
  const metadata = schema ? [`"metadata":${JSON.stringify(schema)}`] : []
  return { ...json(200, null), body: `{${[`"data":${data}`, ...metadata, `"returnedRows":${rows}`, ...more].join()}}` }
}
