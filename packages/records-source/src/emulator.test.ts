import { clientCredentials, createTokenProvider } from '@custody/auth'
import { type EmulatorOptions, type Org, startEmulator } from '@custody/emulator'
import { createOrgClient } from '@custody/http'
import type { Conversation } from '@custody/model'
import type { Batch, Reject } from '@custody/pipeline'
import { expect, onTestFinished, test } from 'vitest'
import { countWindow } from './count-window.ts'
import { recount } from './recount.ts'
import { type CensusOptions, census } from './source.ts'

async function start(options: EmulatorOptions) {
  const org = await startEmulator(options)
  const client = createOrgClient({
    tokens: createTokenProvider({ user: 'test', loginUrl: org.url, grant: clientCredentials(org.credentials) }),
    limits: { query: null },
  })
  onTestFinished(async () => {
    await client.close()
    await org.close()
  })
  return { org, client }
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
