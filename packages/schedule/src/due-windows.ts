import { usageError } from '@custody/pipeline'
import { type Instant, type Window, writeInstant } from './instant.ts'
import type { Schedule } from './schedule.ts'
import { type Range, sealedRanges } from './sealed-ranges.ts'
import { checkInstant, endlessWindows } from './windows-of.ts'

/**
 * - `open`: it has not ended.
 * - `settling`: it has ended, but its last messages may not be everywhere yet.
 * - `due`: it can be archived.
 * - `overdue`: it should have been archived by now.
 * - `sealed`: it is archived.
 */
export type WindowState = 'open' | 'settling' | 'due' | 'overdue' | 'sealed'

/** A window of a schedule, or the part of one that is sealed or not. */
export interface ScheduledWindow extends Window {
  /** The whole window of the schedule. */
  readonly scheduled: Window
  readonly state: WindowState
  /** When the whole window has settled. */
  readonly dueAt: Instant
  readonly overdueAt: Instant
}

/** What is sealed, as of when. */
export interface DueOptions {
  /** What time it is. */
  readonly now: Instant
  /** What is archived, in any order; may overlap, and need not be windows of the schedule. */
  readonly sealed: readonly Window[]
}

/**
 * Everything from the start of the schedule to `now`, and to the end of the window that holds it, oldest first. A window that
 * is sealed in part comes in its parts.
 *
 * @throws CustodyError `SCHEDULE_INSTANT`, `SCHEDULE_SEALED`
 */
export function* windowStates(schedule: Schedule, { now, sealed }: DueOptions): Generator<ScheduledWindow> {
  const nowMs = checkInstant(now, 'now')
  for (const part of endlessParts(schedule, sealed)) {
    if (part.scheduled.from > nowMs) return
    yield toScheduledWindow(part, nowMs)
  }
}

/**
 * What is to be archived now, oldest first: what has settled and is not sealed. Of a window that is sealed in part exactly the rest.
 *
 * @param options - `limit`: how many at most; default all
 * @throws CustodyError `SCHEDULE_INSTANT`, `SCHEDULE_SEALED`, `SCHEDULE_OPTION`
 */
export function dueWindows(
  schedule: Schedule,
  { now, sealed, limit = Number.POSITIVE_INFINITY }: DueOptions & { readonly limit?: number },
): readonly ScheduledWindow[] {
  if (!(limit >= 1)) throw usageError('SCHEDULE_OPTION', `limit is ${limit}.`, 'Give a number of windows from 1 on.')
  const nowMs = checkInstant(now, 'now')
  const due: ScheduledWindow[] = []
  for (const part of endlessParts(schedule, sealed)) {
    if (part.dueAt > nowMs || due.length >= limit) break
    if (!part.isSealed) due.push(toScheduledWindow(part, nowMs))
  }
  return due
}

/**
 * What becomes due next after `now`: the oldest that is neither sealed nor due already. Null where all is sealed to the year 9000.
 *
 * @throws CustodyError `SCHEDULE_INSTANT`, `SCHEDULE_SEALED`
 */
export function nextDue(schedule: Schedule, { now, sealed }: DueOptions): ScheduledWindow | null {
  const nowMs = checkInstant(now, 'now')
  for (const part of endlessParts(schedule, sealed)) {
    if (part.from >= endOfTime) break
    if (!part.isSealed && part.dueAt > nowMs) return toScheduledWindow(part, nowMs)
  }
  return null
}

const endOfTime = Date.UTC(9000, 0)
const threeDaysMs = 3 * 86_400_000

interface Part extends Range {
  readonly scheduled: Range
  readonly dueAt: number
  readonly overdueAt: number
  readonly isSealed: boolean
}

function* endlessParts(schedule: Schedule, sealed: readonly Window[]): Generator<Part, void> {
  const ranges = sealedRanges(sealed)
  const { settleMs, overdueAfterMs } = schedule
  let passed = 0
  let window: Range | undefined
  for (const next of endlessWindows(schedule)) {
    if (window !== undefined) {
      const dueAt = window.to + settleMs
      const overdueAt = dueAt + (overdueAfterMs ?? Math.min(next.to - next.from, threeDaysMs))
      const timing = { scheduled: window, dueAt, overdueAt }
      let from = window.from
      while (from < window.to) {
        while (passed < ranges.length && (ranges[passed] as Range).to <= from) passed++
        const range = ranges[passed]
        const isSealed = range !== undefined && range.from <= from
        const to = Math.min(window.to, (isSealed ? range.to : range?.from) ?? window.to)
        yield { from, to, isSealed, ...timing }
        from = to
      }
    }
    window = next
  }
}

function toScheduledWindow({ from, to, scheduled, dueAt, overdueAt, isSealed }: Part, nowMs: number): ScheduledWindow {
  return {
    from: writeInstant(from),
    to: writeInstant(to),
    scheduled: { from: writeInstant(scheduled.from), to: writeInstant(scheduled.to) },
    state: isSealed
      ? 'sealed'
      : nowMs < scheduled.to
        ? 'open'
        : nowMs < dueAt
          ? 'settling'
          : nowMs < overdueAt
            ? 'due'
            : 'overdue',
    dueAt: writeInstant(dueAt),
    overdueAt: writeInstant(overdueAt),
  }
}
