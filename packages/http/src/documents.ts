import type { Clock } from '@custody/pipeline'
import { exchange } from './exchange.ts'
import { refused, unusable } from './failure.ts'
import type { HttpEvent } from './http-event.ts'
import type { RunCall } from './org-call.ts'
import type { Answer, SendRequest } from './org-client.ts'
import { resolveOnOrigin } from './origin.ts'
import { withToken } from './request-headers.ts'
import type { Attempt } from './retry.ts'
import type { Transport } from './transport.ts'

export interface DocumentsOptions {
  readonly run: RunCall
  readonly transport: Transport
  readonly maxBodyBytes: number
  readonly parseJson: (text: string) => unknown
  readonly clock: Clock
  readonly emit: (build: () => HttpEvent) => void
}

interface Received {
  readonly document: unknown
  readonly answer: Answer
}

/** Calls whose answer is held in memory: JSON or text. */
export function createDocuments(options: DocumentsOptions): <T>(request: SendRequest<T>) => Promise<T> {
  const { run, transport, maxBodyBytes, parseJson, clock, emit } = options

  return async (request) => {
    const { method, origin, endpoint, as = 'json', repeatable = method === 'GET' || method === 'DELETE' } = request
    const { signal } = request
    const body = request.body === undefined ? undefined : JSON.stringify(request.body)
    const own = {
      accept: as === 'json' ? 'application/json' : '*/*',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }

    const { document, answer } = await run(
      { origin, endpoint, repeatable, signal },
      async ({ token, attempt, leave }) => {
        const base = origin === 'api' ? token.apiUrl : token.instanceUrl
        const url = resolveOnOrigin(base, request.path, request.query)
        const headers = withToken({ ...own, ...request.headers }, token)
        const { status, bytes, ms, outcome } = await exchange({
          transport,
          request: { method, url, headers, signal, ...(body !== undefined && { body }) },
          endpoint,
          attempt,
          maxBodyBytes,
          as,
          clock,
        })
        leave()
        emit(() => ({ type: 'request-end', endpoint, status, attempt, ms, bytes }))
        if ('error' in outcome) return { status, result: outcome }
        if (outcome.status < 200 || outcome.status > 299) {
          return { status, result: { ...refused({ endpoint, attempt, now: clock.now(), ...outcome }), ms } }
        }
        return { status, result: read(outcome, attempt, ms) }
      },
    )
    return request.parse(document, answer)

    function read(outcome: Answer & { readonly text: string }, attempt: number, ms: number): Attempt<Received> {
      const { status, headers, text } = outcome
      const answer = { status, headers }
      const mayBeEmpty = as === 'text' || method !== 'GET' || status !== 200
      if (text === '' && mayBeEmpty) return { value: { document: null, answer } }
      try {
        return { value: { document: as === 'text' ? text : (request.parseJson ?? parseJson)(text), answer } }
      } catch {
        // Its message would quote the body.
        return { ...unusable({ endpoint, attempt }, 'not-json', maxBodyBytes), ms }
      }
    }
  }
}
