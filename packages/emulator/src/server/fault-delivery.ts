import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { assumed } from '../assumptions.ts'
import { tenantError } from '../data360/data360-errors.ts'
import type { FaultContext } from '../faults/faults.ts'
import type { FaultAction } from '../faults/scenario.ts'
import type { Endpoint } from './calls.ts'
import { coreCall } from './core-resources.ts'
import { gatewayError } from './gateway-error.ts'
import type { OrgState } from './org-state.ts'
import { coreError, json, type Reply, type Request, type Streamed } from './reply.ts'
import type { Side } from './routes.ts'

const loginHtml =
  '<!DOCTYPE html><html><head><title>Login</title></head><body><form action="/login">Please log in.</form></body></html>'

export function contextOf(org: OrgState, endpoint: Endpoint, request: Request): FaultContext {
  return {
    endpoint,
    conversation: conversationAsked(org, endpoint, request),
    page: endpoint === 'query-more' || further[endpoint]?.some((name) => request.query.has(name)) ? 'next' : 'first',
  }
}

/** Parameters that ask for what stands behind a first page. */
const further: { readonly [Name in Endpoint]?: readonly string[] } = {
  'conversation-entries': [assumed.parameters.pageToken],
  connect: ['startTimestamp', 'endTimestamp'],
  'bulk-results': ['locator'],
}

function conversationAsked(org: OrgState, endpoint: Endpoint, request: Request): number | undefined {
  const identifier =
    endpoint === 'connect' || endpoint === 'connect-update'
      ? coreCall(request.path)?.parts[0]
      : request.query.get('conversationIdentifier')
  return identifier ? org.world.indexOf(identifier) : undefined
}

/** What happens before a request is looked at. */
export async function prepare(
  org: OrgState,
  { conversation }: FaultContext,
  faults: readonly FaultAction[],
): Promise<void> {
  for (const fault of faults) {
    if (fault.type === 'revoke-tokens') org.tokens.revokeAll()
    if (fault.type === 'revoke-tokens' || fault.type === 'revoke-data360-tokens') org.data360.tokens.revokeAll()
    else if (fault.type === 'lose-cursors') loseCursors(org)
    else if (fault.type === 'delay') await org.clock.sleep(fault.ms)
    else if (fault.type === 'append-entry') append(org, conversation, fault)
  }
}

function loseCursors({ cursors, data360 }: OrgState): void {
  cursors.closeAll()
  data360.batches.clear()
  data360.queries.clear()
}

function append(org: OrgState, index: number | undefined, fault: Extract<FaultAction, { type: 'append-entry' }>): void {
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
    if (fault.type === 'oauth-error') {
      const { error, description = error, status = 400 } = fault
      return json(status, { error, error_description: description }, { 'cache-control': 'no-store' })
    }
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
      if (side === 'tenant') return tenantError(org, status)
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
  const { body } = reply
  const spoiled = faults.some(({ type }) => type === 'reset' || type === 'truncate' || type === 'trickle')
  if (typeof body === 'object' && 'chunks' in body && !spoiled) return stream(response, reply, body)
  const bytes = bytesOf(body)
  for (const fault of faults) {
    if (fault.type === 'reset') return reset(response, reply, bytes, fault.when)
    if (fault.type === 'truncate') return truncate(response, reply, bytes, fault)
    if (fault.type === 'trickle') return trickle(response, reply, bytes)
  }
  response.writeHead(reply.status, { ...reply.headers, 'content-length': bytes.length })
  response.end(bytes)
}

function bytesOf(body: Reply['body']): Buffer {
  if (typeof body === 'string') return Buffer.from(body)
  return 'chunks' in body ? Buffer.concat(Array.from(body.chunks(), (chunk) => Buffer.from(chunk))) : Buffer.from(body)
}

/** Makes no more than the connection takes. */
async function stream(response: ServerResponse, reply: Reply, { length, chunks }: Streamed): Promise<void> {
  response.writeHead(reply.status, { ...reply.headers, ...(length !== undefined && { 'content-length': length }) })
  await pipeline(Readable.from(chunks(), { objectMode: false }), response)
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
