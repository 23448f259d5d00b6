import type { Clock } from '@custody/pipeline'

/**
 * The clock's milliseconds, but never backwards: when the clock is set back, that step counts as no time at all. Limits
 * are kept on it, so that a clock set back by an hour neither stalls them for an hour nor opens them early.
 */
export function createSteadyTime(clock: Clock): () => number {
  let last = clock.now()
  let lost = 0
  return () => {
    const now = clock.now()
    if (now < last) lost += last - now
    last = now
    return now + lost
  }
}

/** The longest sleep a timer can take; longer ones would end at once. */
export const maxSleepMs: number = 2 ** 31 - 1
