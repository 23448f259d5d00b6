import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dueWindows, nextDue, windowStates } from './due-windows.ts'
import type { Window } from './instant.ts'
import { parseSchedule } from './parse-schedule.ts'
import type { Schedule } from './schedule.ts'
import { after, lengthOf, schedule } from './testing/schedules.ts'
import { windowsOf } from './windows-of.ts'

const october = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }
const months = parseSchedule({ every: 'month', start: '2026-10-01' })

/** Some windows near a schedule's start: of the schedule or not, overlapping, in any order. */
function ranges(plan: Schedule): fc.Arbitrary<readonly Window[]> {
  const within = lengthOf(plan, 12)
  return fc.array(
    fc.tuple(fc.integer({ min: -within, max: within }), fc.integer({ min: 1, max: within })).map(([from, length]) => ({
      from: after(plan.start, from),
      to: after(plan.start, from + length),
    })),
    { maxLength: 6 },
  )
}

const planned = schedule.chain((plan) =>
  fc.record({
    plan: fc.constant(plan),
    sealed: ranges(plan),
    now: fc.integer({ min: -5, max: 20 }).map((windows) => after(plan.start, plan.settleMs + lengthOf(plan, windows))),
  }),
)

describe('a window', () => {
  const state = (now: string, plan = months): string | undefined =>
    windowStates(plan, { now, sealed: [] }).next().value?.state

  // Ends on 1 November, settles for two hours, is overdue three days later (the next one becomes due later than that).
  test.each([
    ['2026-10-01T00:00:00.000Z', 'open'],
    ['2026-10-31T23:59:59.999Z', 'open'],
    ['2026-11-01T00:00:00.000Z', 'settling'],
    ['2026-11-01T01:59:59.999Z', 'settling'],
    ['2026-11-01T02:00:00.000Z', 'due'],
    ['2026-11-01T02:00:00.001Z', 'due'],
    ['2026-11-04T01:59:59.999Z', 'due'],
    ['2026-11-04T02:00:00.000Z', 'overdue'],
    ['2030-01-01T00:00:00.000Z', 'overdue'],
  ])('at %s is %s', (now, expected) => {
    expect(state(now)).toBe(expected)
  })

  test('of a day is overdue when the next one becomes due, be that day shorter', () => {
    const days = parseSchedule({ every: 'day', start: '2026-03-28', timeZone: 'Europe/Berlin' })
    const [first] = windowStates(days, { now: '2026-03-29T12:00:00.000Z', sealed: [] })
    expect(first).toMatchObject({
      dueAt: '2026-03-29T01:00:00.000Z',
      overdueAt: '2026-03-30T00:00:00.000Z',
      state: 'due',
    })
  })

  test('is overdue when the schedule says', () => {
    const late = parseSchedule({ every: 'month', start: '2026-10-01', overdueAfter: '1m' })
    expect(state('2026-11-01T02:00:59.999Z', late)).toBe('due')
    expect(state('2026-11-01T02:01:00.000Z', late)).toBe('overdue')
  })

  test('settles in elapsed time when clocks are turned meanwhile', () => {
    const days = parseSchedule({ every: 'day', start: '2026-10-24', timeZone: 'Europe/Berlin', settle: '6h' })
    // 25 October, 00:00 (+02) and six hours: 05:00 (+01).
    expect(nextDue(days, { now: '2026-10-24T00:00:00.000Z', sealed: [] })?.dueAt).toBe('2026-10-25T04:00:00.000Z')
  })

  test('is not there before it begins', () => {
    expect([...windowStates(months, { now: '2026-09-30T23:59:59.999Z', sealed: [] })]).toEqual([])
    expect([...windowStates(months, { now: '2026-10-01T00:00:00.000Z', sealed: [] })]).toHaveLength(1)
  })
})

