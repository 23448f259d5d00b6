import { CustodyError } from '@custody/pipeline'
import type { BodyFault } from './body.ts'
import type { StreamFault } from './body-stream.ts'
import { readErrorBody } from './error-body.ts'
import { type Allowance, HttpStatusError } from './http-status-error.ts'
import type { Attempt, RetryReason } from './retry.ts'
import { retryAfterMs } from './retry-after.ts'

/** An attempt that gave nothing. Its error holds no cause: a parser's message quotes what it could not parse. */
export type Failure = Exclude<Attempt<never>, { readonly value: never }>

/** Where it happened: everything an error may name. */
export interface Place {
  readonly endpoint: string
  readonly attempt: number
}

/** No answer at all: connection refused or reset, timeout, unknown host, a certificate that does not hold. */
export function unreachable(place: Place, origin: string, cause: unknown): Failure {
  const code = codeOf(cause)
  const untrusted = /CERT|VERIFY_LEAF/.test(code)
  const message = `${place.endpoint}: no answer from ${origin}${code && ` (${code})`}${times(place)}.`
  const action = untrusted
    ? 'If a company proxy re-signs TLS, name the file of its certificate authority in NODE_EXTRA_CA_CERTS.'
    : `Check the network and that ${origin} is the right address, then run again.`
  return {
    error: new CustodyError('HTTP_UNREACHABLE', message, { retryable: !untrusted, actions: [action] }),
    reason: untrusted ? null : 'unreachable',
    lost: !untrusted && !neverSent.has(code),
  }
}

/** Without a connection nothing was sent. */
const neverSent: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** The end of a call that must not be sent twice, when nobody can tell whether it was carried out. */
export function answerLost(endpoint: string, cause: CustodyError): Failure {
  const message = `${endpoint} was sent, and its answer was lost (${cause.code}): it may have been carried out.`
  const actions = ['Look whether it was carried out before it is sent again.']
  return { error: new CustodyError('HTTP_ANSWER_LOST', message, { cause, actions }), reason: null }
}

/** A success whose body is not what was asked for. */
export function unusable(
  place: Place,
  fault: BodyFault | StreamFault | 'not-json' | 'not-text',
  maxBodyBytes: number,
): Failure {
  const { endpoint } = place
  if (fault === 'too-large') {
    const error = new CustodyError(
      'HTTP_BODY_TOO_LARGE',
      `${endpoint}: the answer is larger than ${maxBodyBytes} bytes.`,
      {
        actions: ['Ask for less at once (smaller pages), or raise the bound.'],
      },
    )
    return { error, reason: null }
  }
  if (fault === 'truncated') {
    const error = new CustodyError('HTTP_BODY_TRUNCATED', `${endpoint}: the answer ended too early${times(place)}.`, {
      retryable: true,
      actions: ['Run again; if it stays, look for a proxy that cuts connections.'],
    })
    return { error, reason: 'body-truncated', lost: true }
  }
  if (fault === 'not-inflatable') {
    const error = new CustodyError(
      'HTTP_BODY_ENCODING',
      `${endpoint}: the answer is encoded in a way that cannot be read.`,
      {
        actions: ['Look for a proxy that compresses answers, other than by gzip.'],
      },
    )
    return { error, reason: null, lost: true }
  }
  if (fault === 'not-text') {
    const error = new CustodyError('HTTP_NOT_TEXT', `${endpoint}: the answer is no UTF-8 text${times(place)}.`, {
      retryable: true,
      actions: ['Run again; if it stays, look for a proxy that changes answers.'],
    })
    return { error, reason: 'not-text', lost: true }
  }
  const error = new CustodyError('HTTP_NOT_JSON', `${endpoint}: the answer is no JSON document${times(place)}.`, {
    retryable: true,
    actions: ['Check loginUrl and apiUrl: a proxy, a maintenance page or a log-in page may have answered.'],
  })
  return { error, reason: 'not-json', lost: true }
}

/** A redirect of a download to where no token may go. */
export function redirectedAway({ endpoint }: Place, status: number): Failure {
  const message = `${endpoint} was answered with a redirect (${status}) away from the org, which is not followed.`
  const actions = ["If it leads to the org's own file domain (Setup > My Domain), add that to trustedOrigins."]
  return { error: new CustodyError('HTTP_REDIRECT', message, { actions }), reason: null }
}

/** An answer that is no success, with its body, as far as it was read. */
export interface Refusal extends Place {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The body's text. Only its code gets any further. */
  readonly text: string
  /** Epoch milliseconds. */
  readonly now: number
}

/** An answer other than success: what it is, and whether trying again may help. */
export function refused({ endpoint, attempt, status, headers, text, now }: Refusal): Failure {
  if (status >= 300 && status < 400) {
    const message = `${endpoint} was answered with a redirect (${status}), which is not followed.`
    const actions = ["Use the org's My Domain address as loginUrl, and check apiUrl."]
    return { error: new CustodyError('HTTP_REDIRECT', message, { actions }), reason: null }
  }
  const { errorCode, dailyLimit } = readErrorBody(text)
  const { allowance, reason } = meaningOf({ status, endpoint, errorCode, dailyLimit })
  const waitMs = retryAfterMs(headers, now)
  return {
    error: new HttpStatusError({
      status,
      endpoint,
      errorCode,
      retryAfterMs: waitMs,
      retryable: reason !== null || allowance !== null,
      attempt,
      allowance,
    }),
    reason,
    retryAfterMs: waitMs,
    lost: [408, 500, 502, 504].includes(status),
  }
}

interface Meaning {
  readonly allowance: Allowance | null
  /** Null: trying again soon cannot help. */
  readonly reason: RetryReason | null
}

/** The allowance of the day is used up: waiting for it within a call would only hammer. */
const usedUpToday: Meaning = { allowance: 'day', reason: null }

function meaningOf(answer: {
  status: number
  endpoint: string
  errorCode: string | null
  dailyLimit: boolean
}): Meaning {
  const { status, endpoint, errorCode, dailyLimit } = answer
  if (status === 403 && errorCode === 'REQUEST_LIMIT_EXCEEDED') {
    // The same code stands for too many calls at the same moment, which passes by itself.
    return dailyLimit ? usedUpToday : { allowance: null, reason: 'rate-limit' }
  }
  if (endpoint === 'connect') {
    // Connect REST guide: 503 for the hour (and for maintenance), 429 for the day.
    if (status === 429) return usedUpToday
    if (status === 503) return { allowance: 'hour', reason: 'rate-limit' }
  }
  return { allowance: null, reason: retryReason(status) }
}

function retryReason(status: number): RetryReason | null {
  if (status === 429) return 'rate-limit'
  return [408, 425, 500, 502, 503, 504].includes(status) ? 'unavailable' : null
}

function times({ attempt }: Place): string {
  return attempt === 1 ? '' : ` (${attempt} attempts)`
}

/** `ECONNRESET` and its like: the first code along the chain of causes, or an empty string. */
function codeOf(cause: unknown): string {
  for (let error = cause, depth = 0; typeof error === 'object' && error !== null && depth < 5; depth++) {
    const { code, cause: deeper } = error as { code?: unknown; cause?: unknown }
    if (typeof code === 'string' && /^[A-Z0-9_]{3,60}$/.test(code)) return code
    error = deeper
  }
  return ''
}
