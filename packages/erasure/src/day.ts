import type { Day } from './erasure-request.ts'

const form = /^(\d{4})-(\d{2})-(\d{2})$/

/** Whether it is a day of the calendar, written so. */
export function isDay(value: unknown): value is Day {
  if (typeof value !== 'string' || !form.test(value)) return false
  const at = Date.parse(`${value}T00:00:00.000Z`)
  return !Number.isNaN(at) && dayOf(at) === value
}

/** The day of a moment, in UTC. */
export function dayOf(ms: number): Day {
  return new Date(ms).toISOString().slice(0, 10)
}

/** So many days later. */
export function addDays(day: Day, days: number): Day {
  return dayOf(Date.parse(`${day}T00:00:00.000Z`) + days * 86_400_000)
}

/** The same date so many months later; where that month is too short, its last day. */
export function addMonths(day: Day, months: number): Day {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  return dayOf(Date.UTC(year, month - 1 + months, Math.min(date, last)))
}