describe('what is due', () => {
  const now = '2026-12-15T00:00:00.000Z'
  const due = (sealed: readonly Window[]): readonly string[] =>
    dueWindows(months, { now, sealed }).map(({ from, to }) => `${from.slice(0, 10)} ${to.slice(0, 10)}`)
  const days = (from: string, to: string): Window => ({ from: `${from}T00:00:00.000Z`, to: `${to}T00:00:00.000Z` })

  test('oldest first', () => {
    expect(due([])).toEqual(['2026-10-01 2026-11-01', '2026-11-01 2026-12-01'])
  })

  test.each([
    ['one sealed', [october], ['2026-11-01 2026-12-01']],
    ['the later one sealed', [days('2026-11-01', '2026-12-01')], ['2026-10-01 2026-11-01']],
    ['both by one', [days('2026-09-01', '2027-01-01')], []],
    ['both by many, twice, in any order', [days('2026-10-20', '2026-12-01'), october, october], []],
    ['its beginning', [days('2026-09-01', '2026-10-10')], ['2026-10-10 2026-11-01', '2026-11-01 2026-12-01']],
    ['its end and the next', [days('2026-10-10', '2026-12-01')], ['2026-10-01 2026-10-10']],
    [
      'its middle',
      [days('2026-10-10', '2026-10-12'), days('2026-11-01', '2026-12-01')],
      ['2026-10-01 2026-10-10', '2026-10-12 2026-11-01'],
    ],
    [
      'what touches it only',
      [days('2026-09-01', '2026-10-01'), days('2026-12-01', '2027-01-01')],
      ['2026-10-01 2026-11-01', '2026-11-01 2026-12-01'],
    ],
  ])('with %s', (_, sealed, expected) => {
    expect(due(sealed)).toEqual(expected)
  })

  test('to the millisecond', () => {
    const sealed = [{ from: '2026-10-01T00:00:00.001Z', to: '2026-11-30T23:59:59.999Z' }]
    expect(dueWindows(months, { now, sealed })).toEqual([
      {
        from: '2026-10-01T00:00:00.000Z',
        to: '2026-10-01T00:00:00.001Z',
        scheduled: october,
        state: 'overdue',
        dueAt: '2026-11-01T02:00:00.000Z',
        overdueAt: '2026-11-04T02:00:00.000Z',
      },
      expect.objectContaining({ from: '2026-11-30T23:59:59.999Z', to: '2026-12-01T00:00:00.000Z' }),
    ])
  })

  test('is exactly what settled and is not sealed', () => {
    fc.assert(
      fc.property(planned, ({ plan, sealed, now }) => {
        const parts = [...windowStates(plan, { now, sealed })]
        let end = plan.start
        for (const { from, to, scheduled, state, dueAt, overdueAt } of parts) {
          expect(from).toBe(end)
          expect(from < to && scheduled.from <= from && to <= scheduled.to).toBe(true)
          end = to
          const overlapping = sealed.filter((range) => range.from < to && range.to > from)
          const points = [from, ...overlapping.map((range) => range.to).filter((end) => end < to)]
          expect(points.every((point) => overlapping.some((range) => range.from <= point && point < range.to))).toBe(
            state === 'sealed',
          )
          if (state !== 'sealed') expect(overlapping).toEqual([])
          expect(dueAt).toBe(after(scheduled.to, plan.settleMs))
          if (state !== 'sealed') {
            const expected =
              now < scheduled.to ? 'open' : now < dueAt ? 'settling' : now < overdueAt ? 'due' : 'overdue'
            expect(state).toBe(expected)
          }
        }
        const whole = parts.filter((part, index) => part.scheduled.from !== parts[index - 1]?.scheduled.from)
        expect(whole.map((part) => part.scheduled)).toEqual([...windowsOf(plan, { until: after(now, 1) })])
        expect(dueWindows(plan, { now, sealed })).toEqual(
          parts.filter(({ state }) => state === 'due' || state === 'overdue'),
        )
      }),
      { numRuns: 150 },
    )
  })

  test('stays due until it is sealed, whatever time passes', () => {
    fc.assert(
      fc.property(planned, fc.nat(1e9), ({ plan, sealed, now }, more) => {
        const span = ({ from, to }: Window): string => `${from} ${to}`
        const earlier = dueWindows(plan, { now, sealed }).map(span)
        const later = dueWindows(plan, { now: after(now, more), sealed }).map(span)
        expect(later.slice(0, earlier.length)).toEqual(earlier)
      }),
      { numRuns: 100 },
    )
  })

  test('is due exactly once where each is sealed, however runs fail and clocks jump', () => {
    const step = fc.record({
      hours: fc.integer({ min: -30, max: 90 }),
      limit: fc.integer({ min: 1, max: 4 }),
      done: fc.nat(4),
    })
    fc.assert(
      fc.property(schedule, fc.array(step, { maxLength: 30 }), (any, steps) => {
        const plan = { ...any, every: any.every === 'hour' ? 'day' : any.every } as const
        const sealed: Window[] = []
        let now = after(plan.start, plan.settleMs)
        for (const { hours, limit, done } of steps) {
          now = after(now, hours * 3_600_000)
          sealed.push(...dueWindows(plan, { now, sealed, limit }).slice(0, done))
        }
        now = after(now, lengthOf(plan, 4))
        sealed.push(...dueWindows(plan, { now, sealed }))
        expect(dueWindows(plan, { now, sealed })).toEqual([])
        const settled = [...windowsOf(plan, { until: now })].filter(({ to }) => after(to, plan.settleMs) <= now)
        expect(sealed.map(({ from, to }) => ({ from, to })).sort((a, b) => (a.from < b.from ? -1 : 1))).toEqual(settled)
      }),
      { numRuns: 100 },
    )
  })

  test('at most as many as asked for, without looking further', () => {
    const hours = parseSchedule({ every: 'hour', start: '2000-01-01' })
    const due = dueWindows(hours, { now: '8999-01-01T00:00:00.000Z', sealed: [], limit: 2 })
    expect(due.map(({ from }) => from)).toEqual(['2000-01-01T00:00:00.000Z', '2000-01-01T01:00:00.000Z'])
  })

  test('when the rules of a zone changed after windows were sealed, is the rest', () => {
    // Sealed as of +02; the zone stayed at +03.
    const days = parseSchedule({ every: 'day', start: '2016-11-01', timeZone: 'Europe/Istanbul' })
    const sealed = [{ from: '2016-10-31T22:00:00.000Z', to: '2016-11-01T22:00:00.000Z' }]
    const due = dueWindows(days, { now: '2016-11-03T00:00:00.000Z', sealed })
    expect(due.map(({ from, to }) => [from, to])).toEqual([
      ['2016-10-31T21:00:00.000Z', '2016-10-31T22:00:00.000Z'],
      ['2016-11-01T22:00:00.000Z', '2016-11-02T21:00:00.000Z'],
    ])
  })
})

