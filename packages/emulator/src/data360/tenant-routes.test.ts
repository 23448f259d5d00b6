import { describe, expect, test } from 'vitest'
import { data360Scenarios } from '../faults/data360-scenarios.ts'
import { startEmulator } from '../start-emulator.ts'
import { connectData360 } from '../testing/data360-client.ts'
import { withData360 } from '../testing/with-data360.ts'

const entry = 'ssot__ConversationEntry__dlm'
const sql = `SELECT ssot__Id__c AS id FROM ${entry} ORDER BY ssot__ConversationId__c, ssot__Id__c`

describe('more than fifteen at the same time', () => {
  const slow = {
    scenario: {
      rules: [{ match: { endpoint: 'data360-metadata' }, times: 'always', action: { type: 'delay', ms: 60 } }],
    },
  } as const
  const burst = async (count: number, ask: () => Promise<{ status: number }>) => {
    const answers = await Promise.all(Array.from({ length: count }, ask))
    return answers.filter(({ status }) => status === 429).length
  }

  test('are refused, on the tenant and over Connect', async () => {
    await withData360(slow, async (client, org) => {
      expect(await burst(15, () => client.tenant('GET', '/api/v1/metadata'))).toBe(0)
      expect(org.data360.peakConcurrency).toBe(15)
      expect(await burst(20, () => client.tenant('GET', '/api/v1/metadata'))).toBe(5)
      expect(await burst(17, () => client.connect('GET', '/metadata'))).toBe(2)
      expect(org.data360.peakConcurrency).toBe(20)
      expect(org.calls['data360-metadata']).toMatchObject({ count: 52, refused: 7, peakConcurrency: 20 })
    })
  })

  test('are nothing to those who come one after the other', async () => {
    await withData360({}, async (client, org) => {
      for (let k = 0; k < 20; k++) expect((await client.tenant('GET', '/api/v1/metadata')).status).toBe(200)
      expect(org.data360.peakConcurrency).toBe(1)
    })
  })
})

describe('faults', () => {
  const second = async (scenario: string) => {
    const seen: { status: number; type: string | null; body: unknown }[] = []
    await withData360({ scenario }, async (client) => {
      let next = (await client.tenant('POST', '/api/v2/query', { sql })).body['nextBatchId']
      for (let k = 0; k < 3; k++) {
        const answer = await client.tenant('GET', `/api/v2/query/${String(next)}`)
        seen.push({ status: answer.status, type: answer.headers.get('content-type'), body: answer.body })
        next = answer.body['nextBatchId'] ?? next
      }
    })
    return seen
  }

  test('401 in the middle, in the words of the gateway', async () => {
    const seen = await second('data360-token-revoked')
    expect(seen.map(({ status }) => status)).toEqual([200, 401, 401])
    expect(seen[1]?.body).toMatchObject({
      error: 'Unauthorized',
      message: 'Authorization header verification failed',
      details: { statusCode: 401 },
    })
  })

  test('a cursor is gone', async () => {
    expect((await second('data360-cursor-lost')).map(({ status }) => status)).toEqual([200, 404, 404])
  })

  test('500 as a web page, after which the same id is still good', async () => {
    const seen = await second('data360-no-healthy-upstream')
    expect(seen.map(({ status }) => status)).toEqual([200, 500, 200])
    expect(seen[1]?.type).toContain('text/html')
  })
})

test('every scenario of Data 360 says what it is and starts', async () => {
  for (const [name, { description, outcome }] of Object.entries(data360Scenarios)) {
    expect(description, name).toMatch(/\S/)
    const org = await startEmulator({ scenario: name })
    if (outcome !== 'failed') {
      const client = await connectData360(org)
      const base = client.tenantUrl.startsWith('http') ? client : undefined
      expect((await (base ?? client).connect('GET', '/metadata')).status, name).toBe(200)
    }
    await org.close()
  }
})

