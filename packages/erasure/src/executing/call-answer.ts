import { HttpStatusError } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import { type DeletionWire, deletionEndpoints } from '../assumptions.ts'
import type { Target } from '../target.ts'
import { type ExecutionUser, notCarriedOut } from './execution-user.ts'

/** What came of one call. Everything that may have been carried out without our knowing is `lost`. */
export type CallAnswer =
  /** `logId` is null where the answer names none. */
  | { readonly type: 'accepted'; readonly logId: string | null }
  | { readonly type: 'lost'; readonly code: string }
  /** Nothing was carried out; the same may be tried again. */
  | { readonly type: 'anew'; readonly code: string }
  | { readonly type: 'busy'; readonly retryAfterMs: number | null }
  /** The user is not let in, or may not. */
  | { readonly type: 'denied'; readonly status: number | null; readonly error: CustodyError }
  | { readonly type: 'missing' }
  | { readonly type: 'open-session' }
  | { readonly type: 'locked' }
  | { readonly type: 'restricted' }
  | { readonly type: 'refused'; readonly status: number }

/** Sends the deletion of one record, once. */
export async function sendDeletion(
  target: Pick<Target, 'kind' | 'id'>,
  /** By what the wire names it. */
  named: string,
  user: ExecutionUser,
  wire: DeletionWire,
): Promise<CallAnswer> {
  const { kind } = target
  const parameter = wire.parameters[kind]
  try {
    const logId = await user.client.send({
      method: 'DELETE',
      origin: 'api',
      path: wire.paths[kind],
      endpoint: deletionEndpoints[kind],
      repeatable: false,
      ...(wire.idsIn === 'query' ? { query: { [parameter]: named } } : { body: { [parameter]: [named] } }),
      parse: logIdOf,
    })
    return { type: 'accepted', logId }
  } catch (error) {
    return answerOf(error)
  }
}

/** Pure: what a call that threw says. What is not known is taken for lost: looking costs little, a second deletion may not. */
export function answerOf(error: unknown): CallAnswer {
  if (error instanceof HttpStatusError) return byStatus(error)
  if (!CustodyError.isInstance(error)) return { type: 'lost', code: 'UNKNOWN' }
  if (error.code === notCarriedOut) return { type: 'anew', code: error.code }
  // Without a connection nothing was sent.
  if (error.code === 'HTTP_UNREACHABLE') return { type: 'anew', code: error.code }
  if (error.kind === 'sign-in' || error.kind === 'usage') return { type: 'denied', status: null, error }
  // What is no error of HTTP is one of signing in: that comes before anything is sent.
  return error.code.startsWith('HTTP_') ? { type: 'lost', code: error.code } : { type: 'anew', code: error.code }
}

function byStatus(error: HttpStatusError): CallAnswer {
  const { status, retryAfterMs, code } = error
  switch (status) {
    case 401:
    case 403:
      return error.errorCode === 'REQUEST_LIMIT_EXCEEDED'
        ? { type: 'busy', retryAfterMs }
        : { type: 'denied', status, error }
    case 404:
      return { type: 'missing' }
    case 409:
      return { type: 'restricted' }
    case 412:
      return { type: 'open-session' }
    case 423:
      return { type: 'locked' }
    case 429:
      return { type: 'busy', retryAfterMs }
  }
  // 503 too: a server in trouble may have taken it before it said so. 408 and 425 say nothing.
  if (status >= 500 || status === 408 || status === 425 || status < 400) return { type: 'lost', code }
  return { type: 'refused', status }
}

/** The id of the log's row, of the one id that was asked for. An answer in another form is a 202 all the same. */
function logIdOf(document: unknown): string | null {
  if (typeof document !== 'object' || document === null) return null
  const { conversationApiLogs: logs } = document as Readonly<Record<string, unknown>>
  const first: unknown = Array.isArray(logs) ? logs[0] : undefined
  if (typeof first !== 'object' || first === null) return null
  const { id } = first as Readonly<Record<string, unknown>>
  return typeof id === 'string' && /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/.test(id) ? id : null
}
