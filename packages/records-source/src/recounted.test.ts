import type { Conversation } from '@custody/model'
import type { Batch } from '@custody/pipeline'
import { testStage } from '@custody/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recounted } from './recounted.ts'
import { conversationRow, id, type QueryDocument, queryOrg, sessionRow } from './testing/query-org.ts'
import { take } from './testing/take-census.ts'

async function run(
  stage: ReturnType<typeof recounted>,
  records: readonly Conversation[],
): Promise<Batch<Conversation>> {
  const source = (async function* () {
    yield { records, rejects: [] }
  })()
  for await (const batch of stage(source)) return batch
  throw new Error('No batch')
}

/** A conversation of two sessions, its census, and the org whose tables may change. */
async function counted() {
  const row = conversationRow(1, 0, 10)
  const MessagingSession = [sessionRow(1, row, 0, 10), sessionRow(2, row, 1, 10)]
  const org = queryOrg({ tables: { Conversation: [row], MessagingSession } })
  const { conversations } = await take(org)
  return { org, row, MessagingSession, conversations }
}

test('brings the sessions of every conversation up to date with one query', async () => {
  const rows = [conversationRow(1, 0, 10), conversationRow(2, 0, 10)]
  const MessagingSession = rows.map((row, n) => sessionRow(n, row, 0, 10))
  const org = queryOrg({ tables: { Conversation: rows, MessagingSession } })
  const { conversations } = await take(org)
  MessagingSession.push(sessionRow(2, rows[1] ?? null, 5, 10, { EndUserMessageCount: 7 }))
  const asked = org.asked.length
  const { records, rejects } = await run(recounted({ org }), conversations)
  expect(records.map(({ sessions }) => sessions.map(({ endUserMessageCount }) => endUserMessageCount))).toEqual([
    [2],
    [2, 7],
  ])
  expect(rejects).toEqual([])
  expect(org.asked).toHaveLength(asked + 1)
})

test('takes back neither a session nor a count', async () => {
  const { org, row, MessagingSession, conversations } = await counted()
  MessagingSession.splice(0, 2, sessionRow(2, row, 1, 10, { AgentMessageCount: null, EndUserMessageCount: 0 }))
  const { records, rejects } = await run(recounted({ org }), conversations)
  expect(records).toEqual(conversations)
  expect(rejects).toMatchObject([
    {
      stage: 'recount',
      code: 'SESSION_VANISHED',
      subject: { type: 'MessagingSession', id: id('0Mw', 1) },
      within: { type: 'Conversation', id: 'conversation-1' },
    },
  ])
})

test('records sessions that are announced and not given', async () => {
  const row = conversationRow(1, 0, 10)
  const tables = { Conversation: [row], MessagingSession: [sessionRow(1, row, 0, 10)] }
  const { conversations } = await take(queryOrg({ tables }))
  const answer = (document: QueryDocument): QueryDocument => ({ ...document, totalSize: 3 })
  const { rejects } = await run(recounted({ org: queryOrg({ tables, answer }) }), conversations)
  expect(rejects).toMatchObject([{ stage: 'recount', code: 'CENSUS_SHORT' }])
})

test('leaves alone what has no record id to ask by', async () => {
  const { org, conversations } = await counted()
  const unknown = conversations.map((conversation) => ({ ...conversation, recordId: null }))
  const asked = org.asked.length
  expect((await run(recounted({ org }), unknown)).records).toEqual(unknown)
  expect(org.asked).toHaveLength(asked)
})

test('refuses a wrong version before any request', () => {
  const org = queryOrg({ tables: {} })
  expect(() => recounted({ org, apiVersion: '66' })).toThrow(expect.objectContaining({ code: 'CENSUS_API_VERSION' }))
})

describe('the contract of a stage', () => {
  const rows = Array.from({ length: 20 }, (_, n) => conversationRow(n, 0, 10))
  // Every second one has a session by now, every third one's earlier session is gone.
  const tables = { MessagingSession: rows.flatMap((row, n) => (n % 2 === 0 ? [sessionRow(n, row, 0, 10)] : [])) }
  testStage<Conversation, Conversation>({
    test,
    stage: (outside) => recounted({ org: queryOrg({ tables, pageSize: 3, wait: (signal) => outside.call(signal) }) }),
    records: fc.nat(19).map(
      (n) =>
        ({
          identifier: `conversation-${n}`,
          recordId: id('0dw', n),
          sessions: n % 3 === 0 ? [{ recordId: `gone-${n}`, startTime: null, agentMessageCount: 1 }] : [],
        }) as unknown as Conversation,
    ),
    idOf: ({ identifier }) => identifier,
    idsOf: ({ identifier }) => [identifier],
  })
})
