import type { ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { assumed } from '../assumptions.ts'
import type { FaultContext } from '../faults/faults.ts'
import type { FaultAction } from '../faults/scenario.ts'
import type { Endpoint } from './calls.ts'
import { gatewayError } from './gateway-error.ts'
import type { OrgState } from './org-state.ts'
import { coreError, type Reply, type Request } from './reply.ts'
import type { Side } from './routes.ts'

const loginHtml =
  '<!DOCTYPE html><html><head><title>Login</title></head><body><form action="/login">Please log in.</form></body></html>'

export function contextOf(org: OrgState, endpoint: Endpoint, request: Request): FaultContext {
  const identifier = endpoint === 'conversation-entries' ? request.query.get('conversationIdentifier') : null
  const next = endpoint === 'query-more' || request.query.has(assumed.parameters.pageToken)
  return {
    endpoint,
    conversation: identifier === null ? undefined : org.world.indexOf(identifier),
    page: next ? 'next' : 'first',
  }
}

/** What happens before a request is looked at. */
export async function prepare(org: OrgState, request: Request, faults: readonly FaultAction[]): Promise<void> {
  for (const fault of faults) {
    if (fault.type === 'revoke-tokens') org.tokens.revokeAll()
    else if (fault.type === 'lose-cursors') org.cursors.closeAll()
    else if (fault.type === 'delay') await org.clock.sleep(fault.ms)
    else if (fault.type === 'append-entry') append(org, request, fault)
  }
}

function append(org: OrgState, request: Request, fault: Extract<FaultAction, { type: 'append-entry' }>): void {
  const index = org.world.indexOf(request.query.get('conversationIdentifier') ?? '')
  if (index === undefined) return
  for (let k = 0; k < (fault.count ?? 1); k++) {
    const { steps, start } = org.world.conversation(index)
    const held = fault.position === 'middle' ? (steps[1]?.at ?? start) : undefined
    org.world.append(index, { at: held })
  }
}

/** The answer that stands in for the real one, if any. */
export function replacement(org: OrgState, side: Side, faults: readonly FaultAction[]): Reply | undefined {
  for (const fault of faults) {
    if (fault.type === 'login-page') return { status: 200, headers: { 'content-type': 'text/html' }, body: loginHtml }
    if (fault.type === 'status') return statusReply(org, side, fault)
  }
  return undefined
}

function statusReply(org: OrgState, side: Side, fault: Extract<FaultAction, { type: 'status' }>): Reply {
  const plain = errorReply(org, side, fault)
  if (fault.retryAfterSeconds === undefined) return plain
  const value =
    fault.retryAfterForm === 'date'
      ? new Date(org.clock.now() + fault.retryAfterSeconds * 1_000).toUTCString()
      : String(fault.retryAfterSeconds)
  return { ...plain, headers: { ...plain.headers, 'retry-after': value } }
}

function errorReply(
  org: OrgState,
  side: Side,
  { status, body = 'json' }: Extract<FaultAction, { type: 'status' }>,
): Reply {
  switch (body) {
    case 'html':
      return { status, headers: { 'content-type': 'text/html' }, body: `<html><body><h1>${status}</h1></body></html>` }
    case 'text':
      return { status, headers: { 'content-type': 'text/plain' }, body: `Error ${status}` }
    case 'empty':
      return { status, headers: {}, body: '' }
    case 'json':
      if (side === 'api') return gatewayError(org, status, statusNames[status] ?? 'Error')
      return coreError(status, coreCodes[status] ?? 'UNKNOWN_EXCEPTION', statusNames[status] ?? 'Error')
  }
}

const statusNames: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'TotalRequests Limit exceeded.',
  404: 'Not Found',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

const coreCodes: Readonly<Record<number, string>> = {
  401: 'INVALID_SESSION_ID',
  403: 'REQUEST_LIMIT_EXCEEDED',
  404: 'NOT_FOUND',
  503: 'SERVER_UNAVAILABLE',
}

/** Sends an answer, the way the faults have it. */
export async function deliver(response: ServerResponse, reply: Reply, faults: readonly FaultAction[]): Promise<void> {
  const bytes = Buffer.from(reply.body)
  for (const fault of faults) {
    if (fault.type === 'reset') return reset(response, reply, bytes, fault.when)
    if (fault.type === 'truncate') return truncate(response, reply, bytes, fault)
    if (fault.type === 'trickle') return trickle(response, reply, bytes)
  }
  response.writeHead(reply.status, { ...reply.headers, 'content-length': bytes.length })
  response.end(bytes)
}

async function reset(response: ServerResponse, reply: Reply, bytes: Buffer, when: string): Promise<void> {
  if (when !== 'before-headers') {
    response.writeHead(reply.status, { ...reply.headers, 'content-length': bytes.length })
    response.flushHeaders()
    if (when === 'in-body') response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)))
    // Let what was written leave before the connection goes.
    await turn()
    await turn()
  }
  response.socket?.resetAndDestroy()
}

async function truncate(
  response: ServerResponse,
  reply: Reply,
  bytes: Buffer,
  { how = 'short', keep = 0.6 }: Extract<FaultAction, { type: 'truncate' }>,
): Promise<void> {
  const kept = bytes.subarray(0, Math.min(bytes.length - 1, Math.floor(bytes.length * keep)))
  response.writeHead(reply.status, { ...reply.headers, 'content-length': how === 'short' ? kept.length : bytes.length })
  if (how === 'short') {
    response.end(kept)
    return
  }
  await new Promise<void>((resolve) => response.write(kept, () => resolve()))
  response.socket?.end()
}

async function trickle(response: ServerResponse, reply: Reply, bytes: Buffer): Promise<void> {
  response.writeHead(reply.status, { ...reply.headers, 'content-length': bytes.length })
  for (const byte of bytes) {
    if (response.destroyed) return
    response.write(Buffer.of(byte))
    // One byte a turn of the loop, so that they leave one by one.
    await turn()
  }
  response.end()
}
