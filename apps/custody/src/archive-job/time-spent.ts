import type { HttpEvent } from '@custody/http'

/** What calls cost, gathered from the HTTP events of a run. Times are in milliseconds and may overlap: calls run side by side. */
export interface CallCosts {
  readonly requests: number
  readonly retries: number
  /** Times the server said 429. */
  readonly rateLimited: number
  readonly tokensRenewed: number
  readonly waitingForLimitsMs: number
  readonly byEndpoint: Readonly<Record<string, { readonly requests: number; readonly ms: number }>>
}

export interface CallCounter {
  count(event: HttpEvent): void
  costs(): CallCosts
}

export function createCallCounter(): CallCounter {
  const totals = { requests: 0, retries: 0, rateLimited: 0, tokensRenewed: 0, waitingForLimitsMs: 0 }
  const byEndpoint: Record<string, { requests: number; ms: number }> = {}
  return {
    count(event) {
      switch (event.type) {
        case 'request-end': {
          byEndpoint[event.endpoint] ??= { requests: 0, ms: 0 }
          const endpoint = byEndpoint[event.endpoint] as { requests: number; ms: number }
          endpoint.requests += 1
          endpoint.ms += event.ms
          totals.requests += 1
          if (event.status === 429) totals.rateLimited += 1
          break
        }
        case 'request-retry':
          totals.retries += 1
          break
        case 'token-refused':
          totals.tokensRenewed += 1
          break
        case 'limit-wait':
        case 'budget-wait':
          totals.waitingForLimitsMs += event.waitMs
          break
      }
    },
    costs: () => ({ ...totals, byEndpoint }),
  }
}
