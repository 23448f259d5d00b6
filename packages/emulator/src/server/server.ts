import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { assumed } from '../assumptions.ts'
import { tooMany } from '../data360/data360-errors.ts'
import { recordId } from '../ids.ts'
import { longestUri } from '../limits.ts'
import { contextOf, deliver, prepare, replacement } from './fault-delivery.ts'
import type { OrgState } from './org-state.ts'
import { coreError, type Request } from './reply.ts'
import { answer, endpointOf, type Side } from './routes.ts'

/** The largest request body that is read, in bytes. */
const largestBody = 1_000_000

/** Starts one of the org's servers. */
export async function listen(org: OrgState, side: Side, port: number): Promise<{ server: Server; url: string }> {
  // Node's own limit on headers would answer long URIs before we can.
  const server = createServer({ maxHeaderSize: 131_072, keepAliveTimeout: 60_000 }, (request, response) => {
    handle(org, side, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function handle(org: OrgState, side: Side, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const request = await read(incoming)
  response.setHeader('date', new Date(org.clock.now() + org.switches.clockSkewMs).toUTCString())
  const endpoint = endpointOf(org, side, request)
  const user = userOf(org, request)
  const isData360 = endpoint.startsWith('data360-')
  org.calls.started(endpoint, org.clock.now(), user)
  // Over Connect they count like any other call of the core API.
  if (isData360 && side === 'instance') org.calls.countCore()
  const isCrowded = isData360 && org.data360.requests.enter() > org.data360.switches.concurrentRequests
  try {
    if (Buffer.byteLength(incoming.url ?? '') > longestUri) {
      org.calls.ended(endpoint, 414, user)
      return await deliver(response, coreError(414, assumed.uriTooLong.errorCode, assumed.uriTooLong.message), [])
    }
    const context = contextOf(org, endpoint, request)
    const faults = org.faults.strike(context)
    await prepare(org, context, faults)
    const real = () => (isCrowded ? tooMany(org, side) : answer(org, side, endpoint, request, faults))
    const stated = replacement(org, side, faults)
    const isCarriedOut = faults.some((fault) => fault.type === 'status' && fault.carriedOut)
    const done = stated && !isCarriedOut ? stated : await real()
    const reply = stated ?? done
    org.calls.ended(endpoint, faults.some(({ type }) => type === 'reset') ? 0 : reply.status, user)
    await deliver(response, reply, faults)
  } finally {
    // Once the answer is written, before whoever asked can have read it and ask again.
    org.calls.left(endpoint, user)
    if (isData360) org.data360.requests.leave()
  }
}

/** Whose token a request carries, if it is one of ours. */
function userOf(org: OrgState, request: Request): string | undefined {
  const { authorization } = request.headers
  const user = Math.max(org.tokens.check(authorization).user, org.data360.tokens.check(authorization).user)
  return user < 0 ? undefined : recordId('User', user)
}

async function read(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = []
  let size = 0
  if (incoming.method !== 'GET') {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > largestBody) throw new Error('request body too large')
      chunks.push(chunk)
    }
  }
  const url = incoming.url ?? '/'
  const mark = url.indexOf('?')
  return {
    method: incoming.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString(),
  }
}
