import type { OrgState } from '../server/org-state.ts'
import { json, type Reply, type Request } from '../server/reply.ts'
import type { ResultColumn } from '../sql/result.ts'
import { SqlError } from '../sql/sql-error.ts'
import type { SqlType } from '../sql/table.ts'
import { tenantError, tenantSqlError } from './data360-errors.ts'
import type { StoredQuery } from './data360-state.ts'
import { readBody, readParameters, runQuery, wholeOf } from './run-query.ts'
import { plainId, type QueryStanding, storedQuery, storeQuery, told } from './stored-queries.ts'
import { rowWriter, wholePage } from './wire-rows.ts'

export interface V3Call {
  readonly org: OrgState
  readonly request: Request
  readonly dataspace: string
}

const members = ['sql', 'transferMode', 'paramStyle', 'parameters', 'settings', 'resultRange', 'queryRowLimit']

/** `POST /api/v3/query`: Query API V3 reference, "Submit". */
export async function submitV3({ org, request, dataspace }: V3Call): Promise<Reply> {
  const { switches } = org.data360
  const body = readBody(request.body, members)
  if (typeof body === 'string') return tenantError(org, 400, { message: body, path: request.path })
  const mode = body['transferMode'] ?? 'ADAPTIVE'
  const range = (body['resultRange'] ?? {}) as Readonly<Record<string, unknown>>
  const rowLimit = range['rowLimit'] === undefined ? Number.POSITIVE_INFINITY : wholeOf(range['rowLimit'])
  const byteLimit = range['byteLimit'] === undefined ? switches.resultBytes : wholeOf(range['byteLimit'])
  const queryRows = body['queryRowLimit'] === undefined ? undefined : wholeOf(body['queryRowLimit'])
  const isWrong = mode !== 'ADAPTIVE' && mode !== 'ASYNC'
  if (isWrong || [rowLimit, byteLimit, queryRows].some(Number.isNaN) || byteLimit > mostBytes) {
    return tenantError(org, 400, { message: 'A member of the body has no valid value', path: request.path })
  }
  try {
    const parameters = readParameters(body['parameters'])
    const all = await runQuery(org, { sql: String(body['sql']), dataspace, parameters, pageRows: switches.chunkRows })
    const result = queryRows === undefined ? all : all.first(queryRows)
    const inline = mode === 'ADAPTIVE' && switches.adaptive === 'rows'
    const firstRows = inline ? firstChunkRows(org) : 0
    const { id, query } = await storeQuery(org, { result, dataspace, firstRows, separator: '_' })
    const limits = { rows: Math.min(firstRows, rowLimit), bytes: byteLimit }
    const from = await result.placeOf(0)
    const page = wholePage(result, from, limits, rowWriter(result.columns, switches))
    const status = statusOf(org, id, query, told(org, query, firstRows))
    const data = inline ? page.data : 'null'
    return answer(org, status, 'POST', [
      `"metadata":${metadata(result.columns)}`,
      `"data":${data}`,
      `"returnedRows":${page.rows}`,
    ])
  } catch (error) {
    if (error instanceof SqlError) return tenantSqlError(org, error, request.path)
    throw error
  }
}

/** Documented: 20 MB; clients have 20 MiB. */
const mostBytes = 20_971_520

/** `GET /api/v3/query/{queryId}`: Query API V3 reference, "Get status". */
export function statusV3({ org, request }: V3Call, id: string): Reply {
  const query = storedQuery(org, id, org.data360.switches.resultLifetimeMs)
  if (!query) return tenantError(org, 404, { path: request.path })
  const wait = request.query.get('waitTimeMs')
  if (wait !== null && !(wholeOf(wait) <= 10_000)) {
    return tenantError(org, 400, { message: 'waitTimeMs must be from 0 to 10000', path: request.path })
  }
  const status = statusOf(org, id, query, told(org, query, 0))
  return answer(org, status, 'GET', [])
}

/** `GET /api/v3/query/{queryId}/chunks/{chunkId}`: Query API V3 reference, "Get chunk". */
export async function chunkV3({ org, request }: V3Call, id: string, chunk: string): Promise<Reply> {
  const { switches } = org.data360
  const query = storedQuery(org, id, switches.resultLifetimeMs)
  if (!query) return tenantError(org, 404, { path: request.path })
  const number = wholeOf(chunk)
  const status = statusOf(org, id, query, { state: 'produced', rows: query.rowCount, progress: 1 })
  if (!(number < status.chunkCount)) {
    return tenantError(org, 400, { message: `chunk ${chunk} is out of range`, path: request.path })
  }
  const empty = switches.emptyFirstChunk
  const offset = (empty ? number - 1 : number) * switches.chunkRows
  const rows = empty && number === 0 ? 0 : switches.chunkRows
  return rowsReply({ org, request, query, offset: Math.max(0, offset), rows, bytes: Number.POSITIVE_INFINITY })
}

