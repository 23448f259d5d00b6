import { usageError } from '@custody/pipeline'
import { type Instant, readInstant, type Window, writeInstant } from './instant.ts'
import { periodCuts } from './period-cuts.ts'
import type { Schedule } from './schedule.ts'

/**
 * The windows of a schedule that begin before `until`, oldest first. Each instant since its start lies in exactly one; the first one
 * is cut by the start.
 *
 * @throws CustodyError `SCHEDULE_INSTANT`
 */
export function* windowsOf(schedule: Schedule, { until }: { readonly until: Instant }): Generator<Window> {
  const untilMs = checkInstant(until, 'until')
  let from = schedule.start
  for (const window of endlessWindows(schedule)) {
    if (window.from >= untilMs) return
    const to = writeInstant(window.to)
    yield { from, to }
    from = to
  }
}

/** The same in epoch milliseconds, without an end. */
export function* endlessWindows(schedule: Schedule): Generator<{ readonly from: number; readonly to: number }, void> {
  let from = Date.parse(schedule.start)
  for (const to of periodCuts(schedule, from)) {
    yield { from, to }
    from = to
  }
}

/** Epoch milliseconds of an instant. @throws CustodyError `SCHEDULE_INSTANT`, naming `what` it was given as */
export function checkInstant(instant: Instant, what: string): number {
  const epochMs = readInstant(instant)
  if (epochMs !== null) return epochMs
  throw usageError(
    'SCHEDULE_INSTANT',
    `${what} is ${JSON.stringify(String(instant).slice(0, 60))}, which is no instant before the year 9000.`,
    'Give it as ISO 8601 with an offset: 2026-10-01T08:30:00.000Z.',
  )
}
