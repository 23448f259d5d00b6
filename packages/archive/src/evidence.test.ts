import type { Conversation, Delivered, Witness } from '@custody/model'
import { describe, expect, test } from 'vitest'
import { evidenceOf, showsAll } from './evidence.ts'
import { sampleConversation, sampleEntry, sampleSession, window } from './testing/sample-conversations.ts'

const delivered = (source: Delivered['source'], entriesInWindow = 2): Delivered => ({
  ...(sampleConversation(1).delivered as Delivered),
  source,
  entriesInWindow,
})
const witness = (changes: Partial<Witness> = {}): Witness => ({
  source: 'data360',
  answer: 'given',
  whole: true,
  entries: 2,
  agentMessages: 1,
  endUserMessages: 1,
  differences: [],
  ...changes,
})

describe('what the completeness of a conversation rests on', () => {
  test.each<[string, Delivered | null, readonly Witness[], string]>([
    ['one source', delivered('conversation-data'), [], 'counted'],
    ['nobody', null, [witness()], 'counted'],
    ['two sources', delivered('conversation-data'), [witness()], 'witnessed'],
    ['a witness that failed', delivered('conversation-data'), [witness({ answer: 'failed', whole: false })], 'counted'],
    ['a witness that shows a part', delivered('conversation-data'), [witness({ whole: false })], 'counted'],
    ['a witness that holds nothing of it', delivered('conversation-data'), [witness({ answer: 'absent' })], 'counted'],
    ['two that hold nothing', delivered('conversation-data', 0), [witness({ answer: 'absent' })], 'witnessed'],
    ['one that holds nothing', delivered('conversation-data', 0), [], 'counted'],
    ['a source with limits', delivered('connect'), [witness()], 'counted'],
    [
      'two witnesses beside a source with limits',
      delivered('connect'),
      [witness(), witness({ source: 'conversation-data' })],
      'witnessed',
    ],
    [
      'a source that holds nothing, and one witness',
      delivered(null),
      [witness({ source: 'conversation-data' })],
      'counted',
    ],
    ['one field of one record', delivered('records'), [], 'witnessed'],
  ])('%s', (_name, delivered, witnesses, evidence) => {
    expect(evidenceOf({ ...sampleConversation(1), delivered, witnesses } satisfies Conversation)).toBe(evidence)
  })
})

describe('a witness shows all of a conversation', () => {
  const settled = '2026-10-02T00:00:00.000Z'
  const entry = (sentAt: string) => sampleEntry('a', sentAt, 'agent')
  const ended = (endTime: string | null) =>
    sampleConversation(1, { sessions: [sampleSession(1, window.from, { endTime })] })
  const before = '2026-10-01T23:59:59.999Z'

  test.each<[string, Conversation, string, string | null, boolean]>([
    ['when all is settled', ended(null), before, null, true],
    ['that ended before', ended(before), before, settled, true],
    ['not when an entry is as fresh as that', ended(before), settled, settled, false],
    ['not when a session ended later', ended(settled), before, settled, false],
    ['not when a session goes on', ended(null), before, settled, false],
  ])('%s', (_name, conversation, sentAt, settledUntil, expected) => {
    expect(showsAll(conversation, [entry(sentAt)], 'data360', settledUntil)).toBe(expected)
  })

  test('never when it has limits', () => {
    expect(showsAll(ended(before), [], 'connect', null)).toBe(false)
  })
})
