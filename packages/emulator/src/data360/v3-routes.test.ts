import { describe, expect, test } from 'vitest'
import type { Data360TestClient, WireAnswer } from '../testing/data360-client.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { withData360 } from '../testing/with-data360.ts'

const entry = 'ssot__ConversationEntry__dlm'
const sql = `SELECT ssot__Id__c AS id FROM ${entry} ORDER BY ssot__ConversationId__c, ssot__Id__c`
const path = '/api/v3/query'

type Json = Readonly<Record<string, unknown>>
const ofHeader = ({ headers }: WireAnswer): Json => JSON.parse(headers.get('x-hyperdb-status') ?? '{}') as Json
const rowsOf = ({ body }: WireAnswer): readonly unknown[] => body['data'] as readonly unknown[]
const idOf = (answer: WireAnswer): string => encodeURIComponent(String(ofHeader(answer)['queryId']))

/** Submits, waits until it is done, and gives the id and the last status. */
async function finished(
  client: Data360TestClient,
  body: object = {},
): Promise<{ id: string; status: Json; first: WireAnswer }> {
  const first = await client.tenant('POST', path, { sql, ...body })
  const id = idOf(first)
  let status = ofHeader(first)
  while (status['completionStatus'] === 'RUNNING_OR_UNSPECIFIED') {
    status = ofHeader(await client.tenant('GET', `${path}/${id}?waitTimeMs=10000`))
  }
  return { id, status, first }
}

test('a small result comes with the answer, complete', async () => {
  await withData360({}, async (client, org) => {
    const answer = await client.tenant('POST', path, { sql })
    const { entries } = org.truth.counts()
    expect(answer.body).toMatchObject({
      returnedRows: entries,
      metadata: { columns: [{ name: 'id', type: 'varchar', nullable: true }] },
    })
    expect(ofHeader(answer)).toMatchObject({
      completionStatus: 'RESULTS_PRODUCED',
      rowCount: entries,
      chunkCount: 1,
      progress: 1,
    })
    const later = await client.tenant('GET', `${path}/${idOf(answer)}`)
    expect(ofHeader(later)).toMatchObject({ completionStatus: 'FINISHED' })
    expect(later.body).toMatchObject({ completionStatus: 'FINISHED', rowCount: entries })
  })
})

describe('a large result', () => {
  const held = (org: { truth: { entries(): Iterable<{ entryId: string }> } }) =>
    Array.from(org.truth.entries(), ({ entryId }) => entryId).toSorted()

  test.each([false, true])('comes by chunks; the first may be empty: %s', async (emptyFirstChunk) => {
    await withData360({ data360: { chunkRows: 300, emptyFirstChunk } }, async (client, org) => {
      const { id, status, first } = await finished(client)
      expect(ofHeader(first)).toMatchObject({ completionStatus: 'RUNNING_OR_UNSPECIFIED' })
      const chunks = []
      for (let k = 0; k < Number(status['chunkCount']); k++) {
        chunks.push(rowsOf(await client.tenant('GET', `${path}/${id}/chunks/${k}?omitSchema=true`)))
      }
      expect(chunks[0]).toHaveLength(emptyFirstChunk ? 0 : 300)
      expect(chunks.flat(2).toSorted()).toEqual(held(org))
      expect((await client.tenant('GET', `${path}/${id}/chunks/${chunks.length}`)).status).toBe(400)
    })
  })

  test('comes by rows, cut by bytes, and ends out of range', async () => {
    await withData360({ data360: { chunkRows: 300 } }, async (client, org) => {
      const { id, status } = await finished(client)
      const found: unknown[] = []
      while (found.length < Number(status['rowCount'])) {
        const answer = await client.tenant('GET', `${path}/${id}/rows?offset=${found.length}&limit=500&byteLimit=9000`)
        expect(answer.body['returnedRows']).toBe(rowsOf(answer).length)
        expect(rowsOf(answer).length).toBeLessThan(500)
        found.push(...rowsOf(answer))
      }
      expect(found.flat().toSorted()).toEqual(held(org))
      const beyond = await client.tenant('GET', `${path}/${id}/rows?offset=${found.length}`)
      expect([beyond.status, beyond.text]).toEqual([400, expect.stringContaining('out of range')])
      expect((await client.tenant('GET', `${path}/${id}/rows`)).status).toBe(400)
      expect((await client.tenant('GET', `${path}/${id}/rows?offset=0&byteLimit=30000000`)).status).toBe(400)
    })
  })
})

