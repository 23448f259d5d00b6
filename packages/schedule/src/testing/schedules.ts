import fc from 'fast-check'
import { periods, weekdays } from '../calendar.ts'
import { parseSchedule } from '../parse-schedule.ts'
import type { Schedule } from '../schedule.ts'

/** Zones with something odd: half hours, midnights that do not exist, skipped days, offsets changed for good. */
export const oddZones: readonly string[] = [
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/Caracas',
  'America/Havana',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Antarctica/Casey',
  'Antarctica/Troll',
  'Asia/Beirut',
  'Asia/Gaza',
  'Asia/Kathmandu',
  'Asia/Pyongyang',
  'Asia/Tehran',
  'Australia/Lord_Howe',
  'Europe/Berlin',
  'Europe/Istanbul',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Fakaofo',
]

export const zone: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...oddZones),
  fc.constantFrom('UTC', ...Intl.supportedValuesOf('timeZone')),
)

/** Instants within which zones did most of their odd things, in epoch milliseconds. */
export const instant: fc.Arbitrary<number> = fc.integer({ min: Date.UTC(2000, 0, 2), max: Date.UTC(2031, 0) })

/** Schedules of all periods and zones, starting at a date or anywhere in a day. */
export const schedule: fc.Arbitrary<Schedule> = fc
  .record({
    every: fc.constantFrom(...periods),
    timeZone: zone,
    startMs: instant,
    date: fc.boolean(),
    weekday: fc.constantFrom(...weekdays),
    settle: fc.constantFrom('65m', '2h', '26h', '3d', '31d'),
    overdueAfter: fc.constantFrom(undefined, '1m', '12h', '40d'),
  })
  .map(({ every, timeZone, startMs, date, weekday, settle, overdueAfter }) =>
    parseSchedule({
      every,
      timeZone,
      settle,
      start: new Date(startMs).toISOString().slice(0, date ? 10 : undefined),
      ...(every === 'week' && { weekStartsOn: weekday }),
      ...(overdueAfter !== undefined && { overdueAfter }),
    }),
  )

/** How many milliseconds about `windows` windows of a schedule take. */
export function lengthOf({ every }: Schedule, windows: number): number {
  const hours = { hour: 1, day: 24, week: 168, month: 730, quarter: 2190 }
  return windows * hours[every] * 3_600_000
}

/** An instant so long after another one. */
export function after(instant: string, ms: number): string {
  return new Date(Date.parse(instant) + ms).toISOString()
}
