import type { SendRequest } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import { v2Limits, wire } from './assumptions.ts'
import { endpoint, type QueryApi, type QueryApiOptions, ResultLost, type Row } from './query-api.ts'
import { readMetadata } from './read-metadata.ts'
import { submitted } from './refused-query.ts'
import { again } from './result.ts'
import { type Batch, readBatch } from './wire.ts'

/** Batches in a row that may bring no row: a server that never ends must not keep a run for ever. */
const maxFruitlessBatches = 3

/**
 * Query V2 on the tenant: `/api/v2/query`. Its batches can be read once, forward, and only for a while. When a batch is lost, or its
 * time has run out, the result is lost with it.
 */
export function createV2({ org, clock }: QueryApiOptions): QueryApi {
  const send = <T>(request: Omit<SendRequest<T>, 'endpoint' | 'origin'>): Promise<T> =>
    org.send({ ...request, origin: 'instance', endpoint })

  async function* runQuery(
    sql: string,
    columns: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<readonly Row[], void, undefined> {
    const parse = (document: unknown): Batch => readBatch(document, columns)
    const startedAt = clock.now()
    let batch = await submitted(sql, () =>
      again(() => send({ method: 'POST', path: wire.v2.path, body: { sql }, repeatable: true, parse, signal })),
    )
    const asked = new Set<string>()
    for (let fruitless = 0; ; ) {
      const answeredAt = clock.now()
      if (batch.rows.length > 0) yield batch.rows
      if (batch.done) return
      fruitless = batch.rows.length > 0 ? 0 : fruitless + 1
      const { nextBatchId } = batch
      if (nextBatchId === null) throw new ResultLost('A batch that is not the last leads nowhere')
      if (asked.has(nextBatchId)) throw new ResultLost('A batch leads back')
      if (fruitless === maxFruitlessBatches) throw new ResultLost('Batches bring nothing')
      const now = clock.now()
      if (now - answeredAt > v2Limits.betweenBatchesMs || now - startedAt > v2Limits.inAllMs) {
        throw new ResultLost('Its time has run out')
      }
      asked.add(nextBatchId)
      const path = `${wire.v2.path}/${encodeURIComponent(nextBatchId)}`
      // An id is good for one answer, whether that arrives or not.
      batch = await once(() => send({ method: 'GET', path, repeatable: false, parse, signal }), signal)
    }
  }

  return { runQuery, readMetadata: (signal) => readMetadata(org, wire.metadata.tenant, {}, signal) }
}

/** Whatever becomes of the call, it is not made again: but signing in, and stopping, is not about this result. */
async function once<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await call()
  } catch (error) {
    signal.throwIfAborted()
    if (!CustodyError.isInstance(error) || error.kind !== 'failure') throw error
    throw new ResultLost('A batch was lost', { cause: error })
  }
}
