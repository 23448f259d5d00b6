import type { Transport } from '@custody/http'
import type { Clock } from '@custody/pipeline'

/** By how much the other clock is ahead of ours, in milliseconds; it lies between the two. Negative: it is behind. */
export interface Skew {
  readonly atLeastMs: number
  readonly atMostMs: number
}

/** A transport that reads the clock of whoever answers, off the `Date` of each answer. */
export interface ClockWatch {
  readonly transport: Transport
  /** What all answers so far have in common; null before the first that tells. */
  skew(): Skew | null
}

export function createClockWatch(transport: Transport, clock: Clock): ClockWatch {
  let known: Skew | null = null
  return {
    async transport(request) {
      const askedAt = clock.now()
      const response = await transport(request)
      const found = skewOf(response.headers['date'], askedAt, clock.now())
      if (found !== null) known = known === null ? found : narrower(known, found)
      return response
    },
    skew: () => known,
  }
}

/** Pure. `Date` has whole seconds, and was written at some moment between question and answer. */
export function skewOf(date: string | undefined, askedAt: number, answeredAt: number): Skew | null {
  const told = date === undefined ? Number.NaN : Date.parse(date)
  if (Number.isNaN(told)) return null
  return { atLeastMs: told - answeredAt, atMostMs: told + 1_000 - askedAt }
}

/** Both hold, unless a clock was set meanwhile: then the later one does. */
function narrower(one: Skew, later: Skew): Skew {
  const atLeastMs = Math.max(one.atLeastMs, later.atLeastMs)
  const atMostMs = Math.min(one.atMostMs, later.atMostMs)
  return atLeastMs <= atMostMs ? { atLeastMs, atMostMs } : later
}

/** The smallest skew that explains it: 0 where the clocks may agree. */
export function leastSkewMs({ atLeastMs, atMostMs }: Skew): number {
  if (atLeastMs > 0) return atLeastMs
  return Math.min(0, atMostMs)
}
