import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, addMonths, isDay } from '../day.ts'
import { dueOn } from './due-on.ts'

const days = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))

describe('GDPR: one month, on the same date', () => {
  test.each([
    ['2026-03-05', '2026-04-05'],
    ['2026-12-15', '2027-01-15'],
    // The next month has no such date: its last day.
    ['2026-01-31', '2026-02-28'],
    ['2028-01-31', '2028-02-29'],
    ['2028-01-29', '2028-02-29'],
    ['2026-08-31', '2026-09-30'],
    ['2026-12-31', '2027-01-31'],
    ['2026-02-28', '2026-03-28'],
  ])('received on %s, due on %s', (received, due) => expect(dueOn('gdpr', received)).toBe(due))

  test('always in the next month, never after the date it came on', () => {
    fc.assert(
      fc.property(days, (received) => {
        const due = dueOn('gdpr', received)
        expect(isDay(due)).toBe(true)
        expect(due.slice(0, 7)).toBe(addMonths(`${received.slice(0, 7)}-01`, 1).slice(0, 7))
        expect(due.slice(8) <= received.slice(8)).toBe(true)
        // Only for want of the date is it an earlier one: then the day after is of another month.
        if (due.slice(8) !== received.slice(8)) expect(addDays(due, 1).slice(8)).toBe('01')
      }),
    )
  })
})

test('CCPA: 45 days, over months and years', () => {
  expect(dueOn('ccpa', '2026-01-01')).toBe('2026-02-15')
  expect(dueOn('ccpa', '2027-12-01')).toBe('2028-01-15')
  expect(dueOn('ccpa', '2028-02-01')).toBe('2028-03-17')
  fc.assert(
    fc.property(days, (received) => {
      expect(Date.parse(dueOn('ccpa', received)) - Date.parse(received)).toBe(45 * 86_400_000)
    }),
  )
})

test('a day of its own has to be given; what is no day has none', () => {
  expect(() => dueOn('own', '2026-01-01')).toThrow(expect.objectContaining({ code: 'ERASURE_REQUEST' }))
  for (const day of ['2026-02-29', '2026-1-1', '01.02.2026', '', '2026-00-10', '2026-13-01', '2026-01-01T00:00:00Z']) {
    expect(() => dueOn('gdpr', day)).toThrow(expect.objectContaining({ code: 'ERASURE_REQUEST' }))
  }
})
