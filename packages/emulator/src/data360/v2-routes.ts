import type { OrgState } from '../server/org-state.ts'
import type { Reply, Request } from '../server/reply.ts'
import { SqlError } from '../sql/sql-error.ts'
import { connectError, connectSqlError, tenantError, tenantSqlError } from './data360-errors.ts'
import { readBody, runQuery, wholeOf } from './run-query.ts'
import { batchReply } from './v2-batches.ts'

/** Documented: 8 MB to a call over Connect. */
const connectBytes = 8_000_000

export interface V2Call {
  readonly org: OrgState
  readonly request: Request
  readonly dataspace: string
  readonly over: 'tenant' | 'connect'
}

/** `POST /api/v2/query`: Query API V2 reference, and sample 3 of the transcript help. `POST …/ssot/queryv2`: its Connect twin. */
export async function submitV2(call: V2Call): Promise<Reply> {
  const { org, request, dataspace, over } = call
  const { switches, sent } = org.data360
  // assumption: limit and offset of the sample are let through; the reference has neither. Anything else is refused.
  const body = readBody(request.body, ['sql', 'limit', 'offset'])
  if (typeof body === 'string') return refuse(call, 400, body)
  const openedAt = org.clock.now()
  try {
    const result = await runQuery(org, { sql: String(body['sql']), dataspace, pageRows: switches.batchRows })
    const names = new Set(result.columns.map(({ name }) => name))
    // The metadata of V2 is an object by column name.
    if (names.size < result.columns.length) throw new SqlError('42701', 'column specified more than once')
    const batchBytes = over === 'tenant' ? switches.batchBytes : Math.min(connectBytes, switches.batchBytes)
    const query = { id: queryId(openedAt, sent.count), result, openedAt, batchBytes }
    const honoured = switches.bodyLimit === 'first-batch'
    const offset = honoured ? wholeOf(body['offset']) || 0 : 0
    const limit = honoured ? wholeOf(body['limit']) || undefined : undefined
    const from = await result.placeOf(offset)
    return arrow(request, batchReply(org, { query, number: 0, from, offeredAt: openedAt }, limit))
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return over === 'tenant' ? tenantSqlError(org, error, request.path) : connectSqlError(org, error)
  }
}

/**
 * `GET /api/v2/query/{nextBatchId}`: Query API V2 reference. Forward only; the whole result within an hour, no more than three minutes
 * between two calls.
 */
export function nextBatchV2(call: V2Call, id: string): Reply {
  const { org, request } = call
  const { switches, batches } = org.data360
  const batch = batches.get(id)
  const now = org.clock.now()
  const gone =
    !batch || now - batch.query.openedAt > switches.cursorLifetimeMs || now - batch.offeredAt > switches.cursorIdleMs
  // assumption: a used, expired or unknown id is answered alike, by 404.
  if (gone) return refuse(call, 404, 'Not Found')
  if (switches.batchReuse === 'refused') batches.drop(id)
  return arrow(request, batchReply(org, batch))
}

function refuse({ org, request, over }: V2Call, status: number, message: string): Reply {
  if (over === 'tenant') return tenantError(org, status, { message, path: request.path })
  return connectError(status, status === 404 ? 'NOT_FOUND' : 'BAD_REQUEST', message)
}

/** assumption: who asks for Arrow gets JSON, and is told so; Arrow is not served. */
function arrow(request: Request, reply: Reply): Reply {
  if (request.headers['enable-arrow-stream'] === undefined) return reply
  return { ...reply, headers: { ...reply.headers, 'enable-arrow-stream': 'false' } }
}

/** As in the sample: `20240501_215536_24297_pq7pn`. */
function queryId(at: number, count: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().replaceAll(/[-:]/g, '').split(/[T.]/)
  return `${date}_${time}_${String(count).padStart(5, '0')}_emu1a`
}
