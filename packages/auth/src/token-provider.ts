import {
  abortable,
  assertHttpsOrLoopback,
  createTransport,
  exchange,
  type RetryPolicy,
  refused,
  retrying,
  retryPolicy,
  type Token,
  type TokenProvider,
  type Transport,
} from '@custody/http'
import { type Clock, CustodyError, systemClock, usageError } from '@custody/pipeline'
import type { Grant } from './grant.ts'
import { oauthError, silentRefusal } from './oauth-error.ts'
import type { SignIn } from './sign-in.ts'
import type { TokenEvent } from './token-event.ts'
import { readTokenReply } from './token-reply.ts'

export interface TokenProviderOptions {
  /** The execution user's name in the configuration: stands in events and errors. */
  readonly user: string
  /** The org's My Domain address. https, or http on this machine alone. */
  readonly loginUrl: string
  readonly grant: Grant
  /** The API gateway. @defaultValue `api_instance_url` of the reply */
  readonly apiUrl?: string
  /**
   * How long a token that does not say so itself (an opaque one) is valid: the "Token timeout" of the app.
   * @defaultValue until it is refused
   */
  readonly lifetimeMs?: number
  /** @defaultValue a transport of its own; its connections close by themselves */
  readonly transport?: Transport
  /** @defaultValue 5 attempts within 1 minute: a wrong address should be noticed soon */
  readonly retry?: RetryPolicy
  readonly clock?: Clock
  /** From 0 up to, not including, 1. @defaultValue `Math.random` */
  readonly random?: () => number
  readonly onEvent?: (event: TokenEvent) => void
}

/** A token and when to ask for the next one. */
interface Held {
  readonly token: Token
  readonly renewAt: number
}

const endpoint = 'oauth-token'
const maxReplyBytes = 1024 * 1024

/**
 * Tokens for one execution user. Calls at the same moment share one request; a token is renewed after 80 to 90 % of its
 * life (drawn anew each time, so that many processes do not renew together) or once it is {@link TokenProvider.refused}.
 *
 * @throws CustodyError `AUTH_OPTIONS`, `HTTP_INSECURE_URL` (usage); `token()` throws `AUTH_…` (sign-in), or `HTTP_…` when
 * the endpoint cannot be reached
 */
export function createTokenProvider(options: TokenProviderOptions): TokenProvider {
  const { user, grant, lifetimeMs, clock = systemClock, random = Math.random, onEvent } = options
  if (user.trim() === '') throw usageError('AUTH_OPTIONS', 'createTokenProvider: user is empty.')
  if (lifetimeMs !== undefined && !(Number.isFinite(lifetimeMs) && lifetimeMs > 0)) {
    throw usageError('AUTH_OPTIONS', 'createTokenProvider: lifetimeMs must be a number above 0.')
  }
  const login = originOnly(options.loginUrl, 'loginUrl')
  const apiUrl = options.apiUrl === undefined ? undefined : originOnly(options.apiUrl, 'apiUrl').origin
  const url = new URL('/services/oauth2/token', login)
  const signIn: SignIn = { user, grant: grant.name, host: login.host }
  const policy = retryPolicy({ attempts: 5, maxElapsedMs: 60_000, ...options.retry })
  const transport =
    options.transport ?? createTransport({ connections: 1, keepAliveMs: 1_000, headersTimeoutMs: 30_000 })

  let held: Held | null = null
  let renewal: Promise<Token> | null = null

  async function request(): Promise<Held> {
    return await retrying(
      policy,
      {
        clock,
        random,
        onRetry: (reason, attempt, waitMs) => onEvent?.({ type: 'token-retry', user, reason, attempt, waitMs }),
      },
      async (attempt) => {
        const form = await grant.form()
        const requestedAt = clock.now()
        const { outcome, ms } = await exchange({
          transport,
          request: { method: 'POST', url, headers, body: new URLSearchParams(form).toString() },
          endpoint,
          attempt,
          maxBodyBytes: maxReplyBytes,
          clock,
        })
        if ('error' in outcome) return outcome
        const { status, text } = outcome
        const sent = Object.values(form)
        if (status < 200 || status > 299) {
          const failure = refused({ endpoint, attempt, now: clock.now(), ...outcome })
          if (failure.reason !== null) return { ...failure, ms }
          // A redirect keeps its own error; every other refusal is about signing in.
          const redirected = status >= 300 && status < 400
          const error = redirected ? failure.error : refusalOf(text, status, signIn, sent)
          return { error, reason: null }
        }
        const token = readTokenReply({ text, signIn, sent, apiUrl, lifetimeMs, requestedAt })
        const life = token.expiresAt === null ? null : token.expiresAt - requestedAt
        onEvent?.({ type: 'token-issue', user, grant: grant.name, attempt, lifetimeMs: life })
        return {
          value: {
            token,
            renewAt: life === null ? Number.POSITIVE_INFINITY : requestedAt + life * (0.8 + 0.1 * random()),
          },
        }
      },
    )
  }

  async function renew(): Promise<Token> {
    const before = held
    try {
      held = await request()
      return held.token
    } catch (error) {
      // Still valid and not refused meanwhile: better the old token than none, but ask again soon.
      const now = clock.now()
      const expiresAt = before?.token.expiresAt ?? 0
      if (!before || held !== before || now >= expiresAt || !isPassing(error)) throw error
      held = { token: before.token, renewAt: now + (expiresAt - now) / 2 }
      onEvent?.({ type: 'token-keep', user, code: error.code })
      return before.token
    }
  }

  return {
    async token({ signal } = {}) {
      signal?.throwIfAborted()
      if (held && clock.now() < held.renewAt) return held.token
      // Shared by all who ask meanwhile: nobody's signal may end it for the others.
      renewal ??= renew().finally(() => {
        renewal = null
      })
      return await abortable(renewal, signal)
    },
    refused(token) {
      // A late refusal of an older token must not cost the new one.
      if (held?.token.accessToken === token.accessToken) held = null
    },
  }
}

const headers = {
  accept: 'application/json',
  'content-type': 'application/x-www-form-urlencoded',
  'user-agent': 'custody',
}

function refusalOf(text: string, status: number, signIn: SignIn, sent: readonly string[]): CustodyError {
  let body: unknown = null
  try {
    body = JSON.parse(text)
  } catch {
    // Its message would quote the reply.
  }
  return oauthError(body, status, signIn, sent) ?? silentRefusal(status, signIn)
}

function isPassing(error: unknown): error is CustodyError {
  return CustodyError.isInstance(error) && error.retryable
}

function originOnly(address: string, name: string): URL {
  const url = assertHttpsOrLoopback(address, name)
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw usageError('AUTH_OPTIONS', `${name} must be an address without a path.`, `Cut ${name} after the host.`)
  }
  if (/\.lightning\.force\.com$/.test(url.hostname)) {
    throw usageError(
      'AUTH_OPTIONS',
      `${name} is the Lightning address, which issues no tokens.`,
      `Use the My Domain address, https://….my.salesforce.com (Setup > My Domain), as ${name}.`,
    )
  }
  return url
}
