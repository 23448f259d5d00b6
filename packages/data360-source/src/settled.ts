import { type Instant, toInstant, type Window } from '@custody/model'
import type { Reject } from '@custody/pipeline'
import { visibilityLagMs } from './assumptions.ts'

/** Up to when Data 360 shows everything, seen at `now` in epoch milliseconds: {@link visibilityLagMs} ago. */
export function settledUntil(now: number): Instant {
  return toInstant(new Date(now - visibilityLagMs).toISOString()) as Instant
}

/** What is to be said of a window whose end may not be visible yet; null for a settled one. */
export function notSettled({ to }: Window, now: number): Omit<Reject, 'stage'> | null {
  const until = settledUntil(now)
  if (to <= until) return null
  const message = `Data 360 shows entries up to an hour late: what was sent from ${until} on may be missing.`
  return { code: 'DATA360_WINDOW_NOT_SETTLED', subject: { type: 'Window', id: null }, message }
}
