import { nearest, usageError } from '@custody/pipeline'
import { type Period, periods, type Weekday, weekdays } from './calendar.ts'
import { didYouMean } from './did-you-mean.ts'
import { readDuration } from './duration.ts'
import { readDate, readInstant, writeInstant } from './instant.ts'
import { firstInstantOf } from './period-cuts.ts'
import type { Schedule } from './schedule.ts'
import { checkZoneName } from './zone-name.ts'

/** A schedule as it is written in a configuration. */
export interface ScheduleOptions {
  readonly every: Period
  /**
   * How long after its end a window is left to settle: `90m`, `2h`, `3d`. At least `65m`, since Data 360 shows a message up to an
   * hour late; at most `31d`.
   *
   * @defaultValue `'2h'`
   */
  readonly settle?: string
  /** In whose days, weeks and months windows are cut: `Europe/Berlin`. @defaultValue `'UTC'` */
  readonly timeZone?: string
  /** Where the first window begins: a date (its first instant in the zone), or an instant with an offset. From 2000 on. */
  readonly start: string
  /** For `every: 'week'` alone. @defaultValue `'monday'`, as in ISO 8601 */
  readonly weekStartsOn?: Weekday
  /**
   * How long after it became due a window that is not archived is overdue: `12h`. From `1m` to `366d`.
   *
   * @defaultValue when the next window becomes due, but at most three days
   */
  readonly overdueAfter?: string
}

const optionNames = ['every', 'settle', 'timeZone', 'start', 'weekStartsOn', 'overdueAfter'] as const

/** @throws CustodyError (usage) `SCHEDULE_EVERY`, `SCHEDULE_SETTLE`, `SCHEDULE_TIME_ZONE`, `SCHEDULE_START`, `SCHEDULE_WEEK`, `SCHEDULE_OVERDUE`, `SCHEDULE_OPTION` */
export function parseSchedule(options: ScheduleOptions): Schedule {
  for (const name of Object.keys(options)) checkOptionName(name)
  const { every, settle = '2h', timeZone = 'UTC', start, weekStartsOn, overdueAfter } = options
  if (!periods.includes(every)) throw unknownPeriod(every)
  const zone = checkZoneName(String(timeZone))
  return {
    every,
    settleMs: readSettle(String(settle)),
    timeZone: zone,
    start: writeInstant(readStart(String(start), zone)),
    weekStartsOn: checkWeekday(weekStartsOn, every),
    overdueAfterMs: overdueAfter === undefined ? null : readOverdueAfter(String(overdueAfter)),
  }
}

const earliestStart = Date.UTC(2000, 0)

function readStart(text: string, timeZone: string): number {
  const date = readDate(text)
  const start = date === null ? readInstant(text) : firstInstantOf(date, timeZone)
  if (start !== null && start >= earliestStart) return start
  throw usageError(
    'SCHEDULE_START',
    `The start ${quoted(text)} is no date or instant from 2000 on.`,
    'Write a date of the calendar, such as 2026-10-01, or an instant with its offset, such as 2026-10-01T08:00:00+02:00.',
  )
}

const minuteMs = 60_000
const dayMs = 86_400_000
/** Data 360 lags one hour; five minutes more for clocks that differ. */
const settleRangeMs = [65 * minuteMs, 31 * dayMs] as const
const overdueRangeMs = [minuteMs, 366 * dayMs] as const

function readSettle(text: string): number {
  const ms = readDuration(text)
  if (ms !== null && isWithin(ms, settleRangeMs)) return ms
  throw usageError(
    'SCHEDULE_SETTLE',
    `settle is ${quoted(text)}, which is ${ms === null ? 'no duration' : ms < settleRangeMs[0] ? 'too short' : 'too long'}.`,
    'Write minutes, hours or days, from 65m (Data 360 shows a message up to an hour late) to 31d: 2h.',
  )
}

function readOverdueAfter(text: string): number {
  const ms = readDuration(text)
  if (ms !== null && isWithin(ms, overdueRangeMs)) return ms
  throw usageError(
    'SCHEDULE_OVERDUE',
    `overdueAfter is ${quoted(text)}, which is no duration from 1m to 366d.`,
    'Write minutes, hours or days: 12h.',
  )
}

function isWithin(ms: number, [least, most]: readonly [number, number]): boolean {
  return ms >= least && ms <= most
}

function checkWeekday(weekday: Weekday | undefined, every: Period): Weekday {
  if (weekday === undefined) return 'monday'
  if (every === 'week' && weekdays.includes(weekday)) return weekday
  throw usageError(
    'SCHEDULE_WEEK',
    every === 'week'
      ? `weekStartsOn is ${quoted(String(weekday))}, which is no day.${didYouMean(nearest(String(weekday), weekdays))}`
      : `weekStartsOn says nothing of windows of a ${every}.`,
    every === 'week' ? `Write one of ${weekdays.join(', ')}.` : "Leave it out, or write every: 'week'.",
  )
}

function unknownPeriod(every: unknown): Error {
  return usageError(
    'SCHEDULE_EVERY',
    `every is ${quoted(String(every))}, which is no period.${didYouMean(nearest(String(every), periods))}`,
    `Write one of ${periods.join(', ')}.`,
  )
}

function checkOptionName(name: string): void {
  if (optionNames.some((known) => known === name)) return
  throw usageError(
    'SCHEDULE_OPTION',
    `A schedule has no option ${quoted(name)}.${didYouMean(nearest(name, optionNames))}`,
    `Its options are ${optionNames.join(', ')}.`,
  )
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 60))
}
