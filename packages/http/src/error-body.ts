import { dailyLimitMessage, errorCodeOf } from './assumptions.ts'

/** The codes OAuth defines (RFC 6749, RFC 6750): the only lower-case words let through. */
const oauthCodes: ReadonlySet<unknown> = new Set([
  'access_denied',
  'insufficient_scope',
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'invalid_token',
  'server_error',
  'temporarily_unavailable',
  'unauthorized_client',
  'unsupported_grant_type',
])

export interface ErrorBody {
  /** The machine-readable code; null when there is none or it does not look like one. */
  readonly errorCode: string | null
  /** Whether its message says that the org's 24-hour allowance is used up. */
  readonly dailyLimit: boolean
}

/** What may be known of an error body. Its message is looked at and left behind: it may quote the request. */
export function readErrorBody(text: string): ErrorBody {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return { errorCode: null, dailyLimit: false }
  }
  const { code, message } = errorCodeOf(body)
  return {
    errorCode: typeof code === 'string' && (/^[A-Z_]{3,60}$/.test(code) || oauthCodes.has(code)) ? code : null,
    dailyLimit: typeof message === 'string' && dailyLimitMessage.test(message),
  }
}
