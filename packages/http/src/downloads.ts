import type { Clock } from '@custody/pipeline'
import { isLogInPage } from './assumptions.ts'
import { readBody } from './body.ts'
import { discard, headFault, streamBody } from './body-stream.ts'
import { maxErrorBytes } from './exchange.ts'
import { type Failure, redirectedAway, refused, unreachable, unusable } from './failure.ts'
import type { HttpEvent } from './http-event.ts'
import type { RunCall, Sending, Sent } from './org-call.ts'
import type { Download, DownloadRequest, TokenProvider } from './org-client.ts'
import { foreignAddress, resolveOnOrigin } from './origin.ts'
import { withToken } from './request-headers.ts'
import type { Token } from './token.ts'
import type { Transport, TransportResponse } from './transport.ts'

export interface DownloadsOptions {
  readonly run: RunCall
  readonly tokens: TokenProvider
  readonly transport: Transport
  /** Besides the token's own. */
  readonly trustedOrigins: readonly string[]
  readonly clock: Clock
  readonly emit: (build: () => HttpEvent) => void
}

const maxRedirects = 2

/** Calls whose answer is handed on as it comes. */
export function createDownloads(options: DownloadsOptions): (request: DownloadRequest) => Promise<Download> {
  const { run, tokens, transport, trustedOrigins, clock, emit } = options

  const isAllowed = (url: URL, { instanceUrl, apiUrl }: Token): boolean =>
    [instanceUrl, apiUrl, ...trustedOrigins].some((address) => URL.parse(address)?.origin === url.origin) &&
    url.username === '' &&
    url.password === ''

  const resolve = (address: string, token: Token): URL => {
    if (address.startsWith('/')) return resolveOnOrigin(token.instanceUrl, address)
    const url = URL.parse(address)
    if (!url || !isAllowed(url, token)) throw foreignAddress()
    return url
  }

  /** One sending, with the redirects it leads to. */
  async function open(request: DownloadRequest, { token, attempt, leave }: Sending): Promise<Sent<Download>> {
    const { endpoint, maxBytes, signal } = request
    const place = { endpoint, attempt }
    const startedAt = clock.now()
    const elapsed = (): number => Math.max(0, clock.now() - startedAt)
    const ended = (status: number | null, bytes: number): void =>
      emit(() => ({ type: 'request-end', endpoint, status, attempt, ms: elapsed(), bytes }))
    const failed = (status: number | null, failure: Failure, bytes = 0): Sent<Download> => {
      signal?.throwIfAborted()
      ended(status, bytes)
      return { status, result: { ...failure, ms: elapsed() } }
    }
    const succeeded = (response: TransportResponse): Download => ({
      status: response.status,
      headers: response.headers,
      body: streamBody(response, {
        maxBytes,
        signal,
        errorFor: (fault) => unusable(place, fault, maxBytes).error,
        onEnd(bytes) {
          leave()
          ended(response.status, bytes)
        },
      }),
    })

    let url = resolve(request.address, token)
    for (let redirects = 0; ; redirects++) {
      let response: TransportResponse
      try {
        const headers = withToken({ accept: '*/*', ...request.headers }, token)
        response = await transport({ method: 'GET', url, headers, signal })
      } catch (error) {
        return failed(null, unreachable(place, url.origin, error))
      }
      const { status, headers } = response
      if (status >= 200 && status < 300) {
        const fault = headFault(response, maxBytes)
        if (fault === null) return { status, result: { value: succeeded(response) } }
        await discard(response)
        return failed(status, unusable(place, fault, maxBytes))
      }

      const body = await readBody(response, maxErrorBytes)
      const text = body.fault === undefined ? body.text : ''
      const refusal = (as: number): Failure => refused({ ...place, status: as, headers, text, now: clock.now() })
      const target = status >= 300 && status < 400 ? URL.parse(headers['location'] ?? '', url) : null
      // A log-in page asks for a better token.
      if (target && isLogInPage(target)) return failed(401, refusal(401), body.bytes)
      if (target && !isAllowed(target, token)) return failed(status, redirectedAway(place, status), body.bytes)
      if (!target || redirects === maxRedirects) return failed(status, refusal(status), body.bytes)
      signal?.throwIfAborted()
      url = target
    }
  }

  return async (request) => {
    const { address, endpoint, signal } = request
    const token = await tokens.token(signal ? { signal } : {})
    // Here already, so that a foreign address costs no place at the limit.
    const onGateway = resolve(address, token).origin === URL.parse(token.apiUrl)?.origin
    const call = { origin: onGateway ? 'api' : 'instance', endpoint, repeatable: true, signal } as const
    return await run(call, (sending) => open(request, sending))
  }
}
