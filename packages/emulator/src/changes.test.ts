import { expect, test } from 'vitest'
import { startEmulator } from './index.ts'

const entriesOf = (org: Awaited<ReturnType<typeof startEmulator>>) => [...org.truth.entries(org.window)]

test('an org spans as many months as asked for, each of them with conversations', async () => {
  const org = await startEmulator({ conversations: 60, month: '2025-11', months: 3 })
  try {
    expect(org.window).toEqual({ from: '2025-11-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' })
    const months = new Set(entriesOf(org).map(({ sentAt }) => sentAt.slice(0, 7)))
    expect([...months].sort()).toEqual(['2025-11', '2025-12', '2026-01'])
  } finally {
    await org.close()
  }
})

test('what is removed is gone, what is added afterwards has a name of its own, and what is no message is not edited', async () => {
  const org = await startEmulator({ conversations: 12 })
  try {
    const [first] = entriesOf(org)
    const { conversationIdentifier: conversation, entryId } = first ?? { conversationIdentifier: '', entryId: '' }
    const before = entriesOf(org).length
    const late = org.append(conversation, { text: 'one' })
    org.remove(entryId)
    const later = org.append(conversation, { text: 'two' })
    const left = [...org.truth.entries()].map((entry) => entry.entryId)
    expect(left).not.toContain(entryId)
    expect(new Set(left).size).toBe(left.length)
    expect(left).toEqual(expect.arrayContaining([late, later]))
    expect(entriesOf(org).length).toBeGreaterThanOrEqual(before - 1)
    expect(() => org.remove(entryId)).toThrow(expect.objectContaining({ code: 'EMULATOR_ENTRY' }))
    expect(() => org.edit('no-such-entry', 'x')).toThrow(expect.objectContaining({ code: 'EMULATOR_ENTRY' }))
    org.edit(later, 'three')
  } finally {
    await org.close()
  }
})
