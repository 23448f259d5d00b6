import type { Conversation, Window } from '@custody/model'
import { expect, test } from 'vitest'
import { countWindow } from './count-window.ts'
import { recount } from './recount.ts'
import { census } from './source.ts'
import { conversationRow, id, type QueryDocument, queryOrg, sessionRow } from './testing/query-org.ts'

const window: Window = { from: '2026-10-01T00:00:00.000Z', to: '2026-10-01T01:00:00.000Z' }

test('counts a window without reading a row', async () => {
  const rows = [conversationRow(1, 0, 10), conversationRow(2, 50, null), conversationRow(3, 70, 80)]
  const MessagingSession = [
    sessionRow(1, rows[0] ?? null, 0, 10),
    sessionRow(2, null, 0, 10),
    sessionRow(3, null, 80, 90),
  ]
  const org = queryOrg({ tables: { Conversation: rows, MessagingSession } })
  expect(await countWindow({ org, window })).toEqual({
    conversations: 2,
    outlyingSessions: 0,
    sessions: 2,
    sessionsWithoutConversation: 1,
  })
  expect(org.asked.every((soql) => soql.startsWith('SELECT COUNT() '))).toBe(true)
})

test('reads the sessions of one conversation again', async () => {
  const row = conversationRow(1, 0, 10)
  const counts = { EndUserMessageCount: 2 }
  const MessagingSession = [sessionRow(1, row, 0, 10, counts), sessionRow(2, conversationRow(2, 0, 10), 0, 10)]
  const org = queryOrg({ tables: { Conversation: [row], MessagingSession } })
  const first = await census({ org, window })().next()
  const conversation = first.value?.records[0] as Conversation
  counts.EndUserMessageCount = 5
  MessagingSession[0] = sessionRow(1, row, 0, 10, counts)
  const again = await recount({ org })(conversation)
  expect(again).toEqual({ ...conversation, sessions: [{ ...conversation.sessions[0], endUserMessageCount: 5 }] })
  expect(again.sessions.map(({ recordId }) => recordId)).toEqual([id('0Mw', 1)])
})

test('tells of a session that is given no longer, and keeps it', async () => {
  const row = conversationRow(1, 0, 10)
  const MessagingSession = [sessionRow(1, row, 0, 10)]
  const org = queryOrg({ tables: { Conversation: [row], MessagingSession } })
  const first = await census({ org, window })().next()
  const conversation = first.value?.records[0] as Conversation
  MessagingSession.pop()
  const rejects: unknown[] = []
  expect(await recount({ org })(conversation, undefined, (reject) => rejects.push(reject))).toEqual(conversation)
  expect(rejects).toMatchObject([{ code: 'SESSION_VANISHED', subject: { id: id('0Mw', 1) } }])
})

test('refuses to count less than there is', async () => {
  const row = conversationRow(1, 0, 10)
  const answer = (document: QueryDocument): QueryDocument => ({ ...document, totalSize: 3 })
  const org = queryOrg({ tables: { MessagingSession: [sessionRow(1, row, 0, 10)] }, answer })
  const conversation = { identifier: 'c', recordId: id('0dw', 1) } as Conversation
  await expect(recount({ org })(conversation)).rejects.toMatchObject({ code: 'CENSUS_SHORT' })
})

test('needs a record id to recount', async () => {
  const conversation = { identifier: 'c', recordId: null } as Conversation
  await expect(recount({ org: queryOrg({ tables: {} }) })(conversation)).rejects.toMatchObject({
    code: 'CENSUS_RECORD_ID_UNKNOWN',
  })
})
