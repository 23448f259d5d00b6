import { type Clock, createTurns, systemClock, usageError } from '@custody/pipeline'
import { createSteadyTime, maxSleepMs } from './steady-time.ts'

/** A limit that calls wait for; `acquire` gives the milliseconds waited. */
export interface RateLimit {
  /** Waits for a place in the window, first come, first served. Settles with the milliseconds waited. */
  acquire(signal?: AbortSignal): Promise<number>
  /** Lets nobody through before this moment of the clock. Never shortens an earlier pause. */
  pauseUntil(epochMs: number): void
}

/** Calls over time: a documented figure and how much of it we take. */
export interface Rate {
  /** Calls per window. `Infinity` counts nothing and only pauses. */
  readonly limit: number
  readonly windowMs: number
  /** The part of `limit` to use, rounded down, at least one call. @defaultValue 1 */
  readonly share?: number
  /**
   * Added to the window. Calls travel with uneven delays, so that those spaced by a window here may arrive closer
   * together. @defaultValue 0
   */
  readonly guardMs?: number
}

/** What an endpoint allows: calls over time, and calls at once. */
export interface Limit extends Rate {
  /** Calls under way at the same time, from sending to the end of the body. @defaultValue as many as the transport has connections */
  readonly concurrent?: number
}

/** A rate, the clock it goes by, and who is told of waits. */
export interface RateLimitOptions extends Rate {
  readonly clock?: Clock
  /** Called when the next in line starts to wait: everybody stands still for this long. */
  readonly onWait?: (waitMs: number) => void
}

/**
 * A limit over a sliding window: never more than floor(limit × share) calls in any closed interval of `windowMs`, and no
 * call waits longer than that asks for. It remembers one number per call of the window, and no more.
 *
 * @throws CustodyError `HTTP_OPTIONS` (usage)
 */
export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { limit, windowMs, share = 1, guardMs = 0, clock = systemClock, onWait } = options
  check('limit', limit >= 1 && (limit === Number.POSITIVE_INFINITY || limit <= 1_000_000), 'from 1 to a million')
  check('windowMs', Number.isFinite(windowMs) && windowMs > 0, 'above 0')
  check('share', share > 0 && share <= 1, 'above 0 and at most 1')
  check('guardMs', Number.isFinite(guardMs) && guardMs >= 0, 'of at least 0')

  // A ring of the latest grants: the one about to be overwritten is the one that has to have left the window.
  const places = limit === Number.POSITIVE_INFINITY ? 0 : Math.max(1, Math.floor(limit * share))
  const grants = new Float64Array(places).fill(Number.NEGATIVE_INFINITY)
  let oldest = 0
  let pausedUntil = Number.NEGATIVE_INFINITY
  const now = createSteadyTime(clock)
  const turn = createTurns()

  // One millisecond more than the window: the clock cuts fractions off, and an interval includes both its ends.
  const waitMs = (): number =>
    Math.max((grants[oldest] ?? Number.NEGATIVE_INFINITY) + windowMs + guardMs + 1, pausedUntil) - now()

  return {
    async acquire(signal) {
      signal?.throwIfAborted()
      const since = now()
      const done = await turn(signal)
      try {
        for (let ms = waitMs(); ms > 0; ms = waitMs()) {
          onWait?.(ms)
          await clock.sleep(Math.min(ms, maxSleepMs), signal)
        }
        const grantedAt = now()
        if (places > 0) {
          grants[oldest] = grantedAt
          oldest = (oldest + 1) % places
        }
        return grantedAt - since
      } finally {
        done()
      }
    },
    pauseUntil(epochMs) {
      pausedUntil = Math.max(pausedUntil, now() + (epochMs - clock.now()))
    },
  }
}

function check(name: string, holds: boolean, rule: string): void {
  if (!holds) throw usageError('HTTP_OPTIONS', `createRateLimit: ${name} must be a number ${rule}.`)
}
