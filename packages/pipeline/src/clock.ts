import { setTimeout as delay } from 'node:timers/promises'

/** Time, as everything that waits or stamps is given it. Tests pass one that jumps. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Settles after `ms`, or rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal && { signal })
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    }
  },
}
