import type { Instant, Window } from '@custody/model'
import { usageError } from '@custody/pipeline'

const instantForm = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/

/**
 * Reads a half-open window `[from, to)`. Each end is a date (midnight UTC) or an RFC 3339 time with an offset.
 *
 * @throws CustodyError `WINDOW_MALFORMED`, `WINDOW_REVERSED`, `WINDOW_IN_FUTURE`, all of kind usage.
 */
export function parseWindow(from: string, to: string, now: number): Window {
  const window = { from: parseInstant(from, '--from'), to: parseInstant(to, '--to') }
  if (window.from >= window.to) {
    throw usageError(
      'WINDOW_REVERSED',
      `The window is empty or reversed: --from ${from} is not before --to ${to}.`,
      'Give --from the earlier moment; the window includes --from and excludes --to.',
    )
  }
  if (Date.parse(window.to) > now) {
    throw usageError(
      'WINDOW_IN_FUTURE',
      `The window ends in the future: --to ${to}.`,
      'End it now or earlier: what is not yet said cannot be archived completely.',
    )
  }
  return window
}

/** Reads one end of a window, or another moment. @throws CustodyError `WINDOW_MALFORMED` of kind usage */
export function parseInstant(text: string, flag: string): Instant {
  const match = instantForm.exec(text)
  const date = new Date(match ? (match[2] ? text : `${text}T00:00:00Z`) : Number.NaN)
  // `Date` rolls 31 February over to March; a calendar day that does not come back the same was none.
  const day = match?.[1]
  const real = day !== undefined && new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day)
  if (!real || Number.isNaN(date.getTime())) {
    throw usageError(
      'WINDOW_MALFORMED',
      `${flag} is no date or time: ${JSON.stringify(text.slice(0, 40))}.`,
      `Write ${flag} 2026-10-01 (midnight UTC) or ${flag} 2026-10-01T08:00:00+02:00.`,
    )
  }
  return date.toISOString()
}
