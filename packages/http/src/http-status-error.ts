import { CustodyError, type ErrorKind } from '@custody/pipeline'

/** A number of calls over time, counted by Salesforce. */
export type Allowance = 'hour' | 'day'

/** What an answer that is no success said; times in milliseconds. */
export interface HttpStatus {
  readonly status: number
  readonly endpoint: string
  readonly errorCode: string | null
  readonly retryAfterMs: number | null
  readonly retryable: boolean
  /** How often it was sent. */
  readonly attempt: number
  /** @defaultValue null */
  readonly allowance?: Allowance | null
}

/** An answer other than success. Its code is `HTTP_` and the status. */
export class HttpStatusError extends CustodyError<`HTTP_${number}`> {
  readonly status: number
  /** The endpoint's name as in {@link JsonRequest.endpoint}. */
  readonly endpoint: string
  /** The server's machine-readable code, such as `INVALID_FIELD`, if it gave one. Never its message. */
  readonly errorCode: string | null
  /** What the server asked to wait, if it did. */
  readonly retryAfterMs: number | null
  /** Which allowance is used up, if that is what the answer says. For the day's, further calls are of no use today. */
  readonly allowance: Allowance | null

  constructor({ status, endpoint, errorCode, retryAfterMs, retryable, attempt, allowance = null }: HttpStatus) {
    const code = errorCode === null ? '' : ` (${errorCode})`
    const times = attempt === 1 ? '' : ` after ${attempt} attempts`
    super(`HTTP_${status}`, `${endpoint} was answered with ${status}${code}${times}.`, {
      kind: kindOf(status, errorCode),
      retryable,
      actions: actionsFor(status, errorCode, retryAfterMs, allowance),
    })
    this.status = status
    this.endpoint = endpoint
    this.errorCode = errorCode
    this.retryAfterMs = retryAfterMs
    this.allowance = allowance
  }
}

function kindOf(status: number, errorCode: string | null): ErrorKind {
  return status === 401 || (status === 403 && errorCode !== 'REQUEST_LIMIT_EXCEEDED') ? 'sign-in' : 'failure'
}

function actionsFor(
  status: number,
  errorCode: string | null,
  retryAfterMs: number | null,
  allowance: Allowance | null,
): readonly string[] {
  if (allowance === 'hour') {
    return [
      'Run again in an hour: the hourly calls of the app and its user are used up, or there is maintenance.',
      'Add execution users to the pool: each has its own allowance.',
    ]
  }
  if (allowance === 'day') {
    return [
      'Run again tomorrow: the calls over 24 hours are used up (Setup > Company Information shows those of the org).',
      'Ask Salesforce to raise the allowance, or read through another source.',
    ]
  }
  if (errorCode === 'REQUEST_LIMIT_EXCEEDED') {
    return [
      'Run again with fewer connections: too many calls of the org took long at the same moment.',
      'If it stays, see whether the API requests of the org are used up (Setup > Company Information).',
    ]
  }
  switch (status) {
    case 400:
      return ['Check apiVersion, and whether the execution user may read the fields and objects asked for.']
    case 401:
      return [
        'Check that the token policies of the External Client App let the execution user in, and that nobody revoked its tokens.',
        'For the Conversation Data API the app must issue JWT-based access tokens for named users, with the scope sfap_api.',
      ]
    case 403:
      return ['Give the execution user the API Only User permission and read access to what is asked for.']
    case 404:
      return [
        'Check in Setup that the Conversation Service API is switched on.',
        'Check apiUrl and apiVersion.',
        'Check that the External Client App issues JWT-based access tokens with the scope sfap_api.',
      ]
    case 410:
      return ['Raise apiVersion: Salesforce has retired this one.']
    case 414:
    case 431:
      return ['Ask for less at once: the address of the request is too long.']
  }
  if (retryAfterMs !== null)
    return [`Run again in ${Math.max(1, Math.ceil(retryAfterMs / 60_000))} min: the server asked for that.`]
  if (status === 429) return ['Run again later, and lower the limit if something else uses the same execution user.']
  if (status >= 500 || status === 408 || status === 425)
    return ['Run again later; status.salesforce.com tells of outages.']
  return ['Compare the endpoint, apiUrl and apiVersion with the documentation of the org.']
}
