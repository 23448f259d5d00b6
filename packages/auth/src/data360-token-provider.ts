import type { RetryPolicy, Token, TokenProvider, Transport } from '@custody/http'
import { type Clock, systemClock, usageError } from '@custody/pipeline'
import { data360Advice } from './advice.ts'
import { data360Exchange, tenantAddress } from './assumptions.ts'
import type { TokenEvent } from './token-event.ts'
import { assertLifetime, createTokenHolder } from './token-holder.ts'
import { expiryOf, originOf, parseReply, readFields, type TokenReply } from './token-reply.ts'
import { createTokenRequest, type TokenQuestion } from './token-request.ts'

/** Whose tokens are exchanged for those of Data 360, and of which data space. */
export interface Data360TokenProviderOptions {
  /** Where the tokens of the org come from: each is exchanged for one of Data 360. */
  readonly tokens: TokenProvider
  /** The data space that the tokens are for. @defaultValue the org's default one */
  readonly dataspace?: string
  /** How long a token is valid when neither the reply nor the token says so. @defaultValue until it is refused */
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

/** What an org token that is no good looks like: refused, or answered by the way to the log-in page. */
const tokenFaults: readonly string[] = ['AUTH_INVALID_TOKEN', 'AUTH_REPLY_NOT_JSON', 'HTTP_REDIRECT']

/**
 * Tokens of Data 360 for the user of an org's tokens, by the exchange at `/services/a360/token`. Both origins of such a token
 * are its tenant: the org itself is asked with the org's own tokens. Shared, renewed and refused like those; an org token that
 * the exchange does not accept is replaced once.
 *
 * @throws CustodyError `AUTH_OPTIONS` (usage); `token()` throws what the org's provider throws, `AUTH_…` (sign-in), or
 * `HTTP_…` when the endpoint cannot be reached
 */
export function createData360TokenProvider(options: Data360TokenProviderOptions): TokenProvider {
  const { tokens, dataspace, lifetimeMs, clock = systemClock, random = Math.random, onEvent } = options
  if (dataspace !== undefined && dataspace.trim() === '') {
    throw usageError('AUTH_OPTIONS', 'createData360TokenProvider: dataspace is empty.', 'Leave it out for the default.')
  }
  assertLifetime('createData360TokenProvider', lifetimeMs)

  function read(reply: TokenReply): Token {
    const { signIn } = reply
    const fields = readFields(parseReply(reply), reply)
    const tenant = originOf(tenantAddress(fields.instance_url), 'instance_url', signIn)
    return {
      accessToken: fields.access_token,
      user: signIn.user,
      instanceUrl: tenant,
      apiUrl: tenant,
      expiresAt: expiryOf(fields, reply.requestedAt, lifetimeMs),
    }
  }

  /** One question for all attempts at a token: the org's is replaced once among them. */
  function question(): () => Promise<TokenQuestion> {
    let replaced = false
    return async () => {
      const token = await tokens.token()
      const url = new URL('/services/a360/token', token.instanceUrl)
      return {
        signIn: { user: token.user, grant: data360Exchange, host: url.host, advice: data360Advice },
        url,
        form: {
          grant_type: 'urn:salesforce:grant-type:external:cdp',
          subject_token: token.accessToken,
          subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          ...(dataspace !== undefined && { dataspace }),
        },
        read,
        renewed({ code }, status) {
          if (replaced || !(status === 401 || tokenFaults.includes(code))) return false
          replaced = true
          tokens.refused(token)
          return true
        },
      }
    }
  }

  const request = createTokenRequest({ ...options, endpoint: 'data360-token', clock, random })
  return createTokenHolder({
    issue: () => request(question()),
    onKeep: ({ user }, { code }) => onEvent?.({ type: 'token-keep', user, code }),
    clock,
    random,
  })
}
