import fc from 'fast-check'
import { expect, test } from 'vitest'
import { monthOf } from './calendar.ts'
import { createTimeline } from './timeline.ts'

const month = monthOf('2026-10')

test('conversations start later along the index, those of the month inside it', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 500 }), (seed, conversations) => {
      const timeline = createTimeline(seed, conversations, month)
      for (let index = 0; index < conversations; index++) {
        const start = timeline.startOf(index)
        if (index > 0) expect(start).toBeGreaterThan(timeline.startOf(index - 1))
        const inside = index >= timeline.first && index < timeline.end
        expect(start >= month.from && start < month.to).toBe(inside)
      }
    }),
  )
})

test('the first at or after a time is found', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (conversations, pick) => {
      const timeline = createTimeline(3, conversations, month)
      const index = pick % conversations
      const start = timeline.startOf(index)
      expect(timeline.firstAtOrAfter(start)).toBe(index)
      expect(timeline.firstAtOrAfter(start + 1)).toBe(index + 1)
      expect(timeline.firstAtOrAfter(0)).toBe(0)
    }),
  )
})

test.each(['2026-13', '2026-1', 'October', '2026-10-01', ''])('%j is no month', (text) => {
  expect(() => monthOf(text)).toThrow(expect.objectContaining({ code: 'EMULATOR_MONTH', kind: 'usage' }))
})
