import { describe, expect, test } from 'vitest'
import type { Data360TestClient, WireAnswer } from '../testing/data360-client.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { withData360 } from '../testing/with-data360.ts'

const entry = 'ssot__ConversationEntry__dlm'
const sql = `SELECT ssot__Id__c AS id, ssot__TranscriptedDateTime__c AS at, ssot__SequenceNumber__c AS n FROM ${entry} ORDER BY ssot__ConversationId__c, ssot__Id__c`

interface Batch {
  readonly data: readonly (readonly unknown[])[]
  readonly rowCount: number
  readonly done: boolean
  readonly nextBatchId?: string
  readonly metadata: Readonly<Record<string, { placeInOrder: number; type: string; typeCode: number }>>
}

const batch = (answer: WireAnswer): Batch => answer.body as unknown as Batch

async function allBatches(client: Data360TestClient, statement = sql): Promise<Batch[]> {
  const batches = [batch(await client.tenant('POST', '/api/v2/query', { sql: statement }))]
  for (let last = batches.at(-1); last && !last.done; last = batches.at(-1)) {
    const answer = await client.tenant('GET', `/api/v2/query/${last.nextBatchId}`)
    expect(answer.status).toBe(200)
    batches.push(batch(answer))
  }
  return batches
}

test('every row comes once, in order, whatever the sizes of batches', async () => {
  await withData360({ conversations: 40, data360: { batchRows: 37, batchSizes: 'varied' } }, async (client, org) => {
    const batches = await allBatches(client)
    expect(new Set(batches.map(({ rowCount }) => rowCount)).size).toBeGreaterThan(2)
    for (const { data, rowCount } of batches) expect(data).toHaveLength(rowCount)
    const ids = batches.flatMap(({ data }) => data.map(([id]) => id))
    const held = Array.from(org.truth.entries(), ({ entryId }) => entryId)
    expect(ids.toSorted()).toEqual(held.toSorted())
    expect(new Set(ids).size).toBe(ids.length)
    expect(org.calls['data360-query'].count).toBe(1)
    expect(org.calls['data360-rows'].count).toBe(batches.length - 1)
  })
})

test('columns are in the order of placeInOrder, the metadata is not', async () => {
  await withData360({}, async (client) => {
    const wide = `SELECT ssot__Id__c, ssot__ConversationId__c, ssot__CreatedDate__c, ssot__Language__c, ssot__DurationSecondsCount__c FROM ${entry} LIMIT 1`
    const { data, metadata } = batch(await client.tenant('POST', '/api/v2/query', { sql: wide }))
    const places = Object.values(metadata).map(({ placeInOrder }) => placeInOrder)
    expect(places.toSorted()).toEqual([0, 1, 2, 3, 4])
    expect(places).not.toEqual([0, 1, 2, 3, 4])
    expect(metadata['ssot__CreatedDate__c']).toEqual({
      type: 'TIMESTAMP WITH TIME ZONE',
      placeInOrder: 2,
      typeCode: 2014,
    })
    expect(data[0]?.[2]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC$/)
  })
})

describe('the last batch', () => {
  const sizes = async (emptyLastBatch: 'when-full' | 'always' | 'never', limit: number) => {
    let found: number[] = []
    await withData360({ data360: { batchRows: 5, emptyLastBatch } }, async (client) => {
      found = (await allBatches(client, `${sql} LIMIT ${limit}`)).map(({ rowCount }) => rowCount)
    })
    return found
  }
  test('is empty behind a full one', async () => expect(await sizes('when-full', 10)).toEqual([5, 5, 0]))
  test('is not empty behind one that is not full', async () => expect(await sizes('when-full', 9)).toEqual([5, 4]))
  test('may always be empty', async () => expect(await sizes('always', 9)).toEqual([5, 4, 0]))
  test('may never be empty', async () => expect(await sizes('never', 10)).toEqual([5, 5]))
  test('of nothing is the first', async () => expect(await sizes('when-full', 0)).toEqual([0]))
})

test('batches end by bytes as well, with one row at least', async () => {
  await withData360({ data360: { batchBytes: 4_000 } }, async (client) => {
    const statement = `SELECT ssot__Id__c AS id, ssot__PayloadText__c AS payload FROM ${entry} ORDER BY ssot__ConversationId__c, ssot__Id__c LIMIT 60`
    const batches = await allBatches(client, statement)
    expect(batches.length).toBeGreaterThan(5)
    expect(batches.flatMap(({ data }) => data)).toHaveLength(60)
    for (const { data } of batches.slice(0, -1)) {
      expect(data.length).toBeGreaterThan(0)
      if (data.length > 1) expect(JSON.stringify(data).length).toBeLessThan(4_400)
    }
  })
})

