import type { IncomingHttpHeaders } from 'node:http'

/** A request, read. */
export interface Request {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** An answer before it is sent. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | Streamed
}

/** A body that is made while it is sent. */
export interface Streamed {
  /** In bytes, where it is known beforehand. */
  readonly length?: number
  readonly chunks: () => Iterable<string | Uint8Array>
}

export function json(status: number, document: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
    body: JSON.stringify(document),
  }
}

/** An error as the core REST API writes it: always an array. */
export function coreError(status: number, errorCode: string, message: string): Reply {
  return json(status, [{ message, errorCode }])
}

export const notFound: Reply = coreError(404, 'NOT_FOUND', 'The requested resource does not exist')

export const invalidSession: Reply = coreError(401, 'INVALID_SESSION_ID', 'Session expired or invalid')

/** A token without the scope `api`, as seen in reports of users. */
export const notForRest: Reply = coreError(
  401,
  'INVALID_SESSION_ID',
  'This session is not valid for use with the REST API',
)
