import type { Clock } from '@custody/pipeline'

/** A clock whose sleeps take no time. */
export interface LeapingClock extends Clock {
  advance(ms: number): void
}

export function leapingClock(start: number = Date.UTC(2026, 10, 21)): LeapingClock {
  let now = start
  return {
    // Whole milliseconds, as the machine's.
    now: () => Math.floor(now),
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      now += ms
      await new Promise((resolve) => setImmediate(resolve))
    },
    advance: (ms) => {
      now += ms
    },
  }
}