test('metadata shows objects with their fields and keys', async () => {
  await withData360({}, async (client) => {
    const names = async (answer: Promise<{ body: unknown }>) =>
      ((await answer).body as { metadata: { name: string }[] }).metadata.map(({ name }) => name)
    const all = await names(client.tenant('GET', '/api/v1/metadata'))
    expect(all).toHaveLength(5)
    expect(await names(client.connect('GET', '/metadata'))).toEqual(all)
    expect(await names(client.connect('GET', '/metadata-entities'))).toEqual(all)
    expect(await names(client.tenant('GET', `/api/v1/metadata?entityName=${entry}`))).toEqual([entry])
    expect(await names(client.tenant('GET', '/api/v1/metadata?entityType=CalculatedInsight'))).toEqual([])
    const [object] = ((await client.tenant('GET', `/api/v1/metadata?entityName=${entry}`)).body['metadata'] ?? []) as {
      fields: unknown[]
    }[]
    expect(object).toMatchObject({
      displayName: 'Conversation Entry',
      primaryKeys: [{ name: 'ssot__Id__c' }],
      fields: expect.arrayContaining([
        { name: 'ssot__PayloadText__c', displayName: 'Payload Text', type: 'STRING' },
        { name: 'ssot__CreatedDate__c', displayName: 'Created Date', type: 'DATE_TIME' },
        { name: 'KQ_Id__c', displayName: 'KQ_Id', type: 'STRING' },
      ]),
    })
  })
})

test.each([
  ['utc', /^"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC"$/],
  ['offset', /^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00"$/],
  ['zulu', /^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"$/],
] as const)('timestamps: %s', async (timestamps, pattern) => {
  await withData360({ data360: { timestamps } }, async (client) => {
    const { text } = await client.tenant('POST', '/api/v3/query', {
      sql: `SELECT ssot__CreatedDate__c FROM ${entry} LIMIT 1`,
    })
    expect(/"data":\[\[(.*?)\]\]/.exec(text)?.[1]).toMatch(pattern)
  })
})

test.each([
  ['number', '12345678901234567890.123456789012345678'],
  ['string', '"12345678901234567890.123456789012345678"'],
] as const)('decimals beyond a double, as a %s', async (decimals, expected) => {
  await withData360({ conversations: 120, data360: { decimals } }, async (client) => {
    const statement = `SELECT ssot__DurationSecondsCount__c FROM ${entry} WHERE ssot__DurationSecondsCount__c IS NOT NULL LIMIT 1`
    expect((await client.tenant('POST', '/api/v2/query', { sql: statement })).text).toContain(`[[${expected}]]`)
  })
})

test('a last page that is lost is lost from the counts as well', async () => {
  const options = {
    data360: { batchRows: 400, chunkRows: 400, firstPageRows: 400 },
    lossy: { data360: { lastPage: true } },
  } as const
  await withData360(options, async (client, org) => {
    const { entries } = org.truth.counts()
    const kept = Math.floor((entries - 1) / 400) * 400
    let answer = await client.tenant('POST', '/api/v2/query', { sql })
    let found = Number(answer.body['rowCount'])
    while (!answer.body['done']) {
      answer = await client.tenant('GET', `/api/v2/query/${String(answer.body['nextBatchId'])}`)
      found += Number(answer.body['rowCount'])
    }
    expect(found).toBe(kept)
    const { headers } = await client.tenant('POST', '/api/v3/query', { sql })
    const queryId = (JSON.parse(headers.get('x-hyperdb-status') ?? '{}') as { queryId: string }).queryId
    const status = await client.tenant('GET', `/api/v3/query/${queryId}`)
    expect(status.body['rowCount']).toBe(kept)
    const counted = await client.tenant('POST', '/api/v3/query', { sql: `SELECT COUNT(*) FROM ${entry}` })
    expect(counted.body['data']).toEqual([[entries]])
  })
})
