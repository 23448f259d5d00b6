import { describe, expect, test } from 'vitest'
import { parseSchedule, type ScheduleOptions } from './parse-schedule.ts'

const hour = 3_600_000

function refusal(options: object): unknown {
  try {
    return parseSchedule({ every: 'month', start: '2026-01-01', ...options } as ScheduleOptions)
  } catch (error) {
    return error
  }
}

test('defaults', () => {
  expect(parseSchedule({ every: 'month', start: '2026-01-01' })).toEqual({
    every: 'month',
    settleMs: 2 * hour,
    timeZone: 'UTC',
    start: '2026-01-01T00:00:00.000Z',
    weekStartsOn: 'monday',
    overdueAfterMs: null,
  })
})

describe('start', () => {
  test.each([
    ['a date is its first instant in the zone', '2026-01-01', 'Europe/Berlin', '2025-12-31T23:00:00.000Z'],
    ['the first instant of a day need not be 00:00', '2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    ['of a day that the zone skipped it is the next day', '2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['of a midnight shown twice it is the first', '2010-11-07', 'America/St_Johns', '2010-11-07T02:30:00.000Z'],
    ['an instant is itself', '2026-01-01T12:34:56.789+01:00', 'Asia/Tokyo', '2026-01-01T11:34:56.789Z'],
    ['the earliest', '2000-01-01', 'UTC', '2000-01-01T00:00:00.000Z'],
  ])('%s', (_, start, timeZone, expected) => {
    expect(parseSchedule({ every: 'day', start, timeZone }).start).toBe(expected)
  })

  test.each([
    ...['', 'today', '2026-02-30', '2026-01-01T00:00:00', '01.01.2026', '1999-12-31', '0226-01-01', '9000-01-01'],
    ...[undefined, null, 20260101],
  ])('%j is refused', (start) => {
    expect(refusal({ start })).toMatchObject({ code: 'SCHEDULE_START', kind: 'usage' })
  })
})

describe('settle', () => {
  test.each([
    ['65m', 65 * 60_000],
    ['2h', 2 * hour],
    ['31d', 31 * 24 * hour],
    ['744h', 31 * 24 * hour],
  ])('%s', (settle, ms) => {
    expect(parseSchedule({ every: 'hour', start: '2026-01-01', settle }).settleMs).toBe(ms)
  })

  test.each(['64m', '1h', '0d', '32d', '745h', '2', '2 h', '2hours', '-2h', '1.5h', '', 'h', '9999999m', 7200])(
    '%j is refused',
    (settle) => {
      expect(refusal({ settle })).toMatchObject({ code: 'SCHEDULE_SETTLE', kind: 'usage' })
    },
  )
})

test.each([
  ['1m', 60_000],
  ['366d', 366 * 24 * hour],
])('overdueAfter %s', (overdueAfter, ms) => {
  expect(parseSchedule({ every: 'day', start: '2026-01-01', overdueAfter }).overdueAfterMs).toBe(ms)
})

describe('time zones', () => {
  test.each([
    ...['UTC', 'Etc/UTC', 'Etc/GMT-2', 'Etc/GMT+12', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'],
    // Node lists them under an older name.
    ...['Asia/Kolkata', 'Europe/Kyiv', 'Asia/Ho_Chi_Minh', 'America/Port-au-Prince', 'Antarctica/McMurdo'],
    ...['Africa/Dar_es_Salaam', 'Antarctica/DumontDUrville', 'America/North_Dakota/New_Salem'],
  ])('%s', (timeZone) => {
    expect(parseSchedule({ every: 'day', start: '2026-01-01', timeZone }).timeZone).toBe(timeZone)
  })

  test('all that Node lists', () => {
    for (const timeZone of Intl.supportedValuesOf('timeZone')) expect(refusal({ timeZone })).toMatchObject({ timeZone })
  })

  test.each([
    ['Europe/Berln', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['asia/kolkata', 'Asia/Kolkata'],
    ['Asia/KOLKATA', 'Asia/Kolkata'],
    ['america/port-au-prince', 'America/Port-au-Prince'],
    ['Berlin', 'Europe/Berlin'],
    ['new york', 'America/New_York'],
    ['US/Eastern', 'America/New_York'],
    ['utc', 'UTC'],
    ['GMT', 'UTC'],
  ])('%s is refused: %s is meant', (timeZone, meant) => {
    expect(refusal({ timeZone })).toMatchObject({
      code: 'SCHEDULE_TIME_ZONE',
      kind: 'usage',
      message: expect.stringContaining(`Did you mean ${meant}?`),
    })
  })

  test.each(['', '+02:00', 'UTC+2', 'Mars/Phobos', 'Local', 'Europe/Berlin\n', '../etc/passwd', 'Etc/GMT-15'])(
    '%j is refused',
    (timeZone) => {
      expect(refusal({ timeZone })).toMatchObject({ code: 'SCHEDULE_TIME_ZONE', kind: 'usage' })
    },
  )
})

test.each([
  [{ every: 'months' }, 'SCHEDULE_EVERY', 'Did you mean month?'],
  [{ every: undefined }, 'SCHEDULE_EVERY', 'no period'],
  [{ every: '__proto__' }, 'SCHEDULE_EVERY', 'no period'],
  [{ overdueAfter: '0m' }, 'SCHEDULE_OVERDUE', 'overdueAfter'],
  [{ overdueAfter: '367d' }, 'SCHEDULE_OVERDUE', 'overdueAfter'],
  [{ weekStartsOn: 'sunday' }, 'SCHEDULE_WEEK', 'says nothing of windows of a month'],
  [{ every: 'week', weekStartsOn: 'sonday' }, 'SCHEDULE_WEEK', 'Did you mean sunday?'],
  [{ setle: '2h' }, 'SCHEDULE_OPTION', 'Did you mean settle?'],
  [{ constructor: 1 }, 'SCHEDULE_OPTION', 'has no option'],
])('%j is refused', (options, code, message) => {
  expect(refusal(options)).toMatchObject({ code, kind: 'usage', message: expect.stringContaining(message) })
})

test('a text of a million characters is refused, and not repeated', () => {
  const long = 'x'.repeat(1e6)
  const schedules = [
    { start: long },
    { settle: long },
    { timeZone: long },
    { timeZone: `Europe/${long}` },
    { every: long },
  ]
  for (const options of schedules) expect((refusal(options) as Error).message.length).toBeLessThan(200)
})
