import { type Clock, systemClock, usageError } from '@custody/pipeline'
import { createDocuments } from './documents.ts'
import { createDownloads } from './downloads.ts'
import { createEndpointLimits, type RateLimitFactory } from './endpoint-limits.ts'
import { createHttpEvents, type HttpEvent } from './http-event.ts'
import { createOrgCalls } from './org-call.ts'
import type { OrgDownloads, OrgSender, TokenProvider } from './org-client.ts'
import { assertOrigin } from './origin.ts'
import type { Limit } from './rate-limit.ts'
import type { RetryPolicy } from './retry.ts'
import { createTransport, type Transport } from './transport.ts'

/** Whose tokens a client uses, and within which limits it keeps. */
export interface OrgClientOptions {
  /** One execution user of one org: limits count per client. */
  readonly tokens: TokenProvider
  /** @defaultValue a transport of the client's own; one handed in stays open when the client is closed */
  readonly transport?: Transport
  /** Limits by endpoint, each replacing the default of that name; null for none. @defaultValue {@link defaultLimits} */
  readonly limits?: Readonly<Record<string, Limit | null>>
  /**
   * Makes what keeps an endpoint's calls to its figure. Hand in one that other processes share, where they ask as the same user.
   * @defaultValue {@link createRateLimit}: the calls of this client alone
   */
  readonly rateLimitOf?: RateLimitFactory
  /** How often and how long a call may try. @defaultValue those of {@link RetryPolicy} */
  readonly retry?: RetryPolicy
  /** How large a body may be, before and after inflating. @defaultValue 64 MiB: far above 2,000 rows or 1,000 entries */
  readonly maxBodyBytes?: number
  /** Hand in a lossless one where 64-bit numbers matter. @defaultValue `JSON.parse` */
  readonly parseJson?: (text: string) => unknown
  /**
   * Origins besides those of the token that files may come from; the token goes to them too. For the org's own file domain,
   * `https://acme.file.force.com` say (Setup > My Domain). @defaultValue none
   */
  readonly trustedOrigins?: readonly string[]
  readonly clock?: Clock
  /** From 0 up to, not including, 1. @defaultValue `Math.random` */
  readonly random?: () => number
  readonly onEvent?: (event: HttpEvent) => void
}

/** Everything that can be asked of an org. */
export interface FullOrgClient extends OrgSender, OrgDownloads {
  /** Lets the connections go once what is under way has ended; use signals to end that early. */
  close(): Promise<void>
}

/**
 * The client for one execution user of one org.
 *
 * @throws CustodyError `HTTP_OPTIONS`, `HTTP_INSECURE_URL` (usage)
 */
export function createOrgClient(options: OrgClientOptions): FullOrgClient {
  const { tokens, clock = systemClock, random = Math.random, parseJson = JSON.parse } = options
  const { maxBodyBytes = 64 * 1024 * 1024, retry } = options
  if (!Number.isInteger(maxBodyBytes) || maxBodyBytes < 1) {
    throw usageError('HTTP_OPTIONS', 'createOrgClient: maxBodyBytes must be a whole number of at least 1.')
  }
  const trustedOrigins = (options.trustedOrigins ?? []).map((address) => assertOrigin(address, 'trustedOrigins'))
  const emit = createHttpEvents(options.onEvent)
  const limitOf = createEndpointLimits({
    limits: options.limits,
    rateLimitOf: options.rateLimitOf,
    clock,
    onWait: (endpoint, waitMs) => emit(() => ({ type: 'limit-wait', endpoint, waitMs })),
  })
  const owned = createTransport()
  const transport = options.transport ?? owned
  let closed = false
  const run = createOrgCalls({ tokens, retry, limitOf, clock, random, emit, isClosed: () => closed })
  const send = createDocuments({ run, transport, maxBodyBytes, parseJson, clock, emit })

  return {
    getJson: (request) => send({ ...request, method: 'GET' }),
    send,
    download: createDownloads({ run, tokens, transport, trustedOrigins, clock, emit }),
    async close() {
      closed = true
      await owned.close()
    },
  }
}