describe('what becomes due next', () => {
  const next = (now: string, sealed: readonly Window[] = []): string | undefined =>
    nextDue(months, { now, sealed })?.dueAt

  test.each([
    ['before the start', '2026-01-01T00:00:00.000Z', '2026-11-01T02:00:00.000Z'],
    ['while it is open', '2026-10-20T00:00:00.000Z', '2026-11-01T02:00:00.000Z'],
    ['a millisecond before', '2026-11-01T01:59:59.999Z', '2026-11-01T02:00:00.000Z'],
    ['when it is due itself', '2026-11-01T02:00:00.000Z', '2026-12-01T02:00:00.000Z'],
  ])('%s', (_, now, expected) => {
    expect(next(now)).toBe(expected)
  })

  test('passes over what is sealed', () => {
    expect(next('2026-10-20T00:00:00.000Z', [october])).toBe('2026-12-01T02:00:00.000Z')
  })

  test('is nothing where all is sealed', () => {
    const sealed = [{ from: '2000-01-01T00:00:00.000Z', to: '8999-12-31T23:59:59.999Z' }]
    const years = parseSchedule({ every: 'quarter', start: '8990-01-01' })
    expect(nextDue(years, { now: '2026-01-01T00:00:00.000Z', sealed })).toMatchObject({
      from: '8999-12-31T23:59:59.999Z',
    })
    const rest = [...sealed, { from: '8999-01-01T00:00:00.000Z', to: '8999-12-31T23:59:59.999Z' }]
    expect(nextDue(years, { now: '8999-12-31T23:59:59.999Z', sealed: rest })?.state).toBe('open')
  })

  test('is what dueWindows gives at that time, and not before', () => {
    fc.assert(
      fc.property(planned, ({ plan, sealed, now }) => {
        const { dueAt = '', from } = nextDue(plan, { now, sealed }) ?? {}
        expect(dueAt > now).toBe(true)
        const starts = (at: string): readonly string[] => dueWindows(plan, { now: at, sealed }).map((part) => part.from)
        const known = starts(now)
        expect(starts(after(dueAt, -1))).toEqual(known)
        expect(starts(dueAt)[known.length]).toBe(from)
      }),
      { numRuns: 100 },
    )
  })
})

test('ten years of hours, half of them sealed, in linear time', () => {
  const hours = parseSchedule({ every: 'hour', start: '2016-01-01', timeZone: 'Europe/Berlin' })
  const now = '2026-01-01T00:00:00.000Z'
  const sealed = [...windowsOf(hours, { until: now })].filter((_, index) => index % 2 === 0)
  const startedAt = performance.now()
  expect(dueWindows(hours, { now, sealed }).length).toBe(43_835)
  // About half a second; what is quadratic takes minutes.
  expect(performance.now() - startedAt).toBeLessThan(10_000)
})

test.each([
  [{ now: 'now' }, 'SCHEDULE_INSTANT'],
  [{ now: '2026-01-01' }, 'SCHEDULE_INSTANT'],
  [{ sealed: [{ from: '2026-01-01', to: october.to }] }, 'SCHEDULE_INSTANT'],
  [{ sealed: [{ from: october.from, to: 'x' }] }, 'SCHEDULE_INSTANT'],
  [{ sealed: [{ from: october.to, to: october.from }] }, 'SCHEDULE_SEALED'],
  [{ sealed: [{ from: october.to, to: october.to }] }, 'SCHEDULE_SEALED'],
  [{ limit: 0 }, 'SCHEDULE_OPTION'],
  [{ limit: Number.NaN }, 'SCHEDULE_OPTION'],
])('%j is refused', (options, code) => {
  const all = { now: '2026-12-01T00:00:00.000Z', sealed: [], ...options }
  expect(() => dueWindows(months, all)).toThrow(expect.objectContaining({ code, kind: 'usage' }))
})
