import { CustodyError, type ErrorKind } from '@custody/pipeline'

export interface HttpStatus {
  readonly status: number
  readonly endpoint: string
  readonly errorCode: string | null
  readonly retryAfterMs: number | null
  readonly retryable: boolean
  /** How often it was sent. */
  readonly attempt: number
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

  constructor({ status, endpoint, errorCode, retryAfterMs, retryable, attempt }: HttpStatus) {
    const code = errorCode === null ? '' : ` (${errorCode})`
    const times = attempt === 1 ? '' : ` after ${attempt} attempts`
    super(`HTTP_${status}`, `${endpoint} was answered with ${status}${code}${times}.`, {
      kind: kindOf(status, errorCode),
      retryable,
      actions: actionsFor(status, errorCode, retryAfterMs),
    })
    this.status = status
    this.endpoint = endpoint
    this.errorCode = errorCode
    this.retryAfterMs = retryAfterMs
  }
}

function kindOf(status: number, errorCode: string | null): ErrorKind {
  return status === 401 || (status === 403 && errorCode !== 'REQUEST_LIMIT_EXCEEDED') ? 'sign-in' : 'failure'
}

function actionsFor(status: number, errorCode: string | null, retryAfterMs: number | null): readonly string[] {
  if (errorCode === 'REQUEST_LIMIT_EXCEEDED') {
    return [
      'Wait: the API requests of the org are used up (Setup > Company Information shows them over the last 24 hours).',
      'Run again some hours later, or ask Salesforce for a higher limit.',
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
