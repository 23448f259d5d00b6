import type { OrgState } from './org-state.ts'
import { json, type Reply } from './reply.ts'

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
