import { usageError } from '@custody/pipeline'
import { addDays, addMonths, dayOf } from '../day.ts'
import type { Day } from '../erasure-request.ts'

/** For how long a law has conversations kept: `90d`, `18m`, `6y`, counted by the calendar. */
export interface Retention {
  /** The first day on which what was said on `day` need not be kept any more. */
  endsFor(day: Day): Day
}

const form = /^([1-9]\d{0,3})([dmy])$/

/** @throws CustodyError `ERASURE_RETENTION` (usage) */
export function parseRetention(text: string): Retention {
  const [, number, unit] = form.exec(text) ?? []
  if (number === undefined) {
    throw usageError('ERASURE_RETENTION', 'A retention is days, months or years, written 90d, 18m or 6y.')
  }
  const many = Number(number)
  return { endsFor: (day) => (unit === 'd' ? addDays(day, many) : addMonths(day, unit === 'y' ? many * 12 : many)) }
}

/** Until when the last of these times has to be kept; null where none of them has to any more. */
export function retainedUntil(retention: Retention, times: readonly { readonly to: string }[], today: Day): Day | null {
  const ends = times.map(({ to }) => retention.endsFor(dayOf(Date.parse(to)))).sort()
  const last = ends.at(-1)
  return last !== undefined && today < last ? last : null
}
