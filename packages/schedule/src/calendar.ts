/** How long a window is. Quarters begin in January, April, July and October. */
export const periods = ['hour', 'day', 'week', 'month', 'quarter'] as const

/** How long a window of a schedule is. */
export type Period = (typeof periods)[number]

export const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

/** A day of the week, Monday first. */
export type Weekday = (typeof weekdays)[number]

const dayMs = 86_400_000

/** The calendar a schedule counts in. */
export interface Calendar {
  readonly every: Exclude<Period, 'hour'>
  readonly weekStartsOn: Weekday
}

/**
 * The midnight at which the next period begins, after a wall time. Both are what clocks show, as epoch milliseconds as if
 * it were UTC: on the wall every day has 24 hours.
 */
export function nextPeriodStart(wallMs: number, { every, weekStartsOn }: Calendar): number {
  const day = Math.floor(wallMs / dayMs)
  if (every === 'day') return (day + 1) * dayMs
  const date = new Date(wallMs)
  if (every === 'week') return (day + 7 - ((date.getUTCDay() - weekdays.indexOf(weekStartsOn) + 7) % 7)) * dayMs
  const months = every === 'month' ? 1 : 3
  const month = date.getUTCMonth()
  return Date.UTC(date.getUTCFullYear(), month - (month % months) + months)
}
