import { type Conversation, compareEntries, type Delivered, type Entry } from '@custody/model'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinReadings } from './join-readings.ts'
import { sampleConversation, sampleEntry } from './testing/sample-conversations.ts'

const at = (second: number): string => new Date(Date.UTC(2026, 9, 5, 8, 0, second)).toISOString()
const counts = (changes: Partial<Delivered> = {}): Delivered => ({
  source: 'conversation-data',
  entries: 0,
  entriesInWindow: 0,
  agentMessages: 0,
  endUserMessages: 0,
  requests: 1,
  ...changes,
})
const reading = (entries: readonly Entry[], changes: Partial<Conversation> = {}): Conversation =>
  sampleConversation(1, { entries, delivered: counts(), ...changes })
const told = (first: Conversation, second: Conversation): string[] =>
  joinReadings(first, second).rejects.map(({ code, subject }) => `${code} ${subject.id}`)

test('the same reading twice is that reading', () => {
  const conversation = sampleConversation(1)
  expect(joinReadings(conversation, structuredClone(conversation))).toEqual({ conversation, rejects: [] })
})

test('what the second reading has more is taken, and nothing told', () => {
  const first = reading([sampleEntry('b', at(2), 'agent')])
  const second = reading([sampleEntry('a', at(1), 'end-user'), sampleEntry('b', at(2), 'agent')])
  const { conversation, rejects } = joinReadings(first, second)
  expect(conversation.entries.map(({ entryId }) => entryId)).toEqual(['a', 'b'])
  expect(rejects).toEqual([])
})

test('of two copies the later by server time stays, the newer where they tie; both are told', () => {
  const copy = (second: number, text: string): Entry => sampleEntry('a', at(second), 'agent', { text })
  for (const [first, second, text] of [
    [copy(1, 'old'), copy(2, 'new'), 'new'],
    [copy(2, 'old'), copy(1, 'new'), 'old'],
    [copy(1, 'old'), copy(1, 'new'), 'new'],
  ] as const) {
    const { conversation } = joinReadings(reading([first]), reading([second]))
    expect(conversation.entries.map((entry) => entry.text)).toEqual([text])
    expect(told(reading([first]), reading([second]))).toEqual(['ENTRY_CONFLICT a'])
  }
})

test('counts are the larger of both, and no less than the entries prove', () => {
  const entries = [sampleEntry('a', at(1), 'agent'), sampleEntry('b', at(2), 'agent', { kind: 'typing' })]
  const first = reading(entries, { delivered: counts({ entries: 9, endUserMessages: 4, entriesInWindow: 8 }) })
  const second = reading([sampleEntry('c', at(3), 'agent')], { delivered: counts({ endUserMessages: 3, requests: 5 }) })
  expect(joinReadings(first, second).conversation.delivered).toEqual({
    source: 'conversation-data',
    entries: 9,
    entriesInWindow: 3,
    agentMessages: 2,
    endUserMessages: 4,
    requests: 5,
  })
  expect(joinReadings({ ...first, delivered: null }, second).conversation.delivered?.entries).toBe(3)
  expect(joinReadings({ ...first, delivered: null }, { ...second, delivered: null }).conversation.delivered).toBeNull()
})

test('entries outside of the window that one reading knew of stay known', () => {
  const joined = (changes: Partial<Conversation>): Conversation =>
    joinReadings(reading([], changes), reading([])).conversation
  expect(joined({ continuedBefore: true })).toMatchObject({ continuedBefore: true, continuesAfter: false })
  expect(joined({ continuesAfter: true })).toMatchObject({ continuedBefore: false, continuesAfter: true })
})

test('always: every entry of both readings, once, in order; what only the first had is told', () => {
  const entries = fc
    .uniqueArray(fc.nat({ max: 12 }), { maxLength: 8 })
    .map((ids) => ids.map((id) => sampleEntry(`e${id}`, at(id % 5), id % 2 ? 'agent' : 'end-user')))
  fc.assert(
    fc.property(entries, entries, (a, b) => {
      const ids = (list: readonly Entry[]): string[] => list.map(({ entryId }) => entryId)
      const { conversation } = joinReadings(reading(a), reading(b))
      expect(ids(conversation.entries).toSorted()).toEqual([...new Set([...ids(a), ...ids(b)])].toSorted())
      expect(conversation.entries).toEqual(conversation.entries.toSorted(compareEntries))
      const lost = ids(a).filter((id) => !ids(b).includes(id))
      expect(told(reading(a), reading(b))).toEqual(lost.map((id) => `ENTRY_NOT_GIVEN_AGAIN ${id}`))
    }),
  )
})
