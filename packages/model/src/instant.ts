import type { Instant } from './conversation.ts'
import { isRawJson } from './raw-json.ts'

/**
 * From here on a number means milliseconds, below it seconds. As milliseconds it is 1973-03-03, as seconds the year 5138,
 * so no conversation is near it.
 */
const MILLISECONDS_FROM = 1e11
/** Below this a number is no time stamp but a placeholder (0, -1), a year, or a date without dashes. */
const SECONDS_FROM = MILLISECONDS_FROM / 1000

const numeric = /^\d{1,20}(?:\.\d{1,20})?(?:[eE]\+?\d{1,2})?$/
const iso =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,20}))?)?(?:Z|z| ?UTC|([+-])(\d\d)(?::?(\d\d))?)$/

/**
 * An instant in the model's one form, or null for what is none.
 *
 * - Numbers, also as text: epoch seconds from 1e8, epoch milliseconds from 1e11 (both 1973-03-03), to the end of the year
 *   9999. Salesforce mixes the two. Smaller ones are null: the 0 of an absent time would otherwise put an entry before
 *   every window, where nobody looks.
 * - ISO 8601 with a date, a time and an offset: `Z`, ` UTC`, `+01:00`, `+0000` (as SOQL writes), `+01`. Text without an offset
 *   is null: it says no instant. A fraction beyond milliseconds is cut.
 * - Dates no calendar has (30 February, 24:00, second 60) are null.
 */
export function toInstant(value: unknown): Instant | null {
  if (typeof value === 'string')
    return isoToInstant(value) ?? (numeric.test(value) ? epochToInstant(Number(value)) : null)
  if (typeof value === 'number' || typeof value === 'bigint') return epochToInstant(Number(value))
  if (isRawJson(value)) return toInstant(value.rawJSON)
  return null
}

function epochToInstant(epoch: number): Instant | null {
  if (!(epoch >= SECONDS_FROM)) return null
  // Seconds with a fraction suffer from the multiplication: 1.005 * 1000 is a little below 1005.
  return write(epoch < MILLISECONDS_FROM ? epoch * 1000 + 1e-3 : epoch)
}

function isoToInstant(text: string): Instant | null {
  const match = iso.exec(text)
  if (match === null) return null
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '00', fraction = '', sign] = match
  const isOnCalendar =
    Number(day) >= 1 &&
    Number(day) <= daysIn(Number(month), Number(year)) &&
    Number(hour) <= 23 &&
    Number(minute) <= 59 &&
    Number(second) <= 59
  if (!isOnCalendar) return null
  const milliseconds = fraction.length === 3 ? fraction : fraction.slice(0, 3).padEnd(3, '0')
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}Z`
  if (sign === undefined) return local
  const [hours, minutes] = [Number(match[9]), Number(match[10] ?? 0)]
  if (hours > 23 || minutes > 59) return null
  const offset = (hours * 60 + minutes) * 60_000
  return offset === 0 ? local : write(Date.parse(local) - (sign === '-' ? -offset : offset))
}

function daysIn(month: number, year: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  if (month < 1 || month > 12) return 0
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

const FIRST = Date.parse('0000-01-01T00:00:00.000Z')
const LAST = Date.parse('9999-12-31T23:59:59.999Z')

const DAY = 86_400_000
/** The day written last: entries come in runs of the same day, and a calendar is most of the work. */
let memo = { day: Number.NaN, date: '' }

function write(epochMs: number): Instant | null {
  if (!(epochMs >= FIRST && epochMs < LAST + 1)) return null
  const day = Math.floor(epochMs / DAY)
  if (day !== memo.day) memo = { day, date: new Date(day * DAY).toISOString().slice(0, 11) }
  const ms = Math.trunc(epochMs - day * DAY)
  const seconds = Math.trunc(ms / 1000)
  const minutes = Math.trunc(seconds / 60)
  const time = `${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`
  return `${memo.date}${time}.${String(ms % 1000).padStart(3, '0')}Z`
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
