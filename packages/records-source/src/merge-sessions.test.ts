import type { Conversation, Session } from '@custody/model'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeSessions } from './merge-sessions.ts'

function session(n: number, agentMessageCount: number | null = 1, fields: Partial<Session> = {}): Session {
  return {
    recordId: `0Mw${n}`,
    status: 'Active',
    startTime: `2026-10-01T00:00:0${n}.000Z`,
    endTime: null,
    endUserId: null,
    agentMessageCount,
    endUserMessageCount: 2,
    ...fields,
  }
}

function conversation(...sessions: readonly Session[]): Conversation {
  return { identifier: 'c', recordId: '0dw', sessions } as unknown as Conversation
}

test('a session that is given no longer stays where it was, and is recorded', () => {
  const merged = mergeSessions(conversation(session(1), session(2)), [session(3), session(1)])
  expect(merged.conversation).toEqual(conversation(session(1), session(2), session(3)))
  expect(merged.rejects).toMatchObject([
    {
      code: 'SESSION_VANISHED',
      subject: { type: 'MessagingSession', id: '0Mw2' },
      within: { type: 'Conversation', id: 'c' },
    },
  ])
})

test.each([
  [5, 3, 5],
  [3, 5, 5],
  [0, null, 0],
  [null, 0, 0],
  [null, null, null],
])('of the counts %s and %s, %s stands', (before, now, stands) => {
  const { conversation: merged, rejects } = mergeSessions(conversation(session(1, before)), [session(1, now)])
  expect(merged.sessions).toEqual([session(1, stands)])
  expect(rejects).toEqual([])
})

test('all else is as it is now', () => {
  const now = session(1, 4, { status: 'Ended', endTime: '2026-10-01T01:00:00.000Z', endUserId: '0PA1' })
  expect(mergeSessions(conversation(session(1)), [now]).conversation.sessions).toEqual([now])
})

test('never is less counted than either time', () => {
  const count = fc.option(fc.nat(9))
  const sessions = fc
    .uniqueArray(fc.tuple(fc.nat(9), count), { selector: ([n]) => n })
    .map((counts) => counts.map(([n, count]) => session(n, count)))
  const total = (sessions: readonly Session[]): number =>
    sessions.reduce((sum, s) => sum + (s.agentMessageCount ?? 0), 0)
  fc.assert(
    fc.property(sessions, sessions, (before, now) => {
      const { sessions } = mergeSessions(conversation(...before), now).conversation
      expect(total(sessions)).toBeGreaterThanOrEqual(Math.max(total(before), total(now)))
      const ids = new Set([...before, ...now].map(({ recordId }) => recordId))
      expect(new Set(sessions.map(({ recordId }) => recordId))).toEqual(ids)
      expect(sessions).toHaveLength(ids.size)
    }),
  )
})
