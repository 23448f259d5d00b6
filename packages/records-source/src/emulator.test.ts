import { clientCredentials, createTokenProvider } from '@custody/auth'
import { type EmulatorOptions, type Org, startEmulator } from '@custody/emulator'
import { createOrgClient, type HttpEvent } from '@custody/http'
import type { Conversation } from '@custody/model'
import type { Batch, Reject } from '@custody/pipeline'
import { fakeClock } from '@custody/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { countWindow } from './count-window.ts'
import { legacyTranscripts } from './legacy-transcripts.ts'
import { orgLimits } from './org-limits.ts'
import { recount } from './recount.ts'
import { sessionMetrics } from './session-metrics.ts'
import { type CensusOptions, census } from './source.ts'
import { surveyObjects } from './survey-objects.ts'

async function start(options: EmulatorOptions) {
  const org = await startEmulator(options)
  const requests = new Map<string, number>()
  const client = createOrgClient({
    tokens: createTokenProvider({ user: 'test', loginUrl: org.url, grant: clientCredentials(org.credentials) }),
    limits: { query: null },
    onEvent: (event: HttpEvent) => {
      if (event.type === 'request-end') requests.set(event.endpoint, (requests.get(event.endpoint) ?? 0) + 1)
    },
  })
  onTestFinished(async () => {
    await client.close()
    await org.close()
  })
  return { org, client, requests }
}

interface Found {
  readonly batches: readonly Batch<Conversation>[]
  readonly conversations: readonly Conversation[]
  readonly rejects: readonly Reject[]
}

async function take(options: CensusOptions): Promise<Found> {
  const batches: Batch<Conversation>[] = []
  for await (const batch of census(options)()) batches.push(batch)
  return {
    batches,
    conversations: batches.flatMap(({ records }) => records),
    rejects: batches.flatMap(({ rejects }) => rejects),
  }
}

function missing({ truth, window }: Org, found: readonly Conversation[]): readonly string[] {
  const identifiers = new Set(found.map(({ identifier }) => identifier))
  expect(identifiers.size).toBe(found.length)
  return Array.from(truth.conversations(window), (conversation) => conversation.conversationIdentifier).filter(
    (identifier) => !identifiers.has(identifier),
  )
}

test('every conversation with an entry in the window is found over HTTP, with all that belongs to it', async () => {
  const { org, client } = await start({ conversations: 700 })
  const { window } = org
  const { conversations, rejects } = await take({ org: client, window, pageSize: 200 })
  expect(missing(org, conversations)).toEqual([])
  expect(rejects).toEqual([])
  expect(
    conversations.every(
      ({ channelName, participants, sessions }) => channelName && participants.length && sessions.length,
    ),
  ).toBe(true)
  const endUsers = new Map(
    conversations.flatMap((conversation) => conversation.endUsers).map((user) => [user.recordId, user]),
  )
  for (const { recordId, name, platformKey } of org.truth.endUsers(window)) {
    expect(endUsers.get(recordId)).toMatchObject({ name, platformKey })
  }
  const counts = await countWindow({ org: client, window })
  expect(counts.conversations).toBeLessThanOrEqual(conversations.length)
  expect(counts.sessionsWithoutConversation).toBe(0)
  const [first] = conversations
  expect(await recount({ org: client })(first as Conversation)).toEqual(first)
})

test('goes on where it was stopped', async () => {
  const { org, client } = await start({ conversations: 700 })
  const whole = await take({ org: client, window: org.window })
  const after = whole.batches[1]?.checkpoint
  const rest = await take({ org: client, window: org.window, ...(after && { after }) })
  expect(rest.conversations).toEqual(whole.conversations.slice(400))
})

test('finds the same when the org loses its cursors', async () => {
  const { org, client } = await start({
    conversations: 700,
    scenario: {
      rules: [{ match: { endpoint: 'query', page: 'next' }, times: 'always', action: { type: 'lose-cursors' } }],
    },
  })
  const { conversations, rejects } = await take({ org: client, window: org.window, pageSize: 200 })
  expect(missing(org, conversations)).toEqual([])
  expect(rejects).toEqual([])
})

