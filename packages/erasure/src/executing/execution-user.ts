import {
  createOrgClient,
  createRateLimit,
  defaultLimits,
  type HttpEvent,
  type OrgSender,
  type RateLimit,
  type RateLimitFactory,
  type TokenProvider,
  type Transport,
} from '@custody/http'
import { type Clock, CustodyError, systemClock } from '@custody/pipeline'
import { deletesPerHour, deletionEndpoints, maskingWire } from '../assumptions.ts'
import type { TargetKind } from '../target.ts'

/** What a user sends: one of the two deletions, or other texts. */
export type CallKind = TargetKind | 'mask'

const endpoints: Readonly<Record<CallKind, string>> = { ...deletionEndpoints, mask: maskingWire.endpoint }

/** One of those who may delete or mask: with its own hour, for each of the requests. */
export interface ExecutionUser {
  /** By the configuration's name. */
  readonly name: string
  /** Sends what it is asked to once, for the place that was taken; never a second time by itself. */
  readonly client: OrgSender
  /** Waits for a place in the hour. It is kept until something is sent for it. */
  takePlace(kind: CallKind, signal?: AbortSignal): Promise<void>
  /** Takes no place for this long. */
  pause(kind: CallKind, ms: number): void
}

/** A user whose hourly allowance of deletions is spent. */
export interface ExecutionUserOptions {
  readonly name: string
  readonly tokens: TokenProvider
  readonly transport: Transport
  /** Makes the limit of an endpoint: hand in one that other processes share. @defaultValue the calls of this process alone */
  readonly rateLimitOf?: RateLimitFactory
  /** Deletions in any hour, of each kind. @defaultValue {@link deletesPerHour} */
  readonly limit?: number
  /** Requests to Connect REST in any hour. @defaultValue `defaultLimits` of the http package */
  readonly connectPerHour?: number
  readonly clock?: Clock
  readonly onEvent?: (event: HttpEvent) => void
  /** Told when the next place is so far away. */
  readonly onWait?: (user: string, waitMs: number) => void
}

/** Margin to the hour: calls travel with uneven delays. */
const guardMs = 2_000

/**
 * The client by which one user deletes. The place in the hour is taken before the target is looked at, so that what the look saw is
 * milliseconds old when the call is sent, and not an hour. Whatever would be sent again is the caller's to send: it looks again first.
 */
export function createExecutionUser(options: ExecutionUserOptions): ExecutionUser {
  const { name, tokens, transport, clock = systemClock, limit = deletesPerHour, onEvent, onWait } = options
  const { connectPerHour = defaultLimits.connect.limit } = options
  const makeLimit: RateLimitFactory = options.rateLimitOf ?? ((_, rate) => createRateLimit(rate))
  const places = new Map<string, Place>()
  const rateLimitOf: RateLimitFactory = (endpoint, rate) => {
    const told = { ...rate, onWait: (waitMs: number) => onWait?.(name, waitMs) }
    if (!isPlaced(endpoint)) return makeLimit(endpoint, rate)
    const place = createPlace(makeLimit(endpoint, told))
    places.set(endpoint, place)
    return place.spending
  }
  const hour = { limit, windowMs: 3_600_000, guardMs }
  const client = createOrgClient({
    tokens,
    transport,
    clock,
    rateLimitOf,
    limits: {
      [endpoints['end-user']]: hour,
      [endpoints.conversation]: hour,
      [endpoints.mask]: { ...defaultLimits.connect, limit: connectPerHour },
    },
    retry: { attempts: 1 },
    ...(onEvent && { onEvent }),
  })
  const placeOf = (kind: CallKind): Place => places.get(endpoints[kind]) as Place
  return {
    name,
    client,
    takePlace: (kind, signal) => placeOf(kind).take(signal),
    pause: (kind, ms) => placeOf(kind).spending.pauseUntil(clock.now() + ms),
  }
}

interface Place {
  take(signal?: AbortSignal): Promise<void>
  /** The limit as the client sees it: it has the place that was taken, and no other. */
  readonly spending: RateLimit
}

function createPlace(limit: RateLimit): Place {
  let isTaken = false
  return {
    async take(signal) {
      if (isTaken) return
      await limit.acquire(signal)
      isTaken = true
    },
    spending: {
      async acquire() {
        if (!isTaken) throw askAnew()
        isTaken = false
        return 0
      },
      pauseUntil: (epochMs) => limit.pauseUntil(epochMs),
    },
  }
}

/** The code of what ends a call that was certainly not carried out and may be made again, with a new token. */
export const notCarriedOut = 'ERASURE_CALL_ANEW'

function askAnew(): CustodyError<typeof notCarriedOut> {
  return new CustodyError('ERASURE_CALL_ANEW', 'A request was not carried out, and its place in the hour is spent.', {
    retryable: true,
    actions: ['Run the same command again.'],
  })
}

function isPlaced(endpoint: string): boolean {
  return Object.values(endpoints).includes(endpoint)
}