describe('a batch id', () => {
  test('is good once', async () => {
    await withData360({ data360: { batchRows: 3 } }, async (client) => {
      const { nextBatchId } = batch(await client.tenant('POST', '/api/v2/query', { sql }))
      const path = `/api/v2/query/${nextBatchId}`
      expect([(await client.tenant('GET', path)).status, (await client.tenant('GET', path)).status]).toEqual([200, 404])
    })
  })

  test('may be good again, and gives the same batch', async () => {
    await withData360({ data360: { batchRows: 3, batchReuse: 'allowed', batchIds: 'node' } }, async (client) => {
      const { nextBatchId = '' } = batch(await client.tenant('POST', '/api/v2/query', { sql }))
      expect(nextBatchId).toMatch(/^[A-Za-z0-9]+_[0-9a-f-]{36}_1$/)
      const read = async () => batch(await client.tenant('GET', `/api/v2/query/${nextBatchId}`)).data
      expect(await read()).toEqual(await read())
    })
  })

  test.each([
    ['three minutes without a call', [180_001]],
    ['an hour in all', Array.from({ length: 21 }, () => 179_000)],
  ])('ends after %s', async (_, pauses) => {
    const clock = manualClock()
    await withData360({ clock, data360: { batchRows: 3 }, limits: { tokenLifetimeMs: 86_400_000 } }, async (client) => {
      let next = batch(await client.tenant('POST', '/api/v2/query', { sql })).nextBatchId
      const statuses = []
      for (const pause of pauses) {
        clock.advance(pause)
        const answer = await client.tenant('GET', `/api/v2/query/${next}`)
        statuses.push(answer.status)
        next = batch(answer).nextBatchId
      }
      expect(statuses).toEqual([...pauses.slice(1).map(() => 200), 404])
    })
  })

  test.each([
    ['absent', undefined],
    ['empty', ''],
    ['present', expect.stringMatching(/^[0-9a-f-]{36}$/)],
  ] as const)('of a batch that is done may be %s', async (doneBatchId, expected) => {
    await withData360({ data360: { doneBatchId } }, async (client) => {
      const { done, nextBatchId } = batch(await client.tenant('POST', '/api/v2/query', { sql }))
      expect([done, nextBatchId]).toEqual([true, expected])
    })
  })
})

test('limit and offset in the body are not looked at, or cut the first batch', async () => {
  const first = async (bodyLimit: 'ignored' | 'first-batch') => {
    let found: Batch | undefined
    await withData360({ data360: { bodyLimit } }, async (client) => {
      found = batch(await client.tenant('POST', '/api/v2/query', { sql, limit: 2, offset: 0 }))
    })
    return found
  }
  expect((await first('ignored'))?.rowCount).toBeGreaterThan(100)
  expect(await first('first-batch')).toMatchObject({ rowCount: 2, done: false })
})

test('wrong statements, bodies and paths are told in the words of the gateway', async () => {
  await withData360({}, async (client) => {
    const refused = await client.tenant('POST', '/api/v2/query', { sql: 'SELECT x FROM nothing__dlm' })
    expect(refused.status).toBe(400)
    expect(refused.body).toMatchObject({
      message: 'table "nothing__dlm" does not exist',
      path: '/api/v2/query',
      internalErrorCode: 'COMMON_ERROR_GENERIC',
      details: { sqlState: '42P01', errorSource: 'User' },
    })
    expect((await client.tenant('POST', '/api/v2/query', {})).status).toBe(400)
    expect((await client.tenant('GET', '/api/v2/query')).status).toBe(405)
    expect((await client.tenant('GET', '/api/v2/query/unknown')).status).toBe(404)
    expect((await client.tenant('GET', '/api/v9/query')).status).toBe(404)
  })
})

test('Arrow is asked for in vain, and that is said', async () => {
  await withData360({}, async (client) => {
    const answer = await client.tenant(
      'POST',
      '/api/v2/query',
      { sql: `${sql} LIMIT 1` },
      { 'enable-arrow-stream': 'true' },
    )
    expect(answer.headers.get('enable-arrow-stream')).toBe('false')
    expect(batch(answer).data).toHaveLength(1)
  })
})

test('over Connect it is the same', async () => {
  await withData360({ data360: { batchRows: 100 } }, async (client) => {
    const first = batch(await client.connect('POST', '/queryv2', { sql }))
    const second = batch(await client.connect('GET', `/queryv2/${first.nextBatchId}`))
    expect([first.rowCount, second.rowCount, first.done]).toEqual([100, 100, false])
  })
})
