import type { RequestListener } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { CustodyError } from '@custody/pipeline'
import { expect, test } from 'vitest'
import { createOrgClient } from './create-org-client.ts'
import type { HttpEvent } from './http-event.ts'
import { fakeTokens } from './testing/fake-tokens.ts'
import { serve } from './testing/serve.ts'
import { createTransport, type Transport, type TransportOptions } from './transport.ts'

/** A client over real sockets that retries without waiting. */
async function setUp(listener: RequestListener, options: TransportOptions = {}, maxBodyBytes = 1_000_000) {
  const server = await serve(listener)
  const transport = createTransport(options)
  const events: HttpEvent[] = []
  const client = createOrgClient({
    tokens: { ...fakeTokens(), token: async () => ({ ...(await fakeTokens().token()), instanceUrl: server.url }) },
    transport,
    retry: { attempts: 3, baseDelayMs: 0 },
    maxBodyBytes,
    onEvent: (event) => events.push(event),
  })
  return {
    server,
    transport,
    events,
    get: (path = '/', signal?: AbortSignal): Promise<unknown> =>
      client.getJson({
        origin: 'instance',
        path,
        endpoint: 'query',
        parse: (document) => document,
        ...(signal && { signal }),
      }),
    async [Symbol.asyncDispose]() {
      await transport.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** Fails the first request by `fault`, answers the others. */
function once(fault: RequestListener): RequestListener {
  let requests = 0
  return (request, response) => (requests++ === 0 ? fault(request, response) : response.end('"whole"'))
}

// Two at most: the pool may open a second while the first is just being put back.
test('many calls one after the other share their connections', async () => {
  await using it = await setUp((request, response) => response.end(JSON.stringify(request.headers)))
  for (let call = 0; call < 20; call++) {
    expect(await it.get()).toMatchObject({ authorization: 'Bearer token-1', 'accept-encoding': 'gzip' })
  }
  expect(it.server.connections()).toBeLessThanOrEqual(2)
})

test('calls at the same time share as many connections as allowed', async () => {
  let active = 0
  let most = 0
  await using it = await setUp(
    async (_request, response) => {
      most = Math.max(most, ++active)
      await delay(5)
      active -= 1
      response.end('1')
    },
    { connections: 3 },
  )
  await Promise.all(Array.from({ length: 30 }, () => it.get()))
  expect(it.server.connections()).toBe(3)
  expect(most).toBe(3)
})

test('errors that are answered keep their connections', async () => {
  let requests = 0
  await using it = await setUp((_request, response) => {
    response.statusCode = requests++ % 2 === 0 ? 503 : 200
    response.end(`"${'x'.repeat(10_000)}"`)
  })
  for (let call = 0; call < 10; call++) await it.get()
  expect(requests).toBe(20)
  expect(it.server.connections()).toBeLessThanOrEqual(2)
})

test.each<[string, RequestListener, string]>([
  ['a reset before the answer', (request) => request.socket.resetAndDestroy(), 'unreachable'],
  ['a connection closed before the answer', (request) => request.socket.destroy(), 'unreachable'],
  [
    'a body shorter than declared',
    (request, response) => {
      response.setHeader('content-length', 1_000)
      response.write('{"a":')
      setImmediate(() => request.socket.destroy())
    },
    'body-truncated',
  ],
  [
    'chunks without an end',
    (request, response) => {
      response.write('{"a":')
      setImmediate(() => request.socket.destroy())
    },
    'body-truncated',
  ],
  [
    'a body that ends with the connection, too early',
    (request) => request.socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"a":'),
    'not-json',
  ],
  ['an answer that is no HTTP', (request) => request.socket.end('token-1 is no HTTP\r\n\r\n'), 'unreachable'],
  [
    'a gzip cut short',
    (_request, response) => {
      response.setHeader('content-encoding', 'gzip')
      response.end(gzipSync('"some text"').subarray(0, 15))
    },
    'body-truncated',
  ],
])('%s is retried', async (_name, fault, reason) => {
  await using it = await setUp(once(fault))
  expect(await it.get()).toBe('whole')
  expect(it.events).toContainEqual({ type: 'request-retry', endpoint: 'query', reason, attempt: 1, waitMs: 0 })
})

test('nothing of an answer that is no HTTP gets into the error', async () => {
  await using it = await setUp((request) => request.socket.end('token-1 is no HTTP\r\n\r\n'))
  const error = await it.get().catch((reason: unknown) => reason)
  if (!CustodyError.isInstance(error)) throw error
  expect(error.code).toBe('HTTP_UNREACHABLE')
  expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain('token-1')
})

test('nobody listening is unreachable and names the code', async () => {
  const server = await serve(() => {})
  await server[Symbol.asyncDispose]()
  const transport = createTransport()
  await expect(transport({ method: 'GET', url: new URL(server.url), headers: {} })).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  })
  await transport.close()
})

test('a body that comes byte by byte, gzipped or not, arrives whole', async () => {
  const document = { text: 'Grüße 👋🏽 مرحبا'.repeat(20) }
  await using it = await setUp(async (request, response) => {
    const gzip = request.url === '/gzip'
    if (gzip) response.setHeader('content-encoding', 'gzip')
    const bytes = gzip ? gzipSync(JSON.stringify(document)) : Buffer.from(JSON.stringify(document))
    for (const byte of bytes) {
      response.write(Buffer.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    response.end()
  })
  expect(await it.get('/plain')).toEqual(document)
  expect(await it.get('/gzip')).toEqual(document)
})

test('a redirect is not followed, even to the same server', async () => {
  const paths: (string | undefined)[] = []
  await using it = await setUp((request, response) => {
    paths.push(request.url)
    response.writeHead(302, { location: '/elsewhere' }).end()
  })
  await expect(it.get('/start')).rejects.toMatchObject({ code: 'HTTP_REDIRECT' })
  expect(paths).toEqual(['/start'])
})

test('an endless body is left at the bound and its connection let go', async () => {
  await using it = await setUp(
    (_request, response) => {
      const more = (): void => {
        while (response.write('x'.repeat(10_000)));
      }
      response.on('drain', more)
      more()
    },
    {},
    100_000,
  )
  await expect(it.get()).rejects.toMatchObject({ code: 'HTTP_BODY_TOO_LARGE' })
  for (let turn = 0; turn < 200 && (await it.server.open()) > 0; turn++) await delay(5)
  expect(await it.server.open()).toBe(0)
})

test('a server that stays silent is given up', async () => {
  await using it = await setUp(
    once(() => {}),
    { headersTimeoutMs: 200 },
  )
  expect(await it.get()).toBe('whole')
  expect(it.events).toContainEqual(expect.objectContaining({ type: 'request-retry', reason: 'unreachable' }))
})

test('a body that trickles for ever is given up', async () => {
  await using it = await setUp(
    once((_request, response) => {
      const drip = setInterval(() => response.write(' '), 10)
      response.on('close', () => clearInterval(drip))
    }),
    { wholeBodyTimeoutMs: 100 },
  )
  expect(await it.get()).toBe('whole')
  expect(it.events).toContainEqual(expect.objectContaining({ type: 'request-retry', reason: 'body-truncated' }))
})

test('abort reaches the socket, before the answer and within the body', async () => {
  let closed = 0
  await using it = await setUp((request, response) => {
    response.on('close', () => closed++)
    if (request.url === '/body') response.write('{')
  })
  for (const path of ['/silent', '/body']) {
    const stop = new AbortController()
    const call = it.get(path, stop.signal)
    await delay(30)
    stop.abort('enough')
    await expect(call).rejects.toBe('enough')
  }
  for (let turn = 0; turn < 200 && closed < 2; turn++) await delay(5)
  expect(closed).toBe(2)
})

test('closing lets what is under way come to its end, and cuts what does not', async () => {
  await using server = await serve((request, response) => {
    if (request.url === '/soon') setTimeout(() => response.end('{}'), 20)
  })
  const get = (transport: Transport, path: string): Promise<unknown> =>
    transport({ method: 'GET', url: new URL(path, server.url), headers: {} })
  const patient = createTransport()
  const soon = get(patient, '/soon')
  await patient.close()
  await expect(soon).resolves.toMatchObject({ status: 200 })
  const hasty = createTransport({ closingMs: 50 })
  const never = get(hasty, '/never').catch(() => 'cut')
  await hasty.close()
  expect(await never).toBe('cut')
})

test('plain http to another machine is refused before anything is sent', async () => {
  const transport = createTransport()
  await expect(
    transport({ method: 'GET', url: new URL('http://acme.example/'), headers: { authorization: 'Bearer x' } }),
  ).rejects.toMatchObject({ code: 'HTTP_INSECURE_URL' })
  await transport.close()
})

test('sends a body, and joins repeated headers', async () => {
  await using server = await serve(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    response.setHeader('x-two', ['a', 'b'])
    response.end(`${request.method} ${request.headers['content-type']} ${Buffer.concat(chunks)}`)
  })
  const transport = createTransport()
  const response = await transport({
    method: 'POST',
    url: new URL(server.url),
    headers: { 'content-type': 'text/plain' },
    body: 'hello',
  })
  let text = ''
  for await (const chunk of response.body) text += Buffer.from(chunk).toString()
  expect(text).toBe('POST text/plain hello')
  expect(response.headers['x-two']).toBe('a, b')
  await transport.close()
})

test('wrong options are refused', () => {
  for (const wrong of [{ connections: 0 }, { bodyTimeoutMs: -1 }, { keepAliveMs: Number.NaN }]) {
    expect(() => createTransport(wrong)).toThrow(expect.objectContaining({ code: 'HTTP_OPTIONS' }))
  }
})
