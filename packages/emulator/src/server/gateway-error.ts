import type { OrgState } from './org-state.ts'
import { json, type Reply } from './reply.ts'

/** 429, with as much of a Retry-After as the switches say. */
export function tooManyRequests(org: OrgState, waitMs: number): Reply {
  const reply = gatewayError(org, 429, 'Too Many Requests')
  if (org.switches.retryAfter === 'absent') return reply
  const value =
    org.switches.retryAfter === 'seconds'
      ? String(Math.max(1, Math.ceil(waitMs / 1_000)))
      : new Date(org.clock.now() + waitMs).toUTCString()
  return { ...reply, headers: { ...reply.headers, 'retry-after': value } }
}

/** An error of the API gateway, in the shape the switches say. */
export function gatewayError(org: OrgState, status: number, message: string): Reply {
  const error = message.replaceAll(' ', '')
  switch (org.switches.gatewayErrors) {
    case 'object':
      return json(status, { error, message })
    case 'array':
      return json(status, [{ errorCode: error, message }])
    case 'problem':
      return {
        ...json(status, { type: 'about:blank', title: message, status, detail: message, instance: 'urn:trace:0' }),
        headers: { 'content-type': 'application/problem+json' },
      }
    case 'text':
      return { status, headers: { 'content-type': 'text/plain' }, body: message }
  }
}
