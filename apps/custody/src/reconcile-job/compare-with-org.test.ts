import type { ArchivedConversation } from '@custody/archive'
import type { Conversation, Session } from '@custody/model'
import { expect, test } from 'vitest'
import { OrgComparison } from './compare-with-org.ts'

const archived = (identifier: string, changes: Partial<ArchivedConversation> = {}): ArchivedConversation => ({
  identifier,
  recordId: null,
  verdict: 'matched',
  reason: null,
  archived: true,
  deliveredAgentMessages: 2,
  deliveredEndUserMessages: 3,
  ...changes,
})

const inOrg = (identifier: string, ...counts: readonly (readonly [number | null, number | null])[]): Conversation =>
  ({
    identifier,
    sessions: counts.map(
      ([agentMessageCount, endUserMessageCount]): Partial<Session> => ({
        agentMessageCount,
        endUserMessageCount,
      }),
    ),
  }) as unknown as Conversation

function compare(held: readonly ArchivedConversation[], found: readonly Conversation[]): readonly string[] {
  const comparison = new OrgComparison()
  for (const each of held) comparison.addArchived(each)
  const drifts = [...found.map((each) => comparison.compare(each)), ...comparison.rest()]
  return drifts.flatMap((drift) => (drift ? `${drift.code} ${drift.identifier}` : []))
}

test('counts that agree, over several sessions, are no finding', () => {
  expect(compare([archived('a')], [inOrg('a', [2, 1], [0, 2])])).toEqual([])
  expect(compare([archived('a', { verdict: 'excluded', archived: false })], [inOrg('a', [2, 3])])).toEqual([])
  expect(compare([], [])).toEqual([])
})

test('what one of both does not have, or counts otherwise, is one', () => {
  expect(compare([archived('a'), archived('b')], [inOrg('b', [2, 4]), inOrg('c', [1, 1])])).toEqual([
    'COUNTS_DIFFER b',
    'NOT_ARCHIVED c',
    'NOT_IN_ORG a',
  ])
})

test('a conversation the archive refused is not archived, whatever its row says', () => {
  const refused = archived('a', { verdict: 'missing', archived: false, deliveredAgentMessages: null })
  expect(compare([refused], [inOrg('a', [2, 3])])).toEqual(['NOT_ARCHIVED a'])
})

test('without a count, the verdict of the archive stands', () => {
  expect(compare([archived('a')], [inOrg('a', [null, 3])])).toEqual([])
  expect(compare([archived('a', { verdict: 'unknown' })], [inOrg('a')])).toEqual(['NOT_PROVEN a'])
})

test('counts that agree by now settle what the archive could not', () => {
  const missing = archived('a', { verdict: 'missing', reason: 'session-open' })
  expect(compare([missing], [inOrg('a', [2, 3])])).toEqual([])
  const differing = archived('a', { verdict: 'differs', reason: 'sources-differ' })
  expect(compare([differing], [inOrg('a', [2, 3])])).toEqual(['NOT_PROVEN a'])
})
