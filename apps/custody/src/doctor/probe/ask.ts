import { exchange } from '@custody/http'
import type { OrgUnderCheck } from '../org-under-check.ts'

/** An answer as it came, whatever its status. */
export interface RawAnswer {
  readonly status: number
  /** In lower case; a repeated one is joined. */
  readonly headers: Readonly<Record<string, string>>
  /** Null where the body is no JSON. */
  readonly document: unknown
}

export interface Question {
  readonly origin: string
  readonly path: string
  readonly query?: Readonly<Record<string, string | number>>
  readonly accessToken: string
  /** Posted as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Far more than a page of 1,000 entries. */
const maxBodyBytes = 64 * 2 ** 20

/** Asks once: a probe wants to see what others repeat away. @throws CustodyError `HTTP_…` where no answer came */
export async function ask(org: OrgUnderCheck, question: Question): Promise<RawAnswer> {
  const { origin, path, query = {}, accessToken, body, headers } = question
  const url = new URL(path, origin)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
  const { outcome } = await exchange({
    transport: org.transport,
    request: {
      method: body === undefined ? 'GET' : 'POST',
      url,
      headers: {
        ...headers,
        accept: 'application/json',
        authorization: `Bearer ${accessToken}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: org.signal,
    },
    endpoint: 'probe',
    attempt: 1,
    maxBodyBytes,
    clock: org.clock,
  })
  if ('error' in outcome) throw outcome.error
  return { status: outcome.status, headers: outcome.headers, document: parsed(outcome.text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** A member of something that came from outside; undefined where there is none. */
export function member(document: unknown, name: string): unknown {
  return typeof document === 'object' && document !== null && Object.hasOwn(document, name)
    ? (document as Readonly<Record<string, unknown>>)[name]
    : undefined
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
