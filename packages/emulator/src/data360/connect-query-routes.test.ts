import { expect, test } from 'vitest'
import type { WireAnswer } from '../testing/data360-client.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { withData360 } from '../testing/with-data360.ts'

const entry = 'ssot__ConversationEntry__dlm'
const sql = `SELECT ssot__Id__c AS id, ssot__PayloadText__c AS payload FROM ${entry} ORDER BY ssot__ConversationId__c, ssot__Id__c`

type Json = Readonly<Record<string, unknown>>
const statusOf = ({ body }: WireAnswer): Json => (body['status'] ?? body) as Json
const rowsOf = ({ body }: WireAnswer): readonly (readonly unknown[])[] =>
  body['data'] as readonly (readonly unknown[])[]

test.each(['slash', 'encoded', 'underscore'] as const)(
  'every row comes by pages cut by bytes; ids: %s',
  async (queryIds) => {
    await withData360({ data360: { queryIds, firstPageRows: 50, pageBytes: 30_000 } }, async (client, org) => {
      const first = await client.connect('POST', '/query-sql?dataspace=default', { sql })
      expect(statusOf(first)).toMatchObject({ completionStatus: 'Running', rowCount: rowsOf(first).length })
      expect(first.body['metadata']).toEqual([
        { name: 'id', type: 'Varchar', nullable: true },
        { name: 'payload', type: 'Varchar', nullable: true },
      ])
      const queryId = String(statusOf(first)['queryId'])
      expect(queryId).toMatch({ slash: /=*\/[0-9a-f-]{36}$/, encoded: /%2F/, underscore: /_/ }[queryIds])
      const path = `/query-sql/${encodeURIComponent(queryId)}`
      let status = statusOf(await client.connect('GET', `${path}?dataspace=default&waitTimeMs=10000`))
      while (status['completionStatus'] === 'Running') status = statusOf(await client.connect('GET', path))
      const found = [...rowsOf(first)]
      let pages = 0
      while (found.length < Number(status['rowCount'])) {
        const page = await client.connect(
          'GET',
          `${path}/rows?dataspace=default&rowLimit=100000&offset=${found.length}&omitSchema=true`,
        )
        expect(page.body['returnedRows']).toBe(rowsOf(page).length)
        expect(page.body).not.toHaveProperty('metadata')
        found.push(...rowsOf(page))
        pages += 1
      }
      expect(pages).toBeGreaterThan(3)
      const held = Array.from(org.truth.entries(), ({ entryId }) => entryId)
      expect(found.map(([id]) => String(id)).toSorted()).toEqual(held.toSorted())
      const beyond = await client.connect('GET', `${path}/rows?dataspace=default&offset=${found.length}`)
      expect(beyond.status).toBe(400)
      expect(beyond.text).toContain('out of range')
    })
  },
)

test('a small result is complete at once; a status stands at the top or below', async () => {
  for (const getStatus of ['top-level', 'nested'] as const) {
    await withData360({ data360: { getStatus } }, async (client) => {
      const first = await client.connect('POST', '/query-sql', { sql: `${sql} LIMIT 3` })
      expect(statusOf(first)).toMatchObject({ completionStatus: 'ResultsProduced', rowCount: 3 })
      const { body } = await client.connect(
        'GET',
        `/query-sql/${encodeURIComponent(String(statusOf(first)['queryId']))}`,
      )
      expect('status' in body).toBe(getStatus === 'nested')
      expect((body['status'] ?? body) as Json).toMatchObject({ completionStatus: 'Finished', rowCount: 3 })
    })
  }
})

test('errors are lists, and what is wrong with a statement is JSON in a text', async () => {
  await withData360({ data360: { connectErrorStatus: 500 } }, async (client) => {
    const refused = await client.connect('POST', '/query-sql', { sql: 'SELECT x FROM nothing__dlm' })
    expect(refused.status).toBe(500)
    const [error] = refused.body as unknown as { errorCode: string; message: string }[]
    expect(error?.errorCode).toBe('BAD_REQUEST')
    expect(JSON.parse(error?.message ?? '')).toMatchObject({
      primaryMessage: 'table "nothing__dlm" does not exist',
      sqlState: '42P01',
    })
    const stranger = await client.connect('POST', '/query-sql', { query: 'x' })
    expect(stranger.body).toEqual([{ errorCode: 'JSON_PARSER_ERROR', message: 'Unrecognized field "query"' }])
    expect((await client.connect('GET', '/query-sql/unknown')).status).toBe(404)
    expect((await client.connect('GET', '/query-sql/unknown/rows?offset=0')).status).toBe(404)
    expect((await client.connect('POST', '/query-sql', { sql, rowLimit: 0 })).status).toBe(400)
  })
})

test('results are kept for a day, and can be cancelled', async () => {
  const clock = manualClock()
  const limits = { tokenLifetimeMs: 10 * 86_400_000 }
  await withData360({ clock, limits }, async (client) => {
    const submit = async () =>
      `/query-sql/${encodeURIComponent(String(statusOf(await client.connect('POST', '/query-sql', { sql }))['queryId']))}`
    const path = await submit()
    clock.advance(86_399_999)
    expect((await client.connect('GET', path)).status).toBe(200)
    clock.advance(1)
    expect((await client.connect('GET', path)).status).toBe(404)
    const other = await submit()
    expect((await client.connect('DELETE', other)).status).toBe(204)
    expect((await client.connect('GET', other)).status).toBe(404)
  })
})

test('data spaces are told apart: the other one is empty, a third does not exist', async () => {
  await withData360(
    { data360: { dataspaces: ['default', 'service'], conversationDataspace: 'service' } },
    async (client) => {
      const count = async (dataspace: string) => {
        const answer = await client.connect('POST', `/query-sql?dataspace=${dataspace}`, {
          sql: `SELECT COUNT(*) FROM ${entry}`,
        })
        return [answer.status, rowsOf(answer)?.[0]?.[0]]
      }
      expect(await count('default')).toEqual([200, 0])
      expect(await count('service')).toEqual([200, expect.toSatisfy((n: number) => n > 100)])
      expect(await count('nowhere')).toEqual([400, undefined])
    },
  )
})

test('Connect counts against the day, the tenant does not', async () => {
  await withData360({ limits: { apiRequestsPerDay: 2 } }, async (client) => {
    const statuses = []
    for (let k = 0; k < 3; k++) statuses.push((await client.connect('GET', '/metadata')).status)
    expect(statuses).toEqual([200, 200, 403])
    expect((await client.tenant('GET', '/api/v1/metadata')).status).toBe(200)
  })
})
