import type { Clock } from '@custody/pipeline'
import { createConcurrency } from './concurrency.ts'
import { defaultLimits } from './default-limits.ts'
import { createRateLimit, type Limit, type RateLimit, type RateLimitOptions } from './rate-limit.ts'

/** Makes the limit over time of one endpoint. Called once for each. */
export type RateLimitFactory = (endpoint: string, options: RateLimitOptions) => RateLimit

export interface EndpointLimitsOptions {
  /** Each replaces the default of that name; null for none. */
  readonly limits: Readonly<Record<string, Limit | null>> | undefined
  /** @defaultValue {@link createRateLimit} */
  readonly rateLimitOf?: RateLimitFactory | undefined
  readonly clock: Clock
  readonly onWait: (endpoint: string, waitMs: number) => void
}

/** What keeps the calls of one endpoint apart. */
export interface EndpointLimit {
  /** Waits until one more call may be sent. The function tells that it has ended; calling it again does nothing. */
  enter(signal?: AbortSignal): Promise<() => void>
  /** Lets nobody through before this moment of the clock. Never shortens an earlier pause. */
  pauseUntil(epochMs: number): void
  /** When a place that is taken now is free again at the latest; 0 where calls are not counted over time. */
  readonly windowMs: number
}

/** The limit of each endpoint. One without a figure still has its own, so that it can be paused. */
export function createEndpointLimits({
  limits,
  rateLimitOf = (_, options) => createRateLimit(options),
  clock,
  onWait,
}: EndpointLimitsOptions): (endpoint: string) => EndpointLimit {
  const make = (endpoint: string, limit: Limit | null): EndpointLimit => {
    const { concurrent = Number.POSITIVE_INFINITY, ...rate } = limit ?? unlimited
    const concurrency = createConcurrency(concurrent)
    const own = rateLimitOf(endpoint, { ...rate, clock, onWait: (waitMs) => onWait(endpoint, waitMs) })
    return {
      async enter(signal) {
        // The place in the window comes last: what was granted there is sent at once.
        const leave = await concurrency.enter(signal)
        try {
          await own.acquire(signal)
          return leave
        } catch (error) {
          leave()
          throw error
        }
      },
      pauseUntil: (epochMs) => own.pauseUntil(epochMs),
      windowMs: rate.limit === Number.POSITIVE_INFINITY ? 0 : rate.windowMs + (rate.guardMs ?? 0),
    }
  }

  const all = { ...defaultLimits, ...limits }
  const byEndpoint = new Map(Object.entries(all).map(([endpoint, limit]) => [endpoint, make(endpoint, limit)]))
  return (endpoint) => {
    const limit = byEndpoint.get(endpoint) ?? make(endpoint, null)
    byEndpoint.set(endpoint, limit)
    return limit
  }
}

const unlimited: Limit = { limit: Number.POSITIVE_INFINITY, windowMs: 1 }
