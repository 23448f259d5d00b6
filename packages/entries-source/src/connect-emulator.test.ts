import { clientCredentials, createTokenProvider } from '@custody/auth'
import { type EmulatorOptions, type Org, type Scenario, startEmulator, type TrueEntry } from '@custody/emulator'
import { createActiveConversations, createOrgClient, defaultLimits } from '@custody/http'
import { type Conversation, parseJson } from '@custody/model'
import type { Batch } from '@custody/pipeline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connectEntries, readConnectEntries } from './connect.ts'
import { entries } from './source.ts'
import { conversation } from './testing/entry-server.ts'

async function start(options: EmulatorOptions) {
  const org = await startEmulator({
    conversations: 25,
    longEntries: 150,
    limits: { entriesPerMinute: 1_000_000, connectPerHour: 1_000_000, connectPerDay: 1_000_000 },
    ...options,
  })
  const client = createOrgClient({
    tokens: createTokenProvider({ user: 'test', loginUrl: org.url, grant: clientCredentials(org.credentials) }),
    limits: { 'conversation-entries': null, connect: null },
    retry: { baseDelayMs: 1, maxDelayMs: 1, attempts: 4 },
    parseJson,
  })
  onTestFinished(async () => {
    await client.close()
    await org.close()
  })
  return { org, client, window: org.window, activeConversations: createActiveConversations() }
}

type Started = Awaited<ReturnType<typeof start>>

/** The census of the emulator, with its counts and its bot. */
function census({ truth, window }: Org): readonly Conversation[] {
  const counted = new Map<string, number>()
  for (const { conversationIdentifier: id, isMessage, role } of truth.entries()) {
    if (isMessage && (role === 'Agent' || role === 'EndUser')) counted.set(id, (counted.get(id) ?? 0) + 1)
  }
  return Array.from(truth.conversations(window), ({ conversationIdentifier: id }) => ({
    ...conversation(id, counted.get(id) ?? 0),
    participants: [{ role: 'bot', displayName: 'Bot', recordId: null, joinedAt: null, leftAt: null }],
  }))
}

async function run(stage: ReturnType<typeof entries>, records: readonly Conversation[]): Promise<Batch<Conversation>> {
  const source = (async function* (): AsyncGenerator<Batch<Conversation>> {
    yield { records, rejects: [] }
  })()
  for await (const batch of stage(source)) return batch
  throw new Error('No batch')
}

async function readAll(started: Started, recordLimit: number) {
  const { org, client, window, activeConversations } = started
  const batch = await run(connectEntries({ org: client, window, activeConversations, recordLimit }), census(org))
  const refused = new Set(batch.rejects.filter(({ within }) => !within).map(({ subject }) => subject.id))
  const held = (given: (entry: TrueEntry) => boolean): readonly string[] =>
    [...org.truth.entries(window)]
      .filter((entry) => entry.isMessage && !refused.has(entry.conversationIdentifier) && given(entry))
      .map(({ entryId }) => entryId)
      .sort()
  const read = batch.records.flatMap((record) => record.entries.map(({ entryId }) => entryId)).sort()
  const whole = batch.rejects.filter(({ code }) => !code.startsWith('CONNECT_'))
  return { ...batch, held, read, whole }
}

describe('every message comes exactly once over HTTP', () => {
  const switches = [
    {},
    { connectOrder: 'shuffled' },
    { startTimestamp: 'exclusive', endTimestamp: 'exclusive' },
    { connectEscaped: false },
  ] as const
  test.each(switches.flatMap((one) => [1000, 20].map((recordLimit) => [one, recordLimit] as const)))(
    '%j, %i at a time',
    async (switches, recordLimit) => {
      const { held, read, whole } = await readAll(await start({ switches }), recordLimit)
      expect(whole).toEqual([])
      expect(read).toEqual(held(({ role }) => role !== 'Chatbot'))
    },
  )

  const faults: readonly NonNullable<Scenario['rules']>[] = [
    [{ match: { endpoint: 'connect' }, times: 5, action: { type: 'short-page', entries: 3 } }],
    [{ match: { endpoint: 'connect' }, times: 1, action: { type: 'empty-page' } }],
    [{ match: { endpoint: 'connect', nth: 3 }, action: { type: 'revoke-tokens' } }],
    [{ match: { endpoint: 'connect', nth: 4 }, times: 1, action: { type: 'truncate', how: 'cut' } }],
  ]
  test.each(faults.map((rules) => [rules]))('with %j', async (rules) => {
    const { held, read, whole } = await readAll(await start({ scenario: { rules } }), 20)
    expect(whole).toEqual([])
    expect(read).toEqual(held(({ role }) => role !== 'Chatbot'))
  })

  test('or the conversation is refused, with more equal times than a page holds', async () => {
    const { held, read, whole } = await readAll(await start({ scenario: { world: { ties: ['long'] } } }), 100)
    expect(whole).toMatchObject([{ code: 'ENTRIES_TIES_EXCEED_PAGE' }])
    expect(read).toEqual(held(({ role }) => role !== 'Chatbot'))
  })
})

