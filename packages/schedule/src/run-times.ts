import type { Schedule } from './schedule.ts'
import { offsetReader } from './zone-offsets.ts'

/** Times of a day at which a scheduler starts a run: each minute of these with each hour of these. Ascending. */
export interface RunTimes {
  readonly hours: readonly number[] | 'every'
  readonly minutes: readonly number[]
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Runs start this long after windows become due: clocks differ, and full hours are everybody's. */
const marginMs = 10 * minuteMs

/** Up to here the time zone database writes changes of clocks down one by one. */
const horizon = Date.UTC(2038, 0)
const leastAheadMs = 2 * 366 * dayMs
/** Clocks stay for some weeks at least as they were turned: the summer time of Morocco pauses for a month. */
const sampleMs = 5 * dayMs

/**
 * Times on the clocks of the schedule's zone, each day (each hour for windows of an hour). A window settles in elapsed time:
 * where clocks are set forward meanwhile, it becomes due later on the clock, so there is a time for that too.
 */
export function localRunTimes(schedule: Schedule): RunTimes {
  const nominal = schedule.settleMs + marginMs
  return toRunTimes(schedule, [nominal, ...forwardShifts(schedule).map((shift) => nominal + shift)])
}

/** Times in UTC: one for each offset the zone has had since the schedule's start, or will have. Right in summer and in winter. */
export function utcRunTimes(schedule: Schedule): RunTimes {
  return toRunTimes(
    schedule,
    offsetsOf(schedule).map((offset) => schedule.settleMs + marginMs - offset),
  )
}

/** In cron's five fields. */
export function toCronExpression({ hours, minutes }: RunTimes): string {
  return `${minutes.join(',')} ${hours === 'every' ? '*' : hours.join(',')} * * *`
}

/** As a systemd calendar event. */
export function toCalendarEvent({ hours, minutes }: RunTimes, timeZone: string): string {
  const list = (values: readonly number[]): string => values.map((value) => String(value).padStart(2, '0')).join(',')
  return `*-*-* ${hours === 'every' ? '*' : list(hours)}:${list(minutes)}:00 ${timeZone}`
}

function toRunTimes({ every }: Schedule, timesMs: readonly number[]): RunTimes {
  const minutes = timesMs.map((time) => Math.floor(remainder(time, hourMs) / minuteMs))
  const hours = timesMs.map((time) => Math.floor(remainder(time, dayMs) / hourMs))
  return { hours: every === 'hour' ? 'every' : ascending(hours), minutes: ascending(minutes) }
}

function forwardShifts(schedule: Schedule): readonly number[] {
  const shifts: number[] = []
  let last: number | undefined
  for (const offset of offsetsInTurn(schedule)) {
    const shift = offset - (last ?? offset)
    // A day skipped leaves the clock as it is.
    if (shift > 0 && shift < dayMs) shifts.push(shift)
    last = offset
  }
  return ascending(shifts)
}

function offsetsOf(schedule: Schedule): readonly number[] {
  return ascending([...offsetsInTurn(schedule)])
}

function* offsetsInTurn({ start, timeZone }: Schedule): Generator<number> {
  const offsetAt = offsetReader(timeZone)
  const startMs = Date.parse(start)
  const until = Math.max(horizon, startMs + leastAheadMs)
  for (let at = startMs; at < until; at += sampleMs) yield offsetAt(at)
}

function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}

function remainder(dividend: number, divisor: number): number {
  return ((dividend % divisor) + divisor) % divisor
}