/** `GET /api/v3/query/{queryId}/rows?offset=&limit=&byteLimit=`: Query API V3 reference, "Get rows". */
export async function rowsV3({ org, request }: V3Call, id: string): Promise<Reply> {
  const { switches } = org.data360
  const query = storedQuery(org, id, switches.resultLifetimeMs)
  if (!query) return tenantError(org, 404, { path: request.path })
  const offset = wholeOf(request.query.get('offset'))
  const limit = request.query.get('limit')
  const rows = limit === null ? Number.POSITIVE_INFINITY : wholeOf(limit)
  const asked = request.query.get('byteLimit')
  const bytes = asked === null ? switches.resultBytes : wholeOf(asked)
  if (Number.isNaN(offset) || Number.isNaN(rows) || !(bytes <= mostBytes)) {
    return tenantError(org, 400, { message: 'offset, limit or byteLimit has no valid value', path: request.path })
  }
  if (offset >= query.rowCount) {
    return tenantError(org, 400, { message: `offset ${offset} is out of range`, path: request.path })
  }
  return rowsReply({ org, request, query, offset, rows, bytes: Math.min(bytes, switches.resultBytes) })
}

interface RowsWanted {
  readonly org: OrgState
  readonly request: Request
  readonly query: StoredQuery
  readonly offset: number
  readonly rows: number
  readonly bytes: number
}

async function rowsReply({ org, request, query, offset, rows, bytes }: RowsWanted): Promise<Reply> {
  const { result } = query
  const page = wholePage(
    result,
    await result.placeOf(offset),
    { rows, bytes },
    rowWriter(result.columns, org.data360.switches),
  )
  const schema = request.query.get('omitSchema') === 'true' ? [] : [`"metadata":${metadata(result.columns)}`]
  return text(200, [...schema, `"data":${page.data}`, `"returnedRows":${page.rows}`])
}

/** `GET /api/v3/query/{queryId}/metadata`: Query API V3 reference, "Get metadata". */
export function metadataV3({ org, request }: V3Call, id: string): Reply {
  const query = storedQuery(org, id, org.data360.switches.resultLifetimeMs)
  if (!query) return tenantError(org, 404, { path: request.path })
  return text(200, [`"metadata":${metadata(query.result.columns)}`])
}

/** `DELETE /api/v3/query/{queryId}`: Query API V3 reference, "Cancel": 204 whatever there was. */
export function cancelV3({ org }: V3Call, id: string): Reply {
  org.data360.queries.drop(plainId(id))
  return { status: 204, headers: {}, body: '' }
}

interface V3Status {
  readonly chunkCount: number
  readonly [member: string]: unknown
}

/** The members of a status: Query API V3 reference; their words in upper case. */
function statusOf(
  org: OrgState,
  queryId: string,
  query: StoredQuery,
  { state, rows, progress }: QueryStanding,
): V3Status {
  const { switches, clock } = { switches: org.data360.switches, clock: org.clock }
  const words = { running: switches.runningStatus, produced: 'RESULTS_PRODUCED', finished: 'FINISHED' }
  const whole = rows / switches.chunkRows
  const chunks = state === 'running' ? Math.floor(whole) : Math.ceil(whole)
  return {
    queryId,
    completionStatus: words[state],
    // What is counted while it runs are whole chunks, and can be had.
    chunkCount: chunks + (switches.emptyFirstChunk ? 1 : 0),
    rowCount: rows,
    progress,
    expirationTime: new Date(query.openedAt + switches.resultLifetimeMs).toISOString(),
    executionStats: { wallClockTime: (clock.now() - query.openedAt) / 1_000, rowsProcessed: rows },
  }
}

/** Rows that come with the answer to the query: those of chunk 0. */
function firstChunkRows({ data360 }: OrgState): number {
  return data360.switches.emptyFirstChunk ? 0 : data360.switches.chunkRows
}

/** The documents put the status of a GET into the body, clients read a header; of a POST both say header. */
function answer(org: OrgState, status: V3Status, method: 'GET' | 'POST', body: readonly string[]): Reply {
  const { statusIn } = org.data360.switches
  const header = statusIn === 'body' ? {} : { 'x-hyperdb-status': JSON.stringify(status) }
  const nested = statusIn === 'body' && method === 'POST' ? [`"status":${JSON.stringify(status)}`] : []
  const flat = statusIn !== 'header' && method === 'GET' ? [JSON.stringify(status).slice(1, -1)] : []
  return text(200, [...body, ...nested, ...flat], header)
}

const types: Readonly<Record<SqlType, object>> = {
  varchar: { type: 'varchar' },
  timestamptz: { type: 'timestamptz' },
  numeric: { type: 'numeric', precision: 38, scale: 18 },
  bigint: { type: 'bigint' },
  boolean: { type: 'bool' },
}

function metadata(columns: readonly ResultColumn[]): string {
  return JSON.stringify({ columns: columns.map(({ name, type }) => ({ name, ...types[type], nullable: true })) })
}

/** An object from the texts of its members. */
function text(status: number, parts: readonly string[], headers: Readonly<Record<string, string>> = {}): Reply {
  return { ...json(status, null, headers), body: `{${parts.join()}}` }
}
