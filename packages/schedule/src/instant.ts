/** An instant as ISO 8601 in UTC with milliseconds, `2026-10-01T08:30:00.000Z`, as in `@custody/model`. */
export type Instant = string

/** A half-open window of time, `[from, to)`, as in `@custody/model`. */
export interface Window {
  readonly from: Instant
  readonly to: Instant
}

const form = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,3})?)?(?:Z|[+-](\d\d):(\d\d))$/

/** Instants end with this year, so that the window that holds one ends before the year 10,000, which has another form. */
const lastYear = 8999

/** Epoch milliseconds of an instant with any offset; null for what is none, or is of no calendar. */
export function readInstant(text: string): number | null {
  const match = form.exec(text)
  if (match === null) return null
  const [, date = '', hour, minute, second = 0, offsetHours = 0, offsetMinutes = 0] = match
  const inRange =
    Number(hour) <= 23 &&
    Number(minute) <= 59 &&
    Number(second) <= 59 &&
    Number(offsetHours) <= 23 &&
    Number(offsetMinutes) <= 59
  return inRange && readDate(date) !== null ? Date.parse(text) : null
}

/** Midnight UTC of a date `2026-10-01`; null for what is none, or is of no calendar. */
export function readDate(text: string): number | null {
  const [, year = 0, month = 0, day = 0] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []).map(Number)
  const epochMs = Date.UTC(year, month - 1, day)
  const date = new Date(epochMs)
  // 30 February is made 2 March, the year 99 is made 1999.
  const onCalendar = date.getUTCMonth() === month - 1 && date.getUTCFullYear() === year
  return onCalendar && year <= lastYear ? epochMs : null
}

export function writeInstant(epochMs: number): Instant {
  return new Date(epochMs).toISOString()
}
