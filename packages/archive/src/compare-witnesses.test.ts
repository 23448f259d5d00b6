import type { Conversation, Delivered, Session } from '@custody/model'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareWitnesses } from './compare-witnesses.ts'
import { sampleConversation, sampleSession, window } from './testing/sample-conversations.ts'

type Count = number | null

/** A conversation whose sessions count `expected` and whose source delivered `delivered`, agent first. */
function conversation(
  expected: readonly (readonly [agent: Count, endUser: Count])[],
  delivered: readonly [agent: number, endUser: number],
  changes: Partial<Conversation> = {},
  session: Partial<Session> = {},
): Conversation {
  return sampleConversation(1, {
    sessions: expected.map(([agentMessageCount, endUserMessageCount], index) =>
      sampleSession(index, window.from, { agentMessageCount, endUserMessageCount, ...session }),
    ),
    delivered: counts(delivered),
    ...changes,
  })
}

function counts([agentMessages, endUserMessages]: readonly [number, number], entriesInWindow = 9): Delivered {
  return { source: 'conversation-data', entries: 9, entriesInWindow, agentMessages, endUserMessages, requests: 1 }
}

const outcome = (conversation: Conversation): readonly [string, string | null] => {
  const { verdict, reason } = compareWitnesses(conversation)
  return [verdict, reason]
}

test.each([
  ['as many', [[2, 3]], [2, 3], 'matched', null],
  [
    'as many over several sessions',
    [
      [2, 0],
      [0, 3],
    ],
    [2, 3],
    'matched',
    null,
  ],
  ['none of either', [[0, 0]], [0, 0], 'matched', null],
  ['one agent message less', [[2, 3]], [1, 3], 'missing', 'fewer-than-census'],
  ['one end-user message less', [[2, 3]], [2, 2], 'missing', 'fewer-than-census'],
  ['one of each less', [[2, 3]], [1, 2], 'missing', 'fewer-than-census'],
  ['nothing at all', [[2, 3]], [0, 0], 'missing', 'fewer-than-census'],
  ['one agent message more', [[2, 3]], [3, 3], 'extra', 'more-than-census'],
  ['one end-user message more', [[2, 3]], [2, 4], 'extra', 'more-than-census'],
  ['one of each more', [[2, 3]], [3, 4], 'extra', 'more-than-census'],
  ['the same sum in other roles', [[2, 3]], [3, 2], 'differs', 'roles-differ'],
  ['many more of one, one less of the other', [[2, 3]], [99, 2], 'differs', 'roles-differ'],
] as const)('%s', (_, expected, delivered, verdict, reason) => {
  expect(outcome(conversation(expected, delivered))).toEqual([verdict, reason])
})

describe('who cannot be asked makes the verdict unknown', () => {
  test('the entry source was not asked', () => {
    expect(outcome(conversation([[1, 1]], [1, 1], { delivered: null }))).toEqual(['unknown', 'not-delivered'])
  })

  test.each([
    [null, 1],
    [1, null],
    [null, null],
  ] as const)('one of the sessions counts %o', (agent, endUser) => {
    const reconciliation = compareWitnesses(
      conversation(
        [
          [1, 1],
          [agent, endUser],
        ],
        [1, 1],
      ),
    )
    expect(reconciliation).toEqual({
      verdict: 'unknown',
      reason: 'session-without-count',
      expectedAgentMessages: agent === null ? null : 1 + agent,
      expectedEndUserMessages: endUser === null ? null : 1 + endUser,
    })
  })

  test('no session, with entries and without', () => {
    expect(outcome(conversation([], [1, 1]))).toEqual(['unknown', 'no-sessions'])
    expect(outcome(conversation([], [0, 0], { entries: [], delivered: { ...counts([0, 0], 0), entries: 0 } }))).toEqual(
      ['unknown', 'no-sessions'],
    )
  })
})

describe('a session that goes on is the reason for counts that do not agree', () => {
  test.each([
    ['Active', null, 'session-open'],
    ['Waiting', null, 'session-open'],
    ['New', null, 'session-open'],
    [null, null, 'session-open'],
    ['Ended', null, 'fewer-than-census'],
    ['Error', window.from, 'fewer-than-census'],
  ])('status %s, end %s: %s', (status, endTime, reason) => {
    expect(outcome(conversation([[2, 3]], [1, 3], {}, { status, endTime }))).toEqual(['missing', reason])
  })

  test('and none for counts that agree', () => {
    expect(outcome(conversation([[2, 3]], [2, 3], {}, { status: 'Active', endTime: null }))).toEqual(['matched', null])
  })
})

describe('excluded is said only when nothing can be missing', () => {
  const elsewhere = { continuedBefore: true, entries: [], delivered: counts([2, 3], 0) }

  test('all entries stand before the window, and the counts agree', () => {
    expect(outcome(conversation([[2, 3]], [2, 3], elsewhere))).toEqual(['excluded', 'no-entries-in-window'])
  })

  test('what is missing may belong to the window', () => {
    expect(outcome(conversation([[2, 4]], [2, 3], elsewhere))).toEqual(['missing', 'fewer-than-census'])
    expect(outcome(conversation([[2, null]], [2, 3], elsewhere))).toEqual(['unknown', 'session-without-count'])
  })

  test('one that began here and has entries later has a line', () => {
    const later = { ...elsewhere, continuedBefore: false, continuesAfter: true }
    expect(outcome(conversation([[2, 3]], [2, 3], later))).toEqual(['matched', null])
  })
})

test('always: matched or excluded exactly when both counts agree, and missing messages are never called matched or extra', () => {
  const count = fc.nat({ max: 4 })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(count, count), { minLength: 1, maxLength: 3 }),
      fc.tuple(count, count),
      (sessions, delivered) => {
        const agent = sessions.reduce((sum, [number]) => sum + number, 0)
        const endUser = sessions.reduce((sum, [, number]) => sum + number, 0)
        const [verdict] = outcome(conversation(sessions, delivered))
        expect(verdict === 'matched').toBe(delivered[0] === agent && delivered[1] === endUser)
        if (delivered[0] < agent || delivered[1] < endUser) expect(['missing', 'differs']).toContain(verdict)
      },
    ),
  )
})
