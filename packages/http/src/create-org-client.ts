import { type Clock, systemClock, usageError } from '@custody/pipeline'
import { createEndpointLimits } from './endpoint-limits.ts'
import { exchange } from './exchange.ts'
import { refused, unusable } from './failure.ts'
import { createHttpEvents, type HttpEvent } from './http-event.ts'
import type { JsonRequest, OrgClient, TokenProvider } from './org-client.ts'
import { resolveOnOrigin } from './origin.ts'
import type { Limit } from './rate-limit.ts'
import { type Attempt, type RetryPolicy, type RetryReason, retrying, retryPolicy } from './retry.ts'
import type { Token } from './token.ts'
import { createTokenDoubt } from './token-doubt.ts'
import { createTransport, type Transport } from './transport.ts'

export interface OrgClientOptions {
  /** One execution user of one org: limits count per client. */
  readonly tokens: TokenProvider
  /** @defaultValue a transport of the client's own; one handed in stays open when the client is closed */
  readonly transport?: Transport
  /** Limits by endpoint, each replacing the default of that name; null for none. @defaultValue {@link defaultLimits} */
  readonly limits?: Readonly<Record<string, Limit | null>>
  readonly retry?: RetryPolicy
  /** How large a body may be, before and after inflating. @defaultValue 64 MiB: far above 2,000 rows or 1,000 entries */
  readonly maxBodyBytes?: number
  /** Hand in a lossless one where 64-bit numbers matter. @defaultValue `JSON.parse` */
  readonly parseJson?: (text: string) => unknown
  readonly clock?: Clock
  /** From 0 up to, not including, 1. @defaultValue `Math.random` */
  readonly random?: () => number
  readonly onEvent?: (event: HttpEvent) => void
}

/**
 * The client for one execution user of one org.
 *
 * `close()` lets the connections go once what is under way has ended; use signals to end that early.
 *
 * @throws CustodyError `HTTP_OPTIONS` (usage)
 */
export function createOrgClient(options: OrgClientOptions): OrgClient & { close(): Promise<void> } {
  const { tokens, clock = systemClock, random = Math.random, parseJson = JSON.parse } = options
  const { maxBodyBytes = 64 * 1024 * 1024 } = options
  if (!Number.isInteger(maxBodyBytes) || maxBodyBytes < 1) {
    throw usageError('HTTP_OPTIONS', 'createOrgClient: maxBodyBytes must be a whole number of at least 1.')
  }
  const policy = retryPolicy(options.retry)
  const emit = createHttpEvents(options.onEvent)
  const limitOf = createEndpointLimits({
    limits: options.limits,
    clock,
    onWait: (endpoint, waitMs) => emit(() => ({ type: 'limit-wait', endpoint, waitMs })),
  })
  const doubt = createTokenDoubt(clock)
  const owned = createTransport()
  const transport = options.transport ?? owned
  let closed = false

  /** One attempt: the document, or what went wrong. */
  async function send(
    request: JsonRequest<unknown>,
    token: Token,
    attempt: number,
  ): Promise<{ status: number | null; result: Attempt<unknown> }> {
    const { endpoint, signal } = request
    const base = request.origin === 'api' ? token.apiUrl : token.instanceUrl
    const url = resolveOnOrigin(base, request.path, request.query)
    const { status, bytes, ms, outcome } = await exchange({
      transport,
      request: { method: 'GET', url, headers: headersOf(request, token), signal },
      endpoint,
      attempt,
      maxBodyBytes,
      clock,
    })
    emit(() => ({ type: 'request-end', endpoint, status, attempt, ms, bytes }))
    if ('error' in outcome) return { status, result: outcome }
    if (outcome.status < 200 || outcome.status > 299) {
      return { status, result: { ...refused({ endpoint, attempt, now: clock.now(), ...outcome }), ms } }
    }
    try {
      return { status, result: { value: parseJson(outcome.text) } }
    } catch {
      // Its message would quote the body.
      return { status, result: { ...unusable({ endpoint, attempt }, 'not-json', maxBodyBytes), ms } }
    }
  }

  return {
    async getJson(request) {
      const { endpoint, origin, signal } = request
      const limit = limitOf(endpoint)
      const verdictOn = doubt.call(origin)
      const onRetry = (reason: RetryReason, attempt: number, waitMs: number): void => {
        // Who is told to slow down slows down everybody who shares the limit.
        if (reason === 'rate-limit') limit.pauseUntil(clock.now() + waitMs)
        emit(() => ({ type: 'request-retry', endpoint, reason, attempt, waitMs }))
      }

      const document = await retrying(policy, { clock, random, signal, onRetry }, async (attempt) => {
        if (closed) throw usageError('HTTP_CLOSED', `${endpoint}: the client has been closed.`)
        await limit.acquire(signal)
        // After the wait, so that it is not old by the time it is sent.
        const token = await tokens.token(signal ? { signal } : {})
        doubt.seen(token)
        const { status, result } = await send(request, token, attempt)
        if ('value' in result) return result
        if (result.retryAfterMs) limit.pauseUntil(clock.now() + Math.min(result.retryAfterMs, policy.maxElapsedMs))

        const verdict = verdictOn(status, token)
        if (verdict === 'trust') return result
        if (verdict === 'renew') {
          emit(() => ({ type: 'token-refused', user: token.user, status: status === 401 ? 401 : 404 }))
          tokens.refused(token)
        }
        return { ...result, reason: status === 401 ? 'token-refused' : 'not-found', replay: true }
      })
      return request.parse(document)
    },
    async close() {
      closed = true
      await owned.close()
    },
  }
}

function headersOf(request: JsonRequest<unknown>, token: Token): Record<string, string> {
  const extra = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])
  return {
    accept: 'application/json',
    'user-agent': 'custody',
    ...Object.fromEntries(extra),
    'accept-encoding': 'gzip',
    authorization: `Bearer ${token.accessToken}`,
  }
}
