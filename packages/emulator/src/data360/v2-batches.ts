import { randomUUID } from 'node:crypto'
import { hash32 } from '../random.ts'
import type { OrgState } from '../server/org-state.ts'
import type { Reply } from '../server/reply.ts'
import type { Place, Result } from '../sql/result.ts'
import type { SqlType } from '../sql/table.ts'
import type { Data360Switches } from './data360-switches.ts'
import { type PageEnd, type PageLimits, pageOf, rowWriter } from './wire-rows.ts'

/** A batch that can be asked for. */
export interface Batch {
  readonly query: BatchQuery
  /** From 0. */
  readonly number: number
  readonly from: Place
  /** When the batch before it was asked for. */
  readonly offeredAt: number
}

/** A query of V2, as long as its cursor lives. */
export interface BatchQuery {
  readonly id: string
  readonly result: Result
  readonly openedAt: number
  /** 32 MB on the tenant, 8 MB over Connect. */
  readonly batchBytes: number
}

/** The answer that brings a batch; it is made while it is sent, and what follows is known at its end. */
export function batchReply(org: OrgState, batch: Batch, firstRows: number = Number.POSITIVE_INFINITY): Reply {
  const { switches } = org.data360
  const { query } = batch
  const startTime = new Date(org.clock.now()).toISOString()

  function* body(): Iterable<string> {
    const rows = pageOf(
      query.result,
      batch.from,
      limitsOf(switches, batch, firstRows),
      rowWriter(query.result.columns, switches),
    )
    yield '{"data":['
    let pending = ''
    let separator = ''
    let row = rows.next()
    for (; !row.done; row = rows.next()) {
      pending += separator + row.value
      separator = ','
      if (pending.length < chunkLength) continue
      yield pending
      pending = ''
    }
    yield `${pending}],${JSON.stringify(trailer(org, batch, row.value, startTime)).slice(1)}`
  }

  return {
    status: 200,
    headers: { 'content-type': 'application/json;charset=UTF-8', 'x-trace-id': query.id },
    body: { chunks: body },
  }
}

const chunkLength = 65_536

function limitsOf(switches: Data360Switches, { query, number }: Batch, firstRows: number): PageLimits {
  const { batchRows, batchSizes } = switches
  const part =
    batchSizes === 'varied' ? 0.5 + (hash32(number, query.id.length, query.openedAt % 2 ** 31) % 500) / 1_000 : 1
  return { rows: Math.max(1, Math.min(firstRows, Math.ceil(batchRows * part))), bytes: query.batchBytes }
}

/** Everything behind the rows. Sample 3 of the transcript help has these members. */
function trailer(org: OrgState, batch: Batch, end: PageEnd, startTime: string): object {
  const { switches, batches } = org.data360
  const { query, number } = batch
  const more = followsMore(query.result, switches, end)
  const id = batchId(switches, number + 1)
  if (more) batches.put(id, { query, number: number + 1, from: end.next, offeredAt: org.clock.now() })
  const doneId = switches.doneBatchId === 'absent' ? {} : { nextBatchId: switches.doneBatchId === 'empty' ? '' : id }
  return {
    startTime,
    endTime: new Date(org.clock.now()).toISOString(),
    rowCount: end.rows,
    queryId: query.id,
    ...(more ? { nextBatchId: id } : doneId),
    done: !more,
    metadata: metadataOf(query.result, switches),
  }
}

/** Article 002780536: a batch that ended at its limit is followed by another, even if by an empty one. */
function followsMore(result: Result, { emptyLastBatch }: Data360Switches, end: PageEnd): boolean {
  if (emptyLastBatch === 'always') return end.rows > 0
  if (!end.full || emptyLastBatch === 'when-full') return end.full
  for (const _ of result.rows(end.next)) return true
  return false
}

/** Article 005384667: ids change from UUIDs to `{base64 node}_{uuid}_{chunk}`. */
function batchId({ batchIds }: Data360Switches, number: number): string {
  return batchIds === 'uuid' ? randomUUID() : `MTAuMjIuNDguODY6NzQ4NA_${randomUUID()}_${number}`
}

/** Types and their numbers of java.sql.Types. */
const types: Readonly<Record<SqlType, readonly [type: string, typeCode: number]>> = {
  varchar: ['VARCHAR', 12],
  timestamptz: ['TIMESTAMP WITH TIME ZONE', 2014],
  numeric: ['DECIMAL', 3],
  bigint: ['BIGINT', -5],
  boolean: ['BOOLEAN', 16],
}

function metadataOf({ columns }: Result, { metadataOrder, timestamps }: Data360Switches): object {
  const entries = columns.map(({ name, type }, placeInOrder) => {
    // Samples with the other spelling of timestamps have another type.
    const [word, typeCode] = type === 'timestamptz' && timestamps !== 'utc' ? ['TIMESTAMP', 93] : types[type]
    return [name, { type: word, placeInOrder, typeCode }] as const
  })
  // The sample's members are in another order than its columns.
  const shuffled = metadataOrder === 'shuffled' ? entries.toSorted(([a], [b]) => order(a) - order(b)) : entries
  return Object.fromEntries(shuffled)
}

function order(name: string): number {
  return [...name].reduce((hash, letter) => hash32(hash, letter.charCodeAt(0)), 1)
}
