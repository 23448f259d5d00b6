/*
 * What this package believes about Salesforce without a document that says so. Nothing else in it guesses.
 */

/** assumption: the text of a `REQUEST_LIMIT_EXCEEDED` for the 24-hour allowance starts so (one observed body). */
export const dailyLimitMessage: RegExp = /^\s*TotalRequests\b/i

/** assumption: an allowance of 24 hours that is used up does not come back within a quarter of an hour. */
export const spentAllowanceMs = 900_000

/** assumption: a SOQL query is ended by the server after 120 s, so an answer may take that long to begin. */
export const queryTimeLimitMs = 120_000

/**
 * assumption: a token that was fine for this long and then meets a 404 may have expired or been revoked, since an invalid
 * token is one of the documented causes of the gateway's 404s. A younger one is beyond that suspicion.
 */
export const trustTokenMs = 600_000

/**
 * assumption: an address for files (not one of the APIs) answers an invalid token by a redirect to the log-in page, which has
 * one of these parameters or paths on whatever host.
 */
export function isLogInPage(url: URL): boolean {
  return (
    url.searchParams.has('startURL') || url.searchParams.get('ec') === '302' || /^\/(login|secur|$)/.test(url.pathname)
  )
}

/**
 * assumption: where the machine-readable code stands. The API's own error bodies are not documented; these are the shapes
 * of its neighbours: `[{errorCode}]` (core REST), `{error, message}` (gateway), `{error, error_description}` (OAuth),
 * problem details (no code), text or HTML (no code).
 */
export function errorCodeOf(body: unknown): { readonly code: unknown; readonly message: unknown } {
  const first = Array.isArray(body) ? body[0] : body
  if (typeof first !== 'object' || first === null) return { code: undefined, message: undefined }
  const { errorCode, error, message } = first as Record<string, unknown>
  return { code: errorCode ?? error, message }
}
