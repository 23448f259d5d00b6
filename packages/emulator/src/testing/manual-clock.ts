import type { Clock } from '@custody/pipeline'

/** A clock that stands still until it is told to move; sleeping moves it. */
export interface ManualClock extends Clock {
  advance(ms: number): void
}

export function manualClock(start: number = Date.UTC(2026, 10, 2)): ManualClock {
  let now = start
  return {
    now: () => now,
    async sleep(ms) {
      now += ms
    },
    advance(ms) {
      now += ms
    },
  }
}