describe('what Connect lacks', () => {
  test('is told of each conversation once: bots, and messages that are no plain text', async () => {
    const { records, rejects } = await readAll(await start({}), 1000)
    const told = (code: string) => rejects.filter((reject) => reject.code === code).map(({ within }) => within?.id)
    const wordless = records.filter(({ entries }) => entries.some(({ text }) => text === null))
    expect(wordless.length).toBeGreaterThan(5)
    expect(told('CONNECT_TEXT_ONLY')).toEqual(wordless.map(({ identifier }) => identifier))
    expect(told('CONNECT_WITHOUT_BOTS')).toEqual(records.map(({ identifier }) => identifier))
  })

  test('is not told of an org that gives it', async () => {
    const { held, read, rejects } = await readAll(await start({ switches: { connectBots: true } }), 1000)
    expect(read).toEqual(held(() => true))
    // Some conversations have no bot although the census of this test says so.
    expect(rejects.filter(({ code }) => code === 'CONNECT_WITHOUT_BOTS').length).toBeLessThan(25)
  })

  test('is nothing of the text: it reads as that of the Conversation Data API', async () => {
    const { org, client, window, activeConversations } = await start({})
    const options = { org: client, window, activeConversations }
    const rich = await run(entries(options), census(org))
    const poor = await run(connectEntries(options), census(org))
    const texts = new Map(
      rich.records.flatMap((one) => one.entries.map(({ entryId, text }) => [entryId, text] as const)),
    )
    const read = poor.records.flatMap((record) => record.entries).filter(({ text }) => text !== null)
    expect(read.length).toBeGreaterThan(100)
    for (const { entryId, text } of read) expect(text).toBe(texts.get(entryId))
  })
})

describe('limits', () => {
  test('of the day end the run at once, and are not waited for', async () => {
    const { org, client, window, activeConversations } = await start({ limits: { connectPerDay: 10 } })
    const stage = connectEntries({ org: client, window, activeConversations, concurrency: 1 })
    await expect(run(stage, census(org))).rejects.toMatchObject({ code: 'HTTP_429', allowance: 'day' })
    expect(org.calls.connect.count).toBe(11)
  })

  test('of the hour are known to the client: nine in ten of a thousand', () => {
    expect(defaultLimits.connect).toMatchObject({ limit: 1_000, windowMs: 3_600_000, share: 0.9 })
  })
})

describe('as a fallback', () => {
  const rules = [
    {
      match: { endpoint: 'conversation-entries', conversation: 3 },
      times: 'always',
      action: { type: 'status', status: 500 },
    },
  ] as const

  test('it gives the one conversation that is not to be had, and it is told', async () => {
    const { org, client, window, activeConversations } = await start({ scenario: { rules } })
    const options = { org: client, window, activeConversations }
    const given = census(org)
    const without = await run(entries(options), given)
    expect(without.rejects).toMatchObject([{ code: 'ENTRIES_UNAVAILABLE' }])
    expect(org.calls.connect.count).toBe(0)

    const { records, rejects } = await run(entries({ ...options, fallback: readConnectEntries(options) }), given)
    const { id } = without.rejects[0]?.subject ?? {}
    expect(records).toHaveLength(given.length)
    expect(rejects[0]).toMatchObject({ code: 'ENTRIES_BY_FALLBACK', within: { id } })
    for (const { identifier, entries } of records) {
      const source = identifier === id ? 'connect' : 'conversation-data'
      expect(new Set(entries.map((entry) => entry.source))).toEqual(new Set([source]))
    }
  })
})