test.each([
  ['ASYNC', 'rows'],
  ['ADAPTIVE', 'timeout'],
] as const)('%s with %s brings nothing at first', async (transferMode, adaptive) => {
  await withData360({ data360: { adaptive } }, async (client, org) => {
    const { first, status, id } = await finished(client, { transferMode })
    expect(first.body).toMatchObject({ data: null, returnedRows: 0 })
    expect(status['rowCount']).toBe(org.truth.counts().entries)
    expect(rowsOf(await client.tenant('GET', `${path}/${id}/chunks/0`))).toHaveLength(org.truth.counts().entries)
  })
})

test.each([
  ['header', true, false],
  ['body', false, true],
  ['both', true, true],
] as const)('a status is told in %s', async (statusIn, inHeader, inBody) => {
  await withData360({ data360: { statusIn } }, async (client) => {
    const first = await client.tenant('POST', path, { sql })
    const { queryId } = (first.body['status'] ?? ofHeader(first)) as { queryId: string }
    const answer = await client.tenant('GET', `${path}/${queryId}`)
    expect(answer.headers.has('x-hyperdb-status')).toBe(inHeader)
    expect('completionStatus' in answer.body).toBe(inBody)
  })
})

test('queryRowLimit, resultRange and parameters are kept to', async () => {
  await withData360({}, async (client) => {
    const ask = async (body: object) => (await client.tenant('POST', path, { sql, ...body })).body['returnedRows']
    expect(await ask({ queryRowLimit: 0 })).toBe(0)
    expect(await ask({ queryRowLimit: 7 })).toBe(7)
    expect(await ask({ resultRange: { rowLimit: 3 } })).toBe(3)
    const one = rowsOf(await client.tenant('POST', path, { sql: `${sql} LIMIT 1` })).flat()[0]
    const parameters = [{ type: 'varchar', value: one }]
    expect(await ask({ sql: `SELECT ssot__Id__c FROM ${entry} WHERE ssot__Id__c = ?`, parameters })).toBe(1)
  })
})

test.each([
  [{ sql: '' }, 400],
  [{ sql, transferMode: 'SYNC' }, 400],
  [{ sql, query: 'x' }, 400],
  [{ sql, queryRowLimit: 'many' }, 400],
  [{ sql, resultRange: { byteLimit: 99_000_000 } }, 400],
  [{ sql: 'SELECT' }, 400],
])('%j: %i', async (body, status) => {
  await withData360({ conversations: 8 }, async (client) => {
    expect((await client.tenant('POST', path, body)).status).toBe(status)
  })
})

test('cancelling always succeeds, and what was cancelled or has expired is gone', async () => {
  const clock = manualClock()
  await withData360({ clock, data360: { resultLifetimeMs: 60_000 } }, async (client) => {
    const { id } = await finished(client)
    expect((await client.tenant('GET', `${path}/${id}/metadata`)).body).toMatchObject({
      metadata: { columns: [{ name: 'id' }] },
    })
    const statuses = []
    for (const method of ['DELETE', 'DELETE', 'GET'])
      statuses.push((await client.tenant(method, `${path}/${id}`)).status)
    expect(statuses).toEqual([204, 204, 404])
    const other = await finished(client)
    clock.advance(60_000)
    expect((await client.tenant('GET', `${path}/${other.id}/rows?offset=0`)).status).toBe(404)
  })
})

test('a result is of the moment its query was sent', async () => {
  await withData360({ data360: { chunkRows: 50 } }, async (client, org) => {
    const { id, status } = await finished(client)
    const before = rowsOf(await client.tenant('GET', `${path}/${id}/rows?offset=0`))
    for (let conversation = 0; conversation < 5; conversation++) org.append(conversation)
    expect(rowsOf(await client.tenant('GET', `${path}/${id}/rows?offset=0`))).toEqual(before)
    expect((await finished(client)).status['rowCount']).toBe(Number(status['rowCount']) + 5)
  })
})
