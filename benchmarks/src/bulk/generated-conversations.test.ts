import { compareEntries } from '@custody/model'
import { expect, test } from 'vitest'
import { generatedConversations, generatedWindow } from './generated-conversations.ts'

test('the same at every run with the same seed, and another with another', () => {
  const made = (seed: number): unknown => [...generatedConversations({ entries: 300, seed })]
  expect(made(1)).toEqual(made(1))
  expect(made(2)).not.toEqual(made(1))
})

test('as many entries as asked for, in order, each in the window, and no identifier twice', () => {
  const conversations = [...generatedConversations({ entries: 2_000 })]
  const entries = conversations.flatMap((conversation) => conversation.entries)
  expect(entries.length).toBeGreaterThanOrEqual(2_000)
  expect(entries.length).toBeLessThan(2_032)
  for (const { sentAt } of entries) expect(sentAt >= generatedWindow.from && sentAt < generatedWindow.to).toBe(true)
  for (const conversation of conversations) {
    expect(conversation.entries.toSorted(compareEntries)).toEqual(conversation.entries)
  }
  const names = [...conversations.map(({ identifier }) => identifier), ...entries.map(({ entryId }) => entryId)]
  expect(new Set(names).size).toBe(names.length)
})
