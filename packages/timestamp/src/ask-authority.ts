import { CustodyError, usageError } from '@custody/pipeline'
import { maxResponseBytes } from './timestamp-response.ts'

export interface AskAuthorityOptions {
  readonly url: URL
  readonly query: Uint8Array
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: typeof fetch
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** `localhost`, 127.0.0.0/8 and ::1, in the form the URL parser gives hosts. */
const loopback = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/

/**
 * An address that may be asked: https; http on this machine, or where it is known who has to sign. Over plain http somebody on the
 * way may keep a reply back, or see when archives are sealed, but cannot make one.
 *
 * @throws CustodyError `TIMESTAMP_URL` (usage)
 */
export function authorityUrl(address: string, isAnchored: boolean): URL {
  const url = URL.parse(address)
  if (url?.username !== '' || url.password !== '') {
    throw usageError(
      'TIMESTAMP_URL',
      'The address of the time authority is not a URL, or holds a user name or password.',
      'Give it as https://host/path; what signs you in belongs into headers.',
    )
  }
  // Most authorities answer over plain http: replies are signed, and bound to the query by its nonce. Who signs has to be known then.
  const isPlain = url.protocol === 'http:' && (isAnchored || loopback.test(url.hostname))
  if (url.protocol !== 'https:' && !isPlain) {
    throw usageError(
      'TIMESTAMP_URL',
      `The address of the time authority is not https (${url.protocol}//${url.host}), and no certificate of it is configured.`,
      'Configure the certificates it is checked against, or use its https:// address.',
    )
  }
  return url
}

/**
 * Posts one query (RFC 3161, 3.4) and reads the reply, up to 64 KiB. No redirect is followed: the digest goes to the
 * configured address, or nowhere.
 *
 * @throws CustodyError `TIMESTAMP_UNREACHABLE`, `TIMESTAMP_TIMEOUT`, `TIMESTAMP_REDIRECTED`, `TIMESTAMP_SIGN_IN`,
 *   `TIMESTAMP_HTTP_STATUS`, `TIMESTAMP_CONTENT_TYPE`, `TIMESTAMP_TOO_LARGE`; or the signal's reason
 */
export async function askAuthority(options: AskAuthorityOptions): Promise<Uint8Array> {
  const { url, query, headers, timeoutMs, signal } = options
  signal?.throwIfAborted()
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await options.fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
      body: query,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    const error = refusalOf(response, url.host)
    if (!error) return await readReply(response, url.host)
    await response.body?.cancel().catch(() => undefined)
    throw error
  } catch (error) {
    signal?.throwIfAborted()
    if (CustodyError.isInstance(error)) throw error
    throw timeout.aborted ? timedOut(url.host, timeoutMs) : unreachable(url.host, error)
  }
}

function refusalOf({ status, type, headers }: Response, host: string): CustodyError | null {
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    return new CustodyError('TIMESTAMP_REDIRECTED', `The time authority at ${host} names another address.`, {
      kind: 'refused',
      actions: ['Find out its address of today, and configure that. Redirects are not followed.'],
    })
  }
  if (status === 401 || status === 403) {
    return new CustodyError('TIMESTAMP_SIGN_IN', `The time authority at ${host} wants to know who asks (${status}).`, {
      kind: 'sign-in',
      actions: ['Check the headers that sign you in there, and whether the contract still runs.'],
    })
  }
  if (status !== 200) {
    const retryable = status === 429 || status >= 500
    return new CustodyError('TIMESTAMP_HTTP_STATUS', `The time authority at ${host} answered ${status}.`, {
      retryable,
      actions: [retryable ? 'Try again later.' : 'Check the path of its address.'],
    })
  }
  // Authorities write application/timestamp-reply, octet-stream, or nothing. Pages are no reply in any case.
  if (/^(text\/|application\/(json|xml|xhtml\+xml)\b)/i.test(headers.get('content-type') ?? '')) {
    return new CustodyError('TIMESTAMP_CONTENT_TYPE', `What answered at ${host} is a page, not a time authority.`, {
      actions: ['Check the path of its address, and whether a proxy answers in its place.'],
    })
  }
  return null
}

async function readReply({ body }: Response, host: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  // Leaving the loop cancels what is left of the body.
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (length > maxResponseBytes) {
      throw new CustodyError('TIMESTAMP_TOO_LARGE', `The reply of ${host} is longer than ${maxResponseBytes} bytes.`, {
        actions: ['Check its address: no time authority needs that much.'],
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function timedOut(host: string, timeoutMs: number): CustodyError {
  return new CustodyError('TIMESTAMP_TIMEOUT', `The time authority at ${host} did not answer within ${timeoutMs} ms.`, {
    retryable: true,
    actions: ['Try again later, or raise timeoutMs.'],
  })
}

function unreachable(host: string, cause: unknown): CustodyError {
  return new CustodyError('TIMESTAMP_UNREACHABLE', `The time authority at ${host} cannot be reached.`, {
    cause,
    retryable: true,
    actions: ['Check its address, and whether this machine may reach it. The archive can be sealed later.'],
  })
}
