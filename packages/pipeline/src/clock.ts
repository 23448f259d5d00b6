import { setTimeout as delay } from 'node:timers/promises'

/** Time, as everything that waits or stamps is given it. Tests pass one that jumps. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Settles after `ms`, or rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

// Node's timers fire at once, with a warning, when asked for more than this (about 25 days).
const longestTimerMs = 2 ** 31 - 1

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      for (let left = ms; left > 0; left -= longestTimerMs) {
        await delay(Math.min(left, longestTimerMs), undefined, signal && { signal })
      }
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    }
    signal?.throwIfAborted()
  },
}
