import type { Clock } from '@custody/pipeline'
import { readBody } from './body.ts'
import { type Failure, unreachable, unusable } from './failure.ts'
import type { Transport, TransportRequest } from './transport.ts'

/** One call, with everything that repeats and paces it. */
export interface ExchangeOptions {
  readonly transport: Transport
  readonly request: TransportRequest
  /** Names the call in errors. */
  readonly endpoint: string
  readonly attempt: number
  readonly maxBodyBytes: number
  /** What the body was meant to be, for the error. @defaultValue `'json'` */
  readonly as?: 'json' | 'text'
  readonly clock: Clock
}

/** A request sent once. `status` is null when no answer came; `bytes` counts the body as received. */
export interface Exchange {
  readonly status: number | null
  readonly bytes: number
  readonly ms: number
  readonly outcome:
    | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly text: string }
    | Failure
}

/** Enough for any error body; more of one is of no use. */
export const maxErrorBytes = 65_536

/**
 * Sends once and reads the answer to its end. What went wrong on the wire is a {@link Failure}; a status is for the
 * caller to judge, and an error body that cannot be read is an empty one. Throws only the signal's reason.
 */
export async function exchange(options: ExchangeOptions): Promise<Exchange> {
  const { transport, request, endpoint, attempt, maxBodyBytes, as, clock } = options
  const startedAt = clock.now()
  const ended = (status: number | null, bytes: number, outcome: Exchange['outcome']): Exchange => {
    request.signal?.throwIfAborted()
    const ms = Math.max(0, clock.now() - startedAt)
    return { status, bytes, ms, outcome: 'error' in outcome ? { ...outcome, ms } : outcome }
  }

  let response: Awaited<ReturnType<Transport>>
  try {
    response = await transport(request)
  } catch (error) {
    return ended(null, 0, unreachable({ endpoint, attempt }, request.url.origin, error))
  }
  const { status, headers } = response
  const succeeded = status >= 200 && status < 300
  const body = await readBody(response, succeeded ? maxBodyBytes : maxErrorBytes)
  if (body.fault === undefined) return ended(status, body.bytes, { status, headers, text: body.text })
  if (!succeeded) return ended(status, body.bytes, { status, headers, text: '' })
  const fault = body.fault === 'undecodable' && as === 'text' ? 'not-text' : body.fault
  return ended(status, body.bytes, unusable({ endpoint, attempt }, fault, maxBodyBytes))
}
