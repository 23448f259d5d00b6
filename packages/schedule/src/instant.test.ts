import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readDate, readInstant, writeInstant } from './instant.ts'

test('instants are read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(8999, 11, 31, 23, 59, 59, 999) }), (epochMs) => {
      expect(readInstant(writeInstant(epochMs))).toBe(epochMs)
      expect(readDate(writeInstant(epochMs).slice(0, 10))).toBe(epochMs - (epochMs % 86_400_000))
    }),
  )
})

test.each([
  ['2026-10-01T02:00:00+02:00', '2026-10-01T00:00:00.000Z'],
  ['2026-10-01T00:00Z', '2026-10-01T00:00:00.000Z'],
  ['2026-10-01T00:00:00.5Z', '2026-10-01T00:00:00.500Z'],
  ['2024-02-29T23:59:59.999-03:30', '2024-03-01T03:29:59.999Z'],
])('%s', (text, instant) => {
  expect(writeInstant(readInstant(text) as number)).toBe(instant)
})

test.each([
  ...['', '2026-10-01', '2026-10-01T00:00:00', '2026-10-01 00:00:00Z', '2026-10-01T00:00:00.0001Z', '1790812800000'],
  ...['2026-02-30T00:00:00Z', '2025-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z'],
  ...['2026-10-01T24:00:00Z', '2026-10-01T23:60:00Z', '2026-10-01T23:59:60Z', '2026-10-01T00:00:00+24:00'],
  ...['9000-01-01T00:00:00Z', '+12026-10-01T00:00:00Z', '2026-10-01T00:00:00Z\n'],
])('%j is no instant', (text) => {
  expect(readInstant(text)).toBeNull()
})

test.each(['2026-02-30', '0000-00-00', '2026-1-1', '2026-10-01T', '0099-01-01', '9000-01-01', '2026-10-01\n'])(
  '%j is no date',
  (text) => {
    expect(readDate(text)).toBeNull()
  },
)
