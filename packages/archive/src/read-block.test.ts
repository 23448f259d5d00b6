import { compareEntries, type EntryOrderKey } from '@custody/model'
import { encodeConversation } from '@custody/sinks'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBlock } from './read-block.ts'
import { blockOf } from './testing/blocks.ts'
import { sampleConversation, sampleEntry, window } from './testing/sample-conversations.ts'

// Few values, so that many share a time; identifiers whose order is another one in UTF-8, and in bytes taken for characters.
const instant = fc.constantFrom('2026-10-01T00:00:00.000Z', '2026-10-01T00:00:00.001Z', '2026-10-02T00:00:00.000Z')
const key: fc.Arbitrary<EntryOrderKey> = fc.record({
  sentAt: instant,
  clientAt: fc.option(instant),
  entryId: fc.constantFrom('a', 'b', 'é', '\u{1F600}', '\uFFFD', '\ud800', ''),
})

test('every entry that stands before one it belongs behind is told, and no other', () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 5 }), (keys) => {
      const entries = keys.map(({ sentAt, clientAt, entryId }) => sampleEntry(entryId, sentAt, 'agent', { clientAt }))
      const line = `${encodeConversation({ ...sampleConversation(1), entries }, { salt: 'A'.repeat(43) })}\n`
      const task = { depth: 'content', window, tables: [], amends: false } as const
      const { notes, entriesBySource } = readBlock(blockOf([Buffer.from(line)]), task)
      const wrong = keys.filter((each, at) => at > 0 && compareEntries(keys[at - 1] ?? each, each) > 0)
      expect(notes.map((note) => note.type === 'refused' && note.code)).toEqual(wrong.map(() => 'ENTRY_ORDER'))
      expect([...entriesBySource.values()]).toEqual(keys.length === 0 ? [] : [keys.length])
    }),
    { numRuns: 2_000 },
  )
})
