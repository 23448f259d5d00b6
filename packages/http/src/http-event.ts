import { channel } from 'node:diagnostics_channel'
import type { RetryReason } from './retry.ts'

/** What happens on the wire. No content, no query, no credentials. */
export type HttpEvent =
  /** An attempt is over. `status` is null when no answer came; `bytes` of the body as received. */
  | {
      readonly type: 'request-end'
      readonly endpoint: string
      readonly status: number | null
      readonly attempt: number
      readonly ms: number
      readonly bytes: number
    }
  /** Attempt number `attempt` failed; the next follows after `waitMs`. */
  | {
      readonly type: 'request-retry'
      readonly endpoint: string
      readonly reason: RetryReason
      readonly attempt: number
      readonly waitMs: number
    }
  /** The endpoint's calls stand still for `waitMs` from now: its rate limit is used up, or the server asked for a pause. */
  | { readonly type: 'limit-wait'; readonly endpoint: string; readonly waitMs: number }
  /** As many conversations as allowed are active: no other is read for `waitMs` from now. */
  | { readonly type: 'budget-wait'; readonly limit: number; readonly waitMs: number }
  /** The server did not accept a token; a new one is asked for. `user` is the configuration's name. */
  | { readonly type: 'token-refused'; readonly user: string; readonly status: 401 | 404 }

// Kept here for good: an unreferenced channel may be collected with its subscribers.
const wire = channel('custody:http')

/** Delivers events to `onEvent` and to the diagnostics channel `custody:http`; builds none when nobody listens. */
export function createHttpEvents(onEvent: ((event: HttpEvent) => void) | undefined): (build: () => HttpEvent) => void {
  return (build) => {
    if (!onEvent && !wire.hasSubscribers) return
    const event = build()
    onEvent?.(event)
    wire.publish(event)
  }
}
