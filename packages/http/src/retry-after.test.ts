import { expect, test } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const now = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT')

test.each([
  ['120', 120_000],
  ['0', 0],
  [' 7 ', 7_000],
  ['Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
  ['Wednesday, 21-Oct-26 07:28:30 GMT', 30_000],
  ['Wed, 21 Oct 2026 07:00:00 GMT', 0],
  ['-5', null],
  ['1.5', null],
  ['soon', null],
  ['', null],
  ['2026-10-21', null],
  ['Wed, 99 Oct 2026 99:28:30 GMT', null],
])('%j is %s ms', (value, expected) => {
  expect(retryAfterMs({ 'retry-after': value }, now)).toBe(expected)
})

test('no header asks for nothing', () => expect(retryAfterMs({}, now)).toBeNull())

test('a date is read against the clock of the server', () => {
  const headers = { 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT', date: 'Wed, 21 Oct 2026 07:28:10 GMT' }
  expect(retryAfterMs(headers, now + 3_600_000)).toBe(20_000)
})

test('a huge number of seconds is not lost', () => {
  expect(retryAfterMs({ 'retry-after': '9'.repeat(400) }, now)).toBe(Number.POSITIVE_INFINITY)
})
