import fc from 'fast-check'
import { expect, test } from 'vitest'
import { timeBins } from './time-bins.ts'

const instant = (ms: number): string => new Date(ms).toISOString()
const someTime = fc.integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('9900-12-31T00:00:00Z') })
const someLength = fc.oneof(
  fc.integer({ min: 1, max: 3 * 86_400_000 }),
  fc.integer({ min: 1, max: 401 * 86_400_000 }),
  fc.integer({ min: 1, max: 40 * 366 * 86_400_000 }),
)

test('every instant of a window has a bin, in order, and no instant outside has one of another day', () => {
  fc.assert(
    fc.property(someTime, someLength, fc.double({ min: 0, max: 1, noNaN: true }), (from, length, share) => {
      const bins = timeBins({ from: instant(from), to: instant(from + length) })
      const inside = from + Math.min(length - 1, Math.floor(length * share))
      const index = bins.indexOf(instant(inside))
      expect(index).toBeDefined()
      expect(instant(inside).startsWith(bins.keys[index ?? -1] ?? 'none')).toBe(true)
      expect(bins.indexOf(instant(from))).toBe(0)
      expect(bins.indexOf(instant(from + length - 1))).toBe(bins.keys.length - 1)
      expect([...bins.keys].sort()).toEqual(bins.keys)
      expect(new Set(bins.keys).size).toBe(bins.keys.length)
      expect(bins.keys.length).toBeLessThanOrEqual(492)
    }),
  )
})

test('bins change at two days and at 400', () => {
  const from = Date.parse('2026-03-01T00:00:00Z')
  const sizeOf = (ms: number): string => timeBins({ from: instant(from), to: instant(from + ms) }).size
  const dayMs = 86_400_000
  expect([sizeOf(2 * dayMs), sizeOf(2 * dayMs + 1)]).toEqual(['hour', 'day'])
  expect([sizeOf(400 * dayMs), sizeOf(400 * dayMs + 1)]).toEqual(['day', 'month'])
})

test('a month that begins late is not passed over', () => {
  const { keys } = timeBins({ from: '2024-01-31T12:00:00.000Z', to: '2025-05-01T00:00:00.000Z' })
  expect([keys[0], keys[1], keys.at(-1), keys.length]).toEqual(['2024-01', '2024-02', '2025-04', 16])
})
