import type { Clock } from '@custody/pipeline'
import { defaultLimits } from './default-limits.ts'
import { createRateLimit, type Limit, type RateLimit } from './rate-limit.ts'

export interface EndpointLimitsOptions {
  /** Each replaces the default of that name; null for none. */
  readonly limits: Readonly<Record<string, Limit | null>> | undefined
  readonly clock: Clock
  readonly onWait: (endpoint: string, waitMs: number) => void
}

/** The limit of each endpoint. One without a figure still has its own, so that it can be paused. */
export function createEndpointLimits({
  limits,
  clock,
  onWait,
}: EndpointLimitsOptions): (endpoint: string) => RateLimit {
  const unlimited: Limit = { limit: Number.POSITIVE_INFINITY, windowMs: 1 }
  const make = (endpoint: string, limit: Limit | null): RateLimit =>
    createRateLimit({ ...(limit ?? unlimited), clock, onWait: (waitMs) => onWait(endpoint, waitMs) })

  const all = { ...defaultLimits, ...limits }
  const byEndpoint = new Map(Object.entries(all).map(([endpoint, limit]) => [endpoint, make(endpoint, limit)]))
  return (endpoint) => {
    const limit = byEndpoint.get(endpoint) ?? make(endpoint, null)
    byEndpoint.set(endpoint, limit)
    return limit
  }
}
