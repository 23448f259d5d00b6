import type { OrgState } from '../server/org-state.ts'
import { json, type Reply } from '../server/reply.ts'
import type { Side } from '../server/routes.ts'
import type { SqlError } from '../sql/sql-error.ts'
import { tenantId } from './data360-tokens.ts'

/** Names of statuses, as test data of Salesforce's drivers have them. */
const names: Readonly<Record<number, readonly [error: string, message: string]>> = {
  400: ['Bad Request', 'Bad Request'],
  401: ['Unauthorized', 'Authorization header verification failed'],
  403: ['Forbidden', 'Authorization failed'],
  404: ['Not Found', 'Not Found'],
  405: ['Method Not Allowed', 'Method Not Allowed'],
  429: ['Too many requests', 'Too many requests'],
  500: ['Internal Server Error', 'Internal Server Error'],
  503: ['Service Unavailable', 'Service Unavailable'],
}

export interface GatewayDetails {
  readonly message?: string
  readonly path?: string
  readonly details?: object
}

/**
 * An error of the tenant's gateway. Its members: a comment in Salesforce's Python client; values: test data of its drivers.
 */
export function tenantError(org: OrgState, status: number, given: GatewayDetails = {}): Reply {
  const [error, message] = names[status] ?? ['Error', 'Error']
  return json(status, {
    timestamp: new Date(org.clock.now()).toISOString().replace('Z', '+0000'),
    error,
    message: given.message ?? message,
    ...(given.path !== undefined && { path: given.path }),
    tenantId,
    internalErrorCode: 'COMMON_ERROR_GENERIC',
    details: given.details ?? { status: message, statusCode: status },
  })
}

export function unauthenticated(org: OrgState): Reply {
  const details = { status: 'UNAUTHENTICATED: Invalid JWT (not before or expired)', statusCode: 401 }
  return tenantError(org, 401, { details })
}

/** 429: documented with "up to 15 concurrent requests". */
export function tooMany(org: OrgState, side: Side): Reply {
  // assumption: Connect says it in the form of its other errors.
  const reply =
    side === 'tenant' ? tenantError(org, 429) : connectError(429, 'REQUEST_LIMIT_EXCEEDED', 'Too many requests')
  const { retryAfterSeconds } = org.data360.switches
  if (retryAfterSeconds === null) return reply
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(retryAfterSeconds) } }
}

/** What an engine says of a statement: the members of its ErrorInfo. */
// assumption: how they are spelt in JSON; the message of Connect has `primaryMessage`.
function errorInfo({ sqlState, message, position }: SqlError): object {
  return {
    primaryMessage: message,
    sqlState,
    errorSource: sqlState.startsWith('5') ? 'System' : 'User',
    ...(position !== undefined && { position: { errorBeginCharacterOffset: position } }),
  }
}

/** A statement that is wrong, as V2 and V3 say it. */
export function tenantSqlError(org: OrgState, error: SqlError, path: string): Reply {
  return tenantError(org, 400, { message: error.message, path, details: errorInfo(error) })
}

/** An error of Connect: always an array. */
export function connectError(status: number, errorCode: string, message: string): Reply {
  return json(status, [{ errorCode, message }])
}

/** A statement that is wrong, as Connect says it: the message is a text of JSON. */
export function connectSqlError(org: OrgState, error: SqlError): Reply {
  return connectError(org.data360.switches.connectErrorStatus, 'BAD_REQUEST', JSON.stringify(errorInfo(error)))
}
