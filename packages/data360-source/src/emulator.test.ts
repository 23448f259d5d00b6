import { clientCredentials, createData360TokenProvider, createTokenProvider } from '@custody/auth'
import { type EmulatorOptions, type Scenario, startEmulator } from '@custody/emulator'
import { createOrgClient } from '@custody/http'
import { type Conversation, parseJson } from '@custody/model'
import type { Clock } from '@custody/pipeline'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Data360Api, Data360Options } from './options.ts'
import { data360 } from './source.ts'

const apis = ['v3', 'connect', 'v2'] as const

/** Behind every window, and never waiting. */
const clock: Clock = { now: () => Date.UTC(2027, 0, 1), sleep: async () => undefined }

/** Reads a small org over HTTP, and says what it holds. */
async function read(api: Data360Api, options: EmulatorOptions = {}, own: Partial<Data360Options> = {}) {
  const org = await startEmulator({ conversations: 15, longEntries: 150, ...options })
  const orgTokens = createTokenProvider({ user: 'test', loginUrl: org.url, grant: clientCredentials(org.credentials) })
  const tokens = api === 'connect' ? orgTokens : createData360TokenProvider({ tokens: orgTokens })
  const client = createOrgClient({ tokens, retry: { baseDelayMs: 1, maxDelayMs: 1 }, parseJson })
  onTestFinished(async () => {
    await client.close()
    await org.close()
  })
  const records: Conversation[] = []
  const codes: string[] = []
  for await (const batch of data360({ api, org: client, window: org.window, clock, ...own })()) {
    records.push(...batch.records)
    codes.push(...batch.rejects.map(({ code }) => code))
  }
  const held = [...org.truth.entries(org.window)]
  return {
    org,
    records,
    codes,
    held: held.map(({ entryId }) => entryId).sort(),
    read: records.flatMap(({ entries }) => entries.map(({ entryId }) => entryId)).sort(),
    messages: held.filter(({ isMessage }) => isMessage).map(({ entryId, role }) => [entryId, role]),
  }
}

type Switches = NonNullable<EmulatorOptions['data360']>

const switches: Readonly<Record<Data360Api, readonly Switches[]>> = {
  v3: [
    {},
    { chunkRows: 50, emptyFirstChunk: true, runningPolls: 2 },
    { chunkRows: 70, adaptive: 'timeout', statusIn: 'body', runningStatus: 'RUNNING' },
    { chunkRows: 1_000, statusIn: 'header', timestamps: 'offset' },
    { tenantUrl: 'bare-host', dmoNames: 'std', timestamps: 'zulu', entryIds: 'record-id', entryTypes: 'upper' },
  ],
  connect: [
    {},
    { firstPageRows: 20, pageBytes: 20_000, runningPolls: 2 },
    { firstPageRows: 5, pageBytes: 1, getStatus: 'nested', queryIds: 'encoded' },
    { firstPageRows: 20, queryIds: 'slash', decimals: 'string', payloadText: 'plain', entryTypes: 'text' },
    { firstPageRows: 20, queryIds: 'underscore', dmoNames: 'both', payloadText: 'mixed' },
  ],
  v2: [
    {},
    { batchRows: 50, emptyLastBatch: 'always', doneBatchId: 'present', metadataOrder: 'shuffled' },
    { batchRows: 60, batchSizes: 'varied', batchIds: 'node', doneBatchId: 'empty' },
    { batchBytes: 20_000, emptyLastBatch: 'never', duplicateEveryNthEntry: 7 },
    { batchRows: 100, bodyLimit: 'first-batch', timestamps: 'offset' },
  ],
}

describe.each(apis)('every entry comes exactly once, over %s', (api) => {
  test.each(switches[api].map((data360) => [data360]))('with %j', async (data360) => {
    const { held, read: entries, codes } = await read(api, { data360 })
    expect(codes).toEqual([])
    expect(entries).toEqual(held)
  })

  test('with the words and the senders that the org has', async () => {
    const { records, messages, org } = await read(api)
    const sent = records.flatMap(({ entries }) => entries.filter(({ kind }) => kind === 'message'))
    const roles = new Map(sent.map(({ entryId, sender }) => [entryId, sender.role]))
    const expected = { EndUser: 'end-user', Agent: 'agent', Chatbot: 'bot' } as const
    for (const [entryId = '', role = ''] of messages) {
      if (role in expected)
        expect([entryId, roles.get(entryId)]).toEqual([entryId, expected[role as keyof typeof expected]])
    }
    expect(sent.length).toBe(messages.length)
    const identifiers = records.filter(({ entries }) => entries.length > 0).map(({ identifier }) => identifier)
    expect(identifiers.sort()).toEqual(
      Array.from(org.truth.conversations(org.window), (held) => held.conversationIdentifier).sort(),
    )
  })
})

