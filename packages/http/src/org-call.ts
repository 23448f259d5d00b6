import { type Clock, usageError } from '@custody/pipeline'
import { spentAllowanceMs } from './assumptions.ts'
import type { EndpointLimit } from './endpoint-limits.ts'
import { answerLost, type Failure } from './failure.ts'
import type { HttpEvent } from './http-event.ts'
import { HttpStatusError } from './http-status-error.ts'
import type { TokenProvider } from './org-client.ts'
import { type Attempt, type RetryPolicy, type RetryReason, retrying, retryPolicy, stretched } from './retry.ts'
import { createSteadyTime } from './steady-time.ts'
import type { Token } from './token.ts'
import { createTokenDoubt } from './token-doubt.ts'

export interface OrgCall {
  readonly origin: 'instance' | 'api'
  readonly endpoint: string
  /** Whether it may be sent again when its answer was lost. */
  readonly repeatable: boolean
  readonly signal: AbortSignal | undefined
}

/** One sending of a call. */
export interface Sending {
  readonly token: Token
  readonly attempt: number
  /** Tells that it is over. Whoever hands back a value calls it once the body has been read; a failure is over by itself. */
  readonly leave: () => void
}

/** What came of a sending. `status` is null when no answer came. */
export interface Sent<T> {
  readonly status: number | null
  readonly result: Attempt<T>
}

/** Waits for the call's turn, hands `send` a token, and does so again as long as that can help. */
export type RunCall = <T>(call: OrgCall, send: (sending: Sending) => Promise<Sent<T>>) => Promise<T>

export interface OrgCallsOptions {
  readonly tokens: TokenProvider
  readonly retry: RetryPolicy | undefined
  readonly limitOf: (endpoint: string) => EndpointLimit
  readonly clock: Clock
  readonly random: () => number
  readonly emit: (build: () => HttpEvent) => void
  readonly isClosed: () => boolean
}

/** What all calls of one client have in common: limits, tokens, retries. @throws CustodyError `HTTP_OPTIONS` (usage) */
export function createOrgCalls(options: OrgCallsOptions): RunCall {
  const { tokens, limitOf, clock, random, emit, isClosed } = options
  const policy = retryPolicy(options.retry)
  const patienceWith = (limit: EndpointLimit): Required<RetryPolicy> =>
    options.retry?.maxElapsedMs === undefined ? stretched(policy, limit.windowMs) : policy
  const doubt = createTokenDoubt(clock)
  const now = createSteadyTime(clock)
  /** Endpoints whose allowance of the day is used up, and since when. */
  const spent = new Map<string, { readonly error: HttpStatusError; readonly at: number }>()

  function assertOpen(endpoint: string): void {
    if (isClosed()) throw usageError('HTTP_CLOSED', `${endpoint}: the client has been closed.`)
    const end = spent.get(endpoint)
    if (end && now() < end.at + spentAllowanceMs) throw end.error
  }

  return async ({ origin, endpoint, repeatable, signal }, send) => {
    const limit = limitOf(endpoint)
    const verdictOn = doubt.call(origin)

    const judge = (failure: Failure, status: number | null, token: Token): Failure => {
      const { error, reason, retryAfterMs, lost } = failure
      if (error instanceof HttpStatusError && error.allowance === 'day') spent.set(endpoint, { error, at: now() })
      const patience = reason === 'rate-limit' ? patienceWith(limit) : policy
      if (retryAfterMs) limit.pauseUntil(clock.now() + Math.min(retryAfterMs, patience.maxElapsedMs))

      const verdict = verdictOn(status, token)
      if (verdict === 'trust')
        return lost && !repeatable ? answerLost(endpoint, error) : { ...failure, policy: patience }
      if (verdict === 'renew') {
        emit(() => ({ type: 'token-refused', user: token.user, status: status === 401 ? 401 : 404 }))
        tokens.refused(token)
      }
      return { ...failure, reason: status === 401 ? 'token-refused' : 'not-found', replay: true }
    }

    const onRetry = (reason: RetryReason, attempt: number, waitMs: number): void => {
      // Who is told to slow down slows down everybody who shares the limit.
      if (reason === 'rate-limit') limit.pauseUntil(clock.now() + waitMs)
      emit(() => ({ type: 'request-retry', endpoint, reason, attempt, waitMs }))
    }

    return await retrying(policy, { clock, random, signal, onRetry }, async (attempt) => {
      assertOpen(endpoint)
      const leave = await limit.enter(signal)
      try {
        // Another lane may have found out while this one waited.
        assertOpen(endpoint)
        // After the wait, so that it is not old by the time it is sent.
        const token = await tokens.token(signal ? { signal } : {})
        doubt.seen(token)
        const { status, result } = await send({ token, attempt, leave })
        if ('value' in result) return result
        leave()
        return judge(result, status, token)
      } catch (error) {
        leave()
        throw error
      }
    })
  }
}
