import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSchedule } from './parse-schedule.ts'
import { localRunTimes, type RunTimes, toCalendarEvent, toCronExpression, utcRunTimes } from './run-times.ts'
import { after, lengthOf, schedule } from './testing/schedules.ts'
import { windowsOf } from './windows-of.ts'
import { offsetReader } from './zone-offsets.ts'

const minute = 60_000

test.each([
  ['UTC', 'day', '2h', '10 2 * * *', '10 2 * * *'],
  // In winter midnight is 23:00 UTC, in summer 22:00.
  ['Europe/Berlin', 'month', '2h', '10 2,3 * * *', '10 0,1 * * *'],
  ['America/New_York', 'day', '65m', '15 1,2 * * *', '15 5,6 * * *'],
  ['Asia/Kolkata', 'week', '2h', '10 2 * * *', '40 20 * * *'],
  ['Asia/Kolkata', 'hour', '2h', '10 * * * *', '40 * * * *'],
  ['Australia/Lord_Howe', 'day', '2h', '10,40 2 * * *', '10,40 15 * * *'],
  ['Australia/Lord_Howe', 'hour', '2h', '10,40 * * * *', '10,40 * * * *'],
  ['Europe/Berlin', 'hour', '2h', '10 * * * *', '10 * * * *'],
  // Three days later at the same time.
  ['Europe/Berlin', 'quarter', '3d', '10 0,1 * * *', '10 22,23 * * *'],
  ['UTC', 'day', '23h', '10 23 * * *', '10 23 * * *'],
  ['UTC', 'day', '1435m', '5 0 * * *', '5 0 * * *'],
] as const)('%s, every %s, settled after %s', (timeZone, every, settle, local, utc) => {
  const plan = parseSchedule({ every, start: '2026-01-01', timeZone, settle })
  expect(toCronExpression(localRunTimes(plan))).toBe(local)
  expect(toCronExpression(utcRunTimes(plan))).toBe(utc)
})

test('as a calendar event', () => {
  const plan = parseSchedule({ every: 'month', start: '2026-01-01', timeZone: 'Europe/Berlin' })
  expect(toCalendarEvent(localRunTimes(plan), plan.timeZone)).toBe('*-*-* 02,03:10:00 Europe/Berlin')
  expect(toCalendarEvent(localRunTimes({ ...plan, every: 'hour' }), plan.timeZone)).toBe('*-*-* *:10:00 Europe/Berlin')
})

/** How many minutes after an instant the next run starts, by clocks that are so far ahead of UTC. */
function wait(times: RunTimes, epochMs: number, offsetAt: (epochMs: number) => number): number {
  for (let waited = 0; ; waited++) {
    const at = epochMs + waited * minute
    const clock = new Date(at + offsetAt(at))
    const isHour = times.hours === 'every' || times.hours.includes(clock.getUTCHours())
    if (isHour && times.minutes.includes(clock.getUTCMinutes())) return waited
  }
}

describe('after a window becomes due, a run starts', () => {
  // Not by the second, and not by schedules that start in the middle of a minute: the first window alone would be off.
  const plans = schedule.filter(({ every }) => every !== 'hour')

  test('within ten minutes in UTC, on every day of the zone', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const times = utcRunTimes(plan)
        for (const { to } of windowsOf(plan, { until: after(plan.start, lengthOf(plan, 60)) }))
          expect(wait(times, Date.parse(to) + plan.settleMs, () => 0)).toBeLessThanOrEqual(10)
      }),
      { numRuns: 60 },
    )
  })

  test('within ten minutes on the clock of the zone, or an hour (in one zone two) more where it was turned back', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const times = localRunTimes(plan)
        const offsetAt = offsetReader(plan.timeZone)
        for (const { to } of windowsOf(plan, { until: after(plan.start, lengthOf(plan, 60)) })) {
          const dueAt = Date.parse(to) + plan.settleMs
          const turnedBack = offsetAt(Date.parse(to)) - offsetAt(dueAt + 10 * minute)
          const most = turnedBack > 0 && turnedBack < 4 * 3_600_000 ? 10 + turnedBack / minute : 10
          expect(wait(times, dueAt, offsetAt)).toBeLessThanOrEqual(most)
        }
      }),
      { numRuns: 60 },
    )
  })
})
