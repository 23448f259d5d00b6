import { usageError } from '@custody/pipeline'
import { Agent, Pool } from 'undici'
import { queryTimeLimitMs } from './assumptions.ts'
import { assertHttpsOrLoopback } from './origin.ts'

/** A request as it goes out. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal | undefined
}

/** An answer as it comes in; names of headers in lower case. */
export interface TransportResponse {
  readonly status: number
  /** Names in lower case; a repeated header is joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** Read it to the end or leave the loop early: an abandoned body keeps its connection. Throws when cut short. */
  readonly body: AsyncIterable<Uint8Array>
}

/** One HTTP exchange: no retries, no redirects, no credentials of its own. Rejects when no answer came. */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>

/** Connections and times of a transport, in milliseconds. */
export interface TransportOptions {
  /**
   * Connections per origin. Give at least as many as there are lanes: a request that queues for a connection leaves later
   * than its rate limit thinks. @defaultValue 32
   */
  readonly connections?: number
  /** @defaultValue 10 s */
  readonly connectTimeoutMs?: number
  /** Until the head of the answer. @defaultValue 150 s: a query may run for 120 s before Salesforce itself ends it */
  readonly headersTimeoutMs?: number
  /** Between two pieces of the body. @defaultValue 60 s */
  readonly bodyTimeoutMs?: number
  /**
   * Waiting for the body in all, against one that trickles for ever; once more of it for every 16 MiB that have come. The
   * reader's own time does not count. @defaultValue 5 min
   */
  readonly wholeBodyTimeoutMs?: number
  /**
   * How long an idle connection is kept, unless the server names a time. @defaultValue 65 s: it outlives a wait at a
   * limit per minute, so that the next burst needs no new TLS handshakes
   */
  readonly keepAliveMs?: number
  /**
   * How long what is under way may take while the transport closes, before it is cut. @defaultValue 2 s: nobody waits for it, but the
   * reply to a sign-in may hold a refresh token that is to be kept
   */
  readonly closingMs?: number
}

/** A {@link Transport} over pooled keep-alive connections. Idle ones do not keep the process alive. */
export function createTransport(options: TransportOptions = {}): Transport & { close(): Promise<void> } {
  const {
    connections = 32,
    connectTimeoutMs = 10_000,
    headersTimeoutMs = queryTimeLimitMs + 30_000,
    bodyTimeoutMs = 60_000,
    wholeBodyTimeoutMs = 300_000,
    keepAliveMs = 65_000,
    closingMs = 2_000,
  } = options
  const times = { connectTimeoutMs, headersTimeoutMs, bodyTimeoutMs, wholeBodyTimeoutMs, keepAliveMs, closingMs }
  const numbers = { connections, ...times }
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isInteger(value) || value < 1) {
      throw usageError('HTTP_OPTIONS', `createTransport: ${name} must be a whole number of at least 1.`)
    }
  }
  const pools = new Set<Pool>()
  const agent = new Agent({
    connections,
    connectTimeout: connectTimeoutMs,
    headersTimeout: headersTimeoutMs,
    bodyTimeout: bodyTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    // One request per connection: a reset then costs one request, not every one that shares an HTTP/2 session.
    allowH2: false,
    pipelining: 1,
    factory(origin, options) {
      const pool = new Pool(origin, options)
      pools.add(pool)
      return pool
    },
  })

  const transport: Transport = async ({ method, url, headers, body, signal }) => {
    assertHttpsOrLoopback(url, 'the request address')
    const response = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: { ...headers },
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    })
    return {
      status: response.statusCode,
      headers: flatten(response.headers),
      body: withDeadline(response.body, wholeBodyTimeoutMs),
    }
  }
  return Object.assign(transport, { close: () => closeSoon(agent, pools, closingMs) })
}

// An agent that is closing forgets its pools at once, and would cut none of them.
async function closeSoon(agent: Agent, pools: ReadonlySet<Pool>, closingMs: number): Promise<void> {
  const cut = setTimeout(() => {
    for (const pool of pools) void pool.destroy()
  }, closingMs)
  try {
    await agent.close()
  } finally {
    clearTimeout(cut)
  }
}

function flatten(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : (value ?? []).join(', '),
    ]),
  )
}

const bytesPerTimeout = 16 * 1024 * 1024

// No timer is needed: silence is the agent's own timeout, so time only has to be looked at when something comes.
async function* withDeadline(body: AsyncIterable<Uint8Array>, timeoutMs: number): AsyncGenerator<Uint8Array> {
  let bytes = 0
  let waitedMs = 0
  let askedAt = performance.now()
  for await (const chunk of body) {
    bytes += chunk.byteLength
    waitedMs += performance.now() - askedAt
    if (waitedMs > timeoutMs * (1 + Math.floor(bytes / bytesPerTimeout))) {
      throw Object.assign(new Error('body timeout'), { code: 'UND_ERR_BODY_TIMEOUT' })
    }
    yield chunk
    askedAt = performance.now()
  }
}
