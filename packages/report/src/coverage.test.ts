import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coverageOf } from './coverage.ts'

const instant = (hour: number): string => new Date(Date.UTC(2026, 0, 1, hour)).toISOString()
const window = (from: number, to: number): { from: string; to: string } => ({ from: instant(from), to: instant(to) })

test('every hour is missing, held once, or held more than once', () => {
  const some = fc.array(
    fc
      .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 12 }))
      .map(([from, length]) => [from, from + length] as const),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(some, (spans) => {
      const { missing, overlapping } = coverageOf(spans.map(([from, to]) => window(from, to)))
      const first = Math.min(...spans.map(([from]) => from))
      const last = Math.max(...spans.map(([, to]) => to))
      const holds = (windows: typeof missing, hour: number): number =>
        windows.filter(({ from, to }) => from <= instant(hour) && instant(hour) < to).length
      for (let hour = 0; hour < 60; hour += 1) {
        const times = spans.filter(([from, to]) => from <= hour && hour < to).length
        const isInside = hour >= first && hour < last
        expect([hour, holds(missing, hour)]).toEqual([hour, isInside && times === 0 ? 1 : 0])
        expect([hour, holds(overlapping, hour)]).toEqual([hour, times > 1 ? 1 : 0])
      }
      for (const { from, to } of [...missing, ...overlapping]) expect(from < to).toBe(true)
    }),
  )
})

test('months in a row leave nothing open', () => {
  expect(coverageOf([window(10, 20), window(0, 10)])).toEqual({ missing: [], overlapping: [] })
  expect(coverageOf([])).toEqual({ missing: [], overlapping: [] })
})
