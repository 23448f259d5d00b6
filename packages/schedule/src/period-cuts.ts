import { nextPeriodStart } from './calendar.ts'
import type { Schedule } from './schedule.ts'
import { type OffsetSpan, offsetSpans } from './zone-offsets.ts'

const hourMs = 3_600_000
/** Further than clocks were ever turned. */
const leadMs = 3 * 24 * hourMs

/**
 * The instants at which one period ends and the next begins: ascending, each later than `startMs`, without an end. They do not depend on
 * `startMs`.
 *
 * Days begin with the first instant that bears their date, be it 00:00 or not. A day the zone skipped begins with the next
 * one and is none. Hours begin whenever clocks show a full hour, so also twice in autumn.
 */
export function* periodCuts(schedule: Schedule, startMs: number): Generator<number, void> {
  let last = startMs
  for (const cut of allCuts(schedule, startMs - leadMs)) {
    if (cut <= last) continue
    yield cut
    last = cut
  }
}

function* allCuts({ every, timeZone, weekStartsOn }: Schedule, startMs: number): Generator<number, void> {
  let wall: number | undefined
  for (const span of offsetSpans(timeZone, startMs)) {
    if (every === 'hour') {
      yield* fullHours(span)
      continue
    }
    const calendar = { every, weekStartsOn }
    wall ??= nextPeriodStart(span.from + span.offset, calendar)
    for (let cut = reaches(span, wall); cut < span.to; cut = reaches(span, wall)) {
      yield cut
      wall = nextPeriodStart(wall, calendar)
    }
  }
}

function* fullHours({ from, to, offset }: OffsetSpan): Generator<number> {
  const wall = from + offset
  for (let cut = Math.ceil(wall / hourMs) * hourMs - offset; cut < to; cut += hourMs) yield cut
}

/** The first instant from the span's beginning on at which clocks with its offset show a wall time or a later one. */
function reaches({ from, offset }: OffsetSpan, wallMs: number): number {
  return Math.max(from, wallMs - offset)
}

/** The first instant of a day in a zone, or of the next day where the zone skipped it. The date as midnight UTC. */
export function firstInstantOf(date: number, timeZone: string): number {
  for (const span of offsetSpans(timeZone, date - leadMs)) {
    const first = reaches(span, date)
    if (first < span.to) return first
  }
  return date
}
