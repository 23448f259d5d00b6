import { clientCredentials, createTokenProvider } from '@custody/auth'
import { type EmulatorOptions, type Scenario, startEmulator } from '@custody/emulator'
import { createActiveConversations, createOrgClient } from '@custody/http'
import { type Conversation, parseJson } from '@custody/model'
import type { Batch } from '@custody/pipeline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { entries } from './source.ts'
import { conversation } from './testing/entry-server.ts'

/** Archives a small org over HTTP and compares with what it says it holds. */
async function compare(options: EmulatorOptions, recordLimit = 1000) {
  const org = await startEmulator({
    conversations: 25,
    longEntries: 250,
    limits: { entriesPerMinute: 1_000_000 },
    ...options,
  })
  const client = createOrgClient({
    tokens: createTokenProvider({ user: 'test', loginUrl: org.url, grant: clientCredentials(org.credentials) }),
    limits: { 'conversation-entries': null },
    retry: { baseDelayMs: 1, maxDelayMs: 1 },
    parseJson,
  })
  onTestFinished(async () => {
    await client.close()
    await org.close()
  })
  const records = Array.from(org.truth.conversations(org.window), (held) =>
    conversation(held.conversationIdentifier, 2),
  )
  const stage = entries({
    org: client,
    window: org.window,
    activeConversations: createActiveConversations(),
    recordLimit,
  })
  const source = (async function* (): AsyncGenerator<Batch<Conversation>> {
    yield { records, rejects: [] }
  })()
  const { value: batch } = await stage(source).next()
  const refused = new Set(batch?.rejects.filter(({ within }) => !within).map(({ subject }) => subject.id))
  const held = [...org.truth.entries(org.window)]
    .filter((entry) => !refused.has(entry.conversationIdentifier))
    .map(({ entryId }) => entryId)
  const read = batch?.records.flatMap((record) => record.entries.map(({ entryId }) => entryId)) ?? []
  return {
    held: held.sort(),
    read: read.sort(),
    rejects: batch?.rejects ?? [],
    requests: batch?.records.reduce((sum, { delivered }) => sum + (delivered?.requests ?? 0), 0) ?? 0,
    conversations: records.length,
  }
}

describe('every entry comes exactly once over HTTP', () => {
  const paging = [
    { pageTokens: true },
    { pageTokens: true, pageCap: 7 },
    { pageTokens: false, pageCap: 100 },
    { pageTokens: false, recordLimit: 'ignored', defaultRecordLimit: 40 },
    { pageTokens: false, pageCap: 60, startTimestamp: 'exclusive', endTimestamp: 'exclusive' },
    { pageTokens: false, pageCap: 100, timestampUnit: 'seconds' },
    { pageTokens: false, recordLimit: 'ignored', defaultRecordLimit: 1000, timestamps: 'ignored' },
  ] as const
  const orders = ['ascending', 'descending', 'shuffled'] as const
  test.each(orders.flatMap((order) => paging.map((switches) => ({ order, ...switches }))))('%j', async (switches) => {
    const { held, read, rejects } = await compare({ switches })
    expect(rejects).toEqual([])
    expect(read).toEqual(held)
  })

  test('at one request a conversation, and one more in all, where tokens work', async () => {
    const { requests, conversations } = await compare({ longEntries: 10 })
    expect(requests).toBe(conversations + 1)
  })

  const entryFaults: readonly Scenario['rules'][] = [
    [
      {
        match: { endpoint: 'conversation-entries', page: 'next' },
        times: 'always',
        action: { type: 'duplicate-page' },
      },
    ],
    [{ match: { endpoint: 'conversation-entries' }, times: 5, action: { type: 'short-page', entries: 3 } }],
    [{ match: { endpoint: 'conversation-entries' }, times: 2, action: { type: 'empty-page' } }],
    [{ match: { endpoint: 'conversation-entries', nth: 3 }, action: { type: 'revoke-tokens' } }],
    [{ match: { endpoint: 'conversation-entries', nth: 4 }, times: 1, action: { type: 'truncate', how: 'cut' } }],
  ]
  test.each(entryFaults.map((rules) => [rules]))('with %j', async (rules) => {
    for (const pageTokens of [true, false]) {
      const { held, read, rejects } = await compare({ scenario: { rules: rules ?? [] }, switches: { pageTokens } }, 20)
      expect(rejects).toEqual([])
      expect(read).toEqual(held)
    }
  })
})

describe('what cannot be had is told', () => {
  test('a conversation whose token leads back', async () => {
    const rules = [
      { match: { endpoint: 'conversation-entries', page: 'next' }, times: 'always', action: { type: 'repeat-token' } },
    ] as const
    const { held, read, rejects } = await compare({ scenario: { rules } }, 20)
    expect(rejects.length).toBeGreaterThan(0)
    expect(new Set(rejects.map(({ code }) => code))).toEqual(new Set(['ENTRIES_PAGE_LOOP']))
    expect(read).toEqual(held)
  })

  test('a conversation with more equal times than a page holds', async () => {
    const { held, read, rejects } = await compare(
      {
        scenario: { world: { ties: ['long'] } },
        switches: { pageTokens: false },
      },
      100,
    )
    expect(rejects).toMatchObject([{ code: 'ENTRIES_TIES_EXCEED_PAGE' }])
    expect(read).toEqual(held)
  })
})
