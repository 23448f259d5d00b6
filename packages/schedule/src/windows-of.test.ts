import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSchedule, type ScheduleOptions } from './parse-schedule.ts'
import { after, lengthOf, schedule } from './testing/schedules.ts'
import { temporal } from './testing/temporal.ts'
import { windowsOf } from './windows-of.ts'
import { offsetReader } from './zone-offsets.ts'

/** Where windows begin, and where the last one ends, without the seconds. */
function cuts(options: ScheduleOptions, until: string): readonly string[] {
  const windows = [...windowsOf(parseSchedule(options), { until })]
  return [...windows.map(({ from }) => from), windows.at(-1)?.to ?? ''].map((cut) => cut.replace(':00.000Z', 'Z'))
}

describe('windows', () => {
  test('hold each instant since the start exactly once', () => {
    fc.assert(
      fc.property(schedule, fc.integer({ min: 1, max: 60 }), (plan, windows) => {
        const until = after(plan.start, lengthOf(plan, windows))
        let end = plan.start
        for (const { from, to } of windowsOf(plan, { until })) {
          expect(from).toBe(end)
          expect(to > from).toBe(true)
          expect(from < until).toBe(true)
          end = to
        }
        expect(end >= until).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('are cut in the same places wherever the schedule starts', () => {
    fc.assert(
      fc.property(schedule, fc.nat(lengthOf({ every: 'week' } as never, 8)), (plan, later) => {
        const until = after(plan.start, later + lengthOf(plan, 3))
        const start = after(plan.start, later)
        const rest = [...windowsOf(plan, { until })]
          .filter(({ to }) => to > start)
          .map(({ from, to }) => (from < start ? { from: start, to } : { from, to }))
        expect([...windowsOf({ ...plan, start }, { until })]).toEqual(rest)
      }),
      { numRuns: 300 },
    )
  })

  test('of an hour begin at full hours of the clock, and are never longer than one hour and a half', () => {
    fc.assert(
      fc.property(schedule, (any) => {
        const plan = { ...any, every: 'hour' } as const
        const offsetAt = offsetReader(plan.timeZone)
        const [, ...windows] = windowsOf(plan, { until: after(plan.start, 40 * 3_600_000) })
        for (const { from, to } of windows) {
          expect((Date.parse(from) + offsetAt(Date.parse(from))) % 3_600_000).toBe(0)
          expect(Date.parse(to) - Date.parse(from)).toBeLessThanOrEqual(5_400_000)
        }
      }),
    )
  })

  test.skipIf(temporal === null)(
    'of days begin where Temporal begins them',
    () => {
      fc.assert(
        fc.property(schedule, (any) => {
          const plan = { ...any, every: 'day' } as const
          const until = after(plan.start, 500 * 86_400_000)
          const dates = Array.from({ length: 510 }, (_, days) =>
            after(plan.start, (days - 2) * 86_400_000).slice(0, 10),
          )
          const starts = dates.map((date) => temporal?.PlainDate.from(date).toZonedDateTime(plan.timeZone))
          const expected = new Set(starts.map((start) => new Date(start?.epochMilliseconds ?? 0).toISOString()))
          const begun = [...windowsOf(plan, { until })].slice(1).map(({ from }) => from)
          expect(begun).toEqual([...expected].filter((start) => start > plan.start && start < until))
        }),
        { numRuns: 100 },
      )
    },
    60_000,
  )
})

describe('by hand:', () => {
  test('months, the first one cut by the start, offsets of summer and winter', () => {
    expect(cuts({ every: 'month', start: '2026-02-15', timeZone: 'Europe/Berlin' }, '2026-04-30T22:00:00Z')).toEqual([
      '2026-02-14T23:00Z',
      '2026-02-28T23:00Z',
      '2026-03-31T22:00Z',
      '2026-04-30T22:00Z',
    ])
  })

  test('quarters and leap years', () => {
    expect(cuts({ every: 'quarter', start: '2027-12-31' }, '2028-04-01T00:00:00.001Z')).toEqual([
      '2027-12-31T00:00Z',
      '2028-01-01T00:00Z',
      '2028-04-01T00:00Z',
      '2028-07-01T00:00Z',
    ])
    expect(cuts({ every: 'month', start: '2028-02-01' }, '2028-02-02T00:00:00Z')).toEqual([
      '2028-02-01T00:00Z',
      '2028-03-01T00:00Z',
    ])
  })

  // 1 January 2026 is a Thursday.
  test.each([
    ['monday', '2026-01-05T00:00Z'],
    ['thursday', '2026-01-08T00:00Z'],
    ['friday', '2026-01-02T00:00Z'],
    ['sunday', '2026-01-04T00:00Z'],
  ] as const)('weeks from %s', (weekStartsOn, second) => {
    const [, found] = cuts({ every: 'week', start: '2026-01-01', weekStartsOn }, '2026-01-01T00:00:01Z')
    expect(found).toBe(second)
  })

  test('a day of 23 hours and one of 25, Europe/Berlin', () => {
    const days = { every: 'day', timeZone: 'Europe/Berlin' } as const
    // 29 March, 02:00 to 03:00; 25 October, 03:00 to 02:00.
    expect(cuts({ ...days, start: '2026-03-29' }, '2026-03-30T00:00:00Z')).toEqual([
      '2026-03-28T23:00Z',
      '2026-03-29T22:00Z',
      '2026-03-30T22:00Z',
    ])
    expect(cuts({ ...days, start: '2026-10-25' }, '2026-10-26T00:00:00Z')).toEqual([
      '2026-10-24T22:00Z',
      '2026-10-25T23:00Z',
      '2026-10-26T23:00Z',
    ])
  })

  test('the hour shown twice is two hours, the one skipped is none', () => {
    const hours = { every: 'hour', timeZone: 'Europe/Berlin' } as const
    // 01:00 and 02:00 in summer time, 02:00 and 03:00 in winter time.
    expect(cuts({ ...hours, start: '2026-10-25T01:00:00+02:00' }, '2026-10-25T02:00:01Z')).toEqual([
      '2026-10-24T23:00Z',
      '2026-10-25T00:00Z',
      '2026-10-25T01:00Z',
      '2026-10-25T02:00Z',
      '2026-10-25T03:00Z',
    ])
    // 01:00, 03:00, 04:00.
    expect(cuts({ ...hours, start: '2026-03-29T01:00:00+01:00' }, '2026-03-29T01:00:01Z')).toEqual([
      '2026-03-29T00:00Z',
      '2026-03-29T01:00Z',
      '2026-03-29T02:00Z',
    ])
  })

  test('clocks turned by half an hour, Australia/Lord_Howe', () => {
    const zone = { timeZone: 'Australia/Lord_Howe' }
    // 5 April 2026, 02:00 (+11) to 01:30 (+10:30): a day of 24.5 hours.
    expect(cuts({ ...zone, every: 'day', start: '2026-04-05' }, '2026-04-05T14:00:00Z')).toEqual([
      '2026-04-04T13:00Z',
      '2026-04-05T13:30Z',
      '2026-04-06T13:30Z',
    ])
    // 01:00, then 02:00 after an hour and a half, 03:00.
    expect(cuts({ ...zone, every: 'hour', start: '2026-04-05T01:00:00+11:00' }, '2026-04-04T16:00:00Z')).toEqual([
      '2026-04-04T14:00Z',
      '2026-04-04T15:30Z',
      '2026-04-04T16:30Z',
    ])
    // 4 October 2026, 02:00 (+10:30) to 02:30 (+11): a day of 23.5 hours.
    expect(cuts({ ...zone, every: 'day', start: '2026-10-04' }, '2026-10-03T14:00:00Z')).toEqual([
      '2026-10-03T13:30Z',
      '2026-10-04T13:00Z',
    ])
  })

  test('a day that was skipped is no window, Pacific/Apia', () => {
    // 29 December 2011 ended at -10, and 31 December began at +14, in the same instant.
    expect(cuts({ every: 'day', start: '2011-12-29', timeZone: 'Pacific/Apia' }, '2011-12-31T00:00:00Z')).toEqual([
      '2011-12-29T10:00Z',
      '2011-12-30T10:00Z',
      '2011-12-31T10:00Z',
    ])
  })

  test.each([
    // 4 November 2018, 00:00 (-03) to 01:00 (-02).
    ['America/Sao_Paulo', '2018-11-03', '2018-11-04T03:00Z', '2018-11-05T02:00Z'],
    // 29 March 2026, 00:00 (+02) to 01:00 (+03).
    ['Asia/Beirut', '2026-03-28', '2026-03-28T22:00Z', '2026-03-29T21:00Z'],
  ])('a midnight that does not exist, %s', (timeZone, start, from, to) => {
    expect(cuts({ every: 'day', start, timeZone }, to.replace('Z', ':00Z')).slice(1)).toEqual([from, to])
  })

  test('a midnight shown twice, America/Sao_Paulo and America/St_Johns', () => {
    // 18 February 2018, 00:00 (-02) to 23:00 of the 17th (-03): the 18th begins after the second 23:00.
    expect(cuts({ every: 'day', start: '2018-02-17', timeZone: 'America/Sao_Paulo' }, '2018-02-18T03:00:01Z')).toEqual([
      '2018-02-17T02:00Z',
      '2018-02-18T03:00Z',
      '2018-02-19T03:00Z',
    ])
    // 7 November 2010, 00:01 (-02:30) to 23:01 of the 6th (-03:30): the 7th has begun a minute before.
    expect(cuts({ every: 'day', start: '2010-11-06', timeZone: 'America/St_Johns' }, '2010-11-07T02:30:01Z')).toEqual([
      '2010-11-06T02:30Z',
      '2010-11-07T02:30Z',
      '2010-11-08T03:30Z',
    ])
  })

  test('an offset changed for good, Europe/Istanbul and Asia/Pyongyang', () => {
    // On 30 October 2016 Istanbul stayed at +03.
    expect(cuts({ every: 'month', start: '2016-10-01', timeZone: 'Europe/Istanbul' }, '2016-11-30T21:00:00Z')).toEqual([
      '2016-09-30T21:00Z',
      '2016-10-31T21:00Z',
      '2016-11-30T21:00Z',
    ])
    // 4 May 2018, 23:30 (+08:30) to 00:00 of the 5th (+09).
    expect(cuts({ every: 'day', start: '2018-05-04', timeZone: 'Asia/Pyongyang' }, '2018-05-04T15:00:00Z')).toEqual([
      '2018-05-03T15:30Z',
      '2018-05-04T15:00Z',
    ])
  })
})

test('none begins at or after until', () => {
  const plan = parseSchedule({ every: 'day', start: '2026-01-01' })
  const count = (until: string): number => [...windowsOf(plan, { until })].length
  expect(count('2025-12-31T00:00:00.000Z')).toBe(0)
  expect(count('2026-01-01T00:00:00.000Z')).toBe(0)
  expect(count('2026-01-01T00:00:00.001Z')).toBe(1)
  expect(count('2026-01-02T00:00:00.000Z')).toBe(1)
  expect(count('2026-01-02T00:00:00.001Z')).toBe(2)
})

test('the last year', () => {
  const [window] = windowsOf(parseSchedule({ every: 'quarter', start: '8999-12-31' }), {
    until: '8999-12-31T23:59:59.999Z',
  })
  expect(window).toEqual({ from: '8999-12-31T00:00:00.000Z', to: '9000-01-01T00:00:00.000Z' })
})

test.each(['', 'now', '2026-01-01', '9000-01-01T00:00:00.000Z'])('until %j is refused', (until) => {
  const plan = parseSchedule({ every: 'day', start: '2026-01-01' })
  expect(() => windowsOf(plan, { until }).next()).toThrow(expect.objectContaining({ code: 'SCHEDULE_INSTANT' }))
})