type Rules = NonNullable<Scenario['rules']>

describe.each(apis)('what goes wrong on the way, over %s', (api) => {
  const small: Switches = { chunkRows: 40, firstPageRows: 10, pageBytes: 30_000, batchRows: 60 }
  const rules: readonly Rules[] = [
    [{ match: { endpoint: 'data360-rows', nth: 2 }, action: { type: 'revoke-tokens' } }],
    [{ match: { endpoint: 'data360-rows', nth: 3 }, action: { type: 'revoke-data360-tokens' } }],
    [{ match: { endpoint: 'data360-rows' }, times: 2, action: { type: 'status', status: 429 } }],
    [{ match: { endpoint: 'data360-rows', nth: 2 }, action: { type: 'status', status: 503, body: 'html' } }],
    [{ match: { endpoint: 'data360-rows', nth: 2 }, action: { type: 'truncate', how: 'cut' } }],
    [{ match: { endpoint: 'data360-rows', nth: 4 }, action: { type: 'reset', when: 'in-body' } }],
    [{ match: { endpoint: 'data360-query', nth: 2 }, action: { type: 'status', status: 500, body: 'text' } }],
    [{ match: { endpoint: 'data360-metadata' }, times: 'always', action: { type: 'status', status: 404 } }],
    [{ match: { endpoint: 'data360-cancel' }, times: 'always', action: { type: 'status', status: 404 } }],
  ]
  test.each(rules.map((rules) => [rules]))('costs nothing: %j', async (rules) => {
    const { held, read: entries, codes } = await read(api, { data360: small, scenario: { rules } })
    expect(codes).toEqual([])
    expect(entries).toEqual(held)
  })

  test('more requests at once than are let in wait their turn', async () => {
    const data360 = { ...small, concurrentRequests: 1 }
    const { held, read: entries } = await read(api, { data360 }, { readAhead: 5 })
    expect(entries).toEqual(held)
  })

  test('wall time under the label of UTC is read as what it is', async () => {
    const data360: Switches = { wallClockMinutes: -180 }
    const { held, read: entries, codes } = await read(api, { data360 }, { timestampsAre: 'America/Sao_Paulo' })
    expect(codes).toEqual([])
    expect(entries).toEqual(held)
  })

  test('entries of no conversation are told one by one', async () => {
    const { held, read: entries, codes } = await read(api, { data360: { orphanEveryNthEntry: 9 } })
    expect(codes.length).toBeGreaterThan(0)
    expect(new Set(codes)).toEqual(new Set(['ENTRY_WITHOUT_CONVERSATION']))
    expect(entries.length + codes.length).toBe(held.length)
  })

  test('sessions in place of conversations, and missing objects, lose no entry', async () => {
    const data360: Switches = {
      conversationIds: '0Mw',
      missingDmos: ['EngagementChannelParticipant', 'EngagementParticipantAppRole'],
    }
    const { held, read: entries, codes, records } = await read(api, { data360 })
    expect(codes).toEqual(['OBJECT_NOT_VISIBLE', 'OBJECT_NOT_VISIBLE'])
    expect(entries).toEqual(held)
    expect(records.every(({ sessions }) => sessions.length === 1)).toBe(true)
  })

  test('objects by other names are named', async () => {
    const names = { entry: 'ssot__Other__dlm' }
    await expect(read(api, {}, { names })).rejects.toMatchObject({
      code: 'DATA360_QUERY_REFUSED',
      message: expect.stringContaining('ssot__Other__dlm'),
    })
  })
})

test('all three give the same', async () => {
  const [v3, connect, v2] = await Promise.all(
    apis.map(async (api) => {
      const { records } = await read(api, { conversations: 12 })
      // Each org has a port of its own, and names it in its attachments.
      return JSON.parse(JSON.stringify(records).replaceAll(/127\.0\.0\.1:\d+/g, 'host')) as unknown
    }),
  )
  expect(connect).toEqual(v3)
  expect(v2).toEqual(v3)
})
