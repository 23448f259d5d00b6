import { assertHttpsOrLoopback, type RetryPolicy, type Token, type TokenProvider, type Transport } from '@custody/http'
import { type Clock, systemClock, usageError } from '@custody/pipeline'
import { orgAdvice } from './advice.ts'
import type { Grant } from './grant.ts'
import { type SignIn, signInError } from './sign-in.ts'
import type { TokenEvent } from './token-event.ts'
import { assertLifetime, createTokenHolder } from './token-holder.ts'
import { expiryOf, originOf, parseReply, readFields, type TokenReply } from './token-reply.ts'
import { createTokenRequest } from './token-request.ts'

/** Who signs in, where, and by which grant. */
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

/**
 * Tokens for one execution user. Calls at the same moment share one request; a token is renewed after 80 to 90 % of its
 * life, or once it is {@link TokenProvider.refused}. They are held in memory alone.
 *
 * @throws CustodyError `AUTH_OPTIONS`, `HTTP_INSECURE_URL` (usage); `token()` throws `AUTH_…` (sign-in), or `HTTP_…` when
 * the endpoint cannot be reached
 */
export function createTokenProvider(options: TokenProviderOptions): TokenProvider {
  const { user, grant, lifetimeMs, clock = systemClock, random = Math.random, onEvent } = options
  if (user.trim() === '') throw usageError('AUTH_OPTIONS', 'createTokenProvider: user is empty.')
  assertLifetime('createTokenProvider', lifetimeMs)
  const login = originOnly(options.loginUrl, 'loginUrl')
  const apiUrl = options.apiUrl === undefined ? undefined : originOnly(options.apiUrl, 'apiUrl').origin
  const url = new URL('/services/oauth2/token', login)
  const signIn: SignIn = { user, grant: grant.name, host: login.host, advice: orgAdvice }

  async function read(reply: TokenReply): Promise<Token> {
    const document = parseReply(reply)
    if (typeof document === 'object' && document !== null) await grant.replied?.(document as Record<string, unknown>)
    const fields = readFields(document, reply)
    const gateway = apiUrl ?? fields.api_instance_url
    if (gateway === undefined) throw noGateway(signIn)
    return {
      accessToken: fields.access_token,
      user,
      instanceUrl: originOf(fields.instance_url, 'instance_url', signIn),
      apiUrl: originOf(gateway, 'api_instance_url', signIn),
      expiresAt: expiryOf(fields, reply.requestedAt, lifetimeMs),
    }
  }

  const request = createTokenRequest({ ...options, endpoint: 'oauth-token', clock, random })
  return createTokenHolder({
    issue: () => request(async () => ({ signIn, url, form: await grant.form(), read })),
    onKeep: (_token, { code }) => onEvent?.({ type: 'token-keep', user, code }),
    clock,
    random,
  })
}

function noGateway(signIn: SignIn): Error {
  return signInError('AUTH_NO_API_URL', 'the reply names no api_instance_url', signIn, [
    'Switch on JWT-based access tokens for named users in the External Client App, with the scope sfap_api.',
    'Or set apiUrl, https://api.salesforce.com for production orgs.',
  ])
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