test('names the sessions that belong to no conversation', async () => {
  const { org, client } = await start({ conversations: 50, scenario: { world: { orphanSessions: 3 } } })
  const { conversations, rejects } = await take({ org: client, window: org.window })
  expect(missing(org, conversations)).toEqual([])
  expect(rejects.map(({ code }) => code)).toEqual(Array(3).fill('SESSION_WITHOUT_CONVERSATION'))
  expect((await countWindow({ org: client, window: org.window })).sessionsWithoutConversation).toBe(3)
})

test('finds the same by jobs, with few requests more', async () => {
  const { org, client, requests } = await start({ conversations: 1_000 })
  const { window } = org
  const byQueries = await take({ org: client, window })
  const queries = requests.get('query') ?? 0
  const byJobs = await take({
    org: client,
    window,
    bulk: { fromRows: 0, pageRows: 300 },
    clock: fakeClock({ auto: true }),
  })
  expect(byJobs.conversations).toEqual(byQueries.conversations)
  expect(byJobs.rejects).toEqual([])
  expect(missing(org, byJobs.conversations)).toEqual([])
  // Each batch of 200: sessions, participants, end users, contacts, calls. Channels and counts besides.
  expect((1_000 * queries) / byQueries.conversations.length).toBeLessThan(50)
  expect(requests.get('bulk-query')).toBeLessThan(40)
})

test('a job that Salesforce fails ends the run', async () => {
  const { org, client } = await start({
    conversations: 50,
    scenario: {
      rules: [{ match: { endpoint: 'bulk-job' }, times: 'always', action: { type: 'job-state', state: 'Failed' } }],
    },
  })
  const taking = take({ org: client, window: org.window, bulk: 'always', clock: fakeClock({ auto: true }) })
  await expect(taking).rejects.toMatchObject({ code: 'CENSUS_JOB_FAILED' })
})

test('surveys the org, and what is left of its limits', async () => {
  const { org, client } = await start({ conversations: 200 })
  const surveyed = await surveyObjects({ org: client, window: org.window })
  expect(surveyed.filter(({ visible }) => !visible)).toEqual([])
  expect(surveyed.find(({ object }) => object === 'LiveChatTranscript')?.apart).toBeGreaterThan(0)
  const { apiRequests } = await orgLimits({ org: client })
  expect(apiRequests?.remaining).toBeLessThan(apiRequests?.max ?? 0)
})

test('legacy chats and metrics come the same by queries and by jobs, and agree with their own counts', async () => {
  const { org, client } = await start({ conversations: 400 })
  const { window } = org
  const clock = fakeClock({ auto: true })
  const by = async (bulk: 'never' | 'always') => {
    const conversations: Conversation[] = []
    const rejects: Reject[] = []
    for await (const batch of legacyTranscripts({ org: client, window, bulk, clock })()) {
      conversations.push(...batch.records)
      rejects.push(...batch.rejects)
    }
    const metrics = []
    for await (const batch of sessionMetrics({ org: client, window, bulk, clock })()) {
      metrics.push(...batch.records)
      rejects.push(...batch.rejects)
    }
    return { conversations, metrics, rejects }
  }
  const byQueries = await by('never')
  const byJobs = await by('always')
  // Times are written in another way by either.
  const bare = ({ conversations, ...rest }: typeof byQueries) => ({
    ...rest,
    conversations: conversations.map(({ entries: [entry], ...conversation }) => ({
      ...conversation,
      text: entry?.text,
    })),
  })
  expect(bare(byJobs)).toEqual(bare(byQueries))
  expect(byJobs.rejects).toEqual([])
  expect(byJobs.metrics.length).toBeGreaterThan(0)
  expect(byJobs.conversations.length).toBeGreaterThan(0)
  for (const { sessions, delivered } of byJobs.conversations) {
    expect(delivered).toMatchObject({
      agentMessages: sessions[0]?.agentMessageCount,
      endUserMessages: sessions[0]?.endUserMessageCount,
    })
  }
})
