import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareEntries, type EntryOrderKey, sortEntries } from './index.ts'

// Few values, so that ties of one, two and three parts are common; ids whose order depends on the locale.
const instant = fc.constantFrom('2026-10-01T08:30:00.000Z', '2026-10-01T08:30:00.001Z', '2026-11-01T00:00:00.000Z')
const key: fc.Arbitrary<EntryOrderKey> = fc.record({
  sentAt: instant,
  clientAt: fc.option(instant),
  entryId: fc.constantFrom('a', 'B', 'b', 'ä', 'z', '', '\u{1F600}', '\uFFFD'),
})

describe('compareEntries', () => {
  it('is a total order', () => {
    fc.assert(
      fc.property(key, key, key, (a, b, c) => {
        expect(Math.sign(compareEntries(a, b))).toBe(0 - Math.sign(compareEntries(b, a)))
        expect(compareEntries(a, b) === 0).toBe(JSON.stringify(a) === JSON.stringify(b))
        if (compareEntries(a, b) <= 0 && compareEntries(b, c) <= 0) expect(compareEntries(a, c)).toBeLessThanOrEqual(0)
      }),
      { numRuns: 2000 },
    )
  })

  it('decides by server time, then client time with absent first, then id by code units', () => {
    const sentAt = '2026-10-01T08:30:00.000Z'
    const ordered: EntryOrderKey[] = [
      { sentAt, clientAt: null, entryId: 'z' },
      { sentAt, clientAt: '2026-10-01T08:29:59.000Z', entryId: 'B' },
      { sentAt, clientAt: '2026-10-01T08:29:59.000Z', entryId: 'a' },
      { sentAt, clientAt: '2026-10-01T08:29:59.000Z', entryId: '\u{1F600}' },
      { sentAt, clientAt: '2026-10-01T08:29:59.000Z', entryId: '\uFFFD' },
      { sentAt, clientAt: '2026-10-01T08:30:00.000Z', entryId: 'a' },
      { sentAt: '2026-10-01T08:30:00.001Z', clientAt: null, entryId: 'a' },
    ]
    expect(sortEntries(ordered.toReversed())).toEqual(ordered)
  })
})

describe('sortEntries', () => {
  it('gives the same order for every order of arrival, loses nothing and leaves its input alone', () => {
    fc.assert(
      fc.property(fc.array(key), fc.infiniteStream(fc.nat()), (entries, noise) => {
        const frozen = Object.freeze([...entries])
        const shuffled = entries
          .map((entry) => ({ entry, place: noise.next().value as number }))
          .sort((a, b) => a.place - b.place)
          .map(({ entry }) => entry)
        expect(sortEntries(shuffled)).toEqual(sortEntries(frozen))
        expect(sortEntries(frozen)).toHaveLength(entries.length)
      }),
    )
  })

  it('keeps the order of arrival among entries that share a key', () => {
    const sentAt = '2026-10-01T08:30:00.000Z'
    const entries = [1, 2, 3].map((page) => ({ sentAt, clientAt: null, entryId: 'a', page }))
    expect(sortEntries(entries).map((entry) => entry.page)).toEqual([1, 2, 3])
  })
})
