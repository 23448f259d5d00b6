import { expect, test } from 'vitest'
import { startOfDay, zonedTimes, zoneNames } from './time-zone.ts'

test.each([
  ['2026-10-01', 'UTC', 0, '2026-10-01T00:00:00.000Z'],
  ['2026-10-31', 'UTC', 1, '2026-11-01T00:00:00.000Z'],
  ['2026-07-01', 'Europe/Berlin', 0, '2026-06-30T22:00:00.000Z'],
  // The clock goes back on this day: it begins by the one offset, and the next by the other.
  ['2026-10-25', 'Europe/Berlin', 0, '2026-10-24T22:00:00.000Z'],
  ['2026-10-25', 'Europe/Berlin', 1, '2026-10-25T23:00:00.000Z'],
  ['2026-01-01', 'Asia/Kathmandu', 0, '2025-12-31T18:15:00.000Z'],
  ['2026-01-01', 'Pacific/Kiritimati', 0, '2025-12-31T10:00:00.000Z'],
])('%s in %s plus %i days begins at %s', (date, zone, days, expected) => {
  expect(startOfDay(date, zone, days)).toBe(expected)
})

test('a day whose midnight the clock skips begins where it goes on', () => {
  // Beirut, 29 March 2026: from 00:00 to 01:00.
  expect(startOfDay('2026-03-29', 'Asia/Beirut')).toMatch(/^2026-03-28T2[12]:00:00\.000Z$/)
})

test('an instant is written in its zone, with its offset; what is none is left as it is', () => {
  const berlin = zonedTimes('Europe/Berlin')
  expect(berlin.full('2026-10-01T08:30:12.345Z')).toBe('1 October 2026 at 10:30:12.345 GMT+2')
  expect(berlin.time('2026-12-01T23:30:00.000Z')).toBe('00:30:00')
  expect(berlin.day('2026-12-01T23:30:00.000Z')).toMatch(/^Wednesday,? 2 December 2026$/)
  expect(zonedTimes('UTC').short('nonsense')).toBe('nonsense')
})

test('every zone that is offered works', () => {
  const names = zoneNames()
  expect(names[0]).toBe('UTC')
  expect(names.length).toBeGreaterThan(300)
  for (const zone of names) expect(startOfDay('2026-10-01', zone)).toMatch(/^2026-(09-30|10-01)T/)
})
