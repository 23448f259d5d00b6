import type { CustodyError } from '@custody/pipeline'
import { fakeClock } from '@custody/testkit'
import { expect, test } from 'vitest'
import { createOrgClient, type OrgClientOptions } from './create-org-client.ts'
import { HttpStatusError } from './http-status-error.ts'
import type { SendRequest } from './org-client.ts'
import { fakeTokens } from './testing/fake-tokens.ts'
import { fakeTransport, type Reply } from './testing/fake-transport.ts'
import { serve } from './testing/serve.ts'

function setUp(replies: Parameters<typeof fakeTransport>[0], options: Partial<OrgClientOptions> = {}) {
  const clock = fakeClock()
  const tokens = fakeTokens()
  const transport = fakeTransport(replies)
  const client = createOrgClient({ tokens, transport, clock, random: () => 0.5, ...options })
  const send = (request: Partial<SendRequest<unknown>> = {}): Promise<unknown> =>
    clock.settle(
      client.send({
        method: 'POST',
        origin: 'instance',
        path: '/jobs',
        endpoint: 'bulk',
        parse: (document) => document,
        ...request,
      }),
    )
  const failure = (request?: Partial<SendRequest<unknown>>): Promise<CustodyError> =>
    send(request).then(
      () => Promise.reject(new Error('no failure')),
      (error) => error,
    )
  return { clock, tokens, transport, client, send, failure }
}

test('sends the body as JSON and hands over document and answer', async () => {
  const { send, transport } = setUp([{ status: 201, json: { id: '750' }, headers: { 'sforce-locator': 'null' } }])
  const seen = await send({
    body: { operation: 'query', text: 'ä' },
    parse: (document, answer) => ({ document, locator: answer.headers['sforce-locator'], status: answer.status }),
  })
  expect(seen).toEqual({ document: { id: '750' }, locator: 'null', status: 201 })
  expect(transport.requests[0]).toMatchObject({
    method: 'POST',
    body: '{"operation":"query","text":"ä"}',
    headers: { 'content-type': 'application/json', accept: 'application/json', authorization: 'Bearer token-1' },
  })
})

test.each(['GET', 'POST', 'PATCH', 'DELETE'] as const)(
  '%s goes out as such, without a body where there is none',
  async (method) => {
    const { send, transport } = setUp([{}])
    await send({ method })
    const [request] = transport.requests
    expect(request?.method).toBe(method)
    expect(request).not.toHaveProperty('body')
    expect(request?.headers).not.toHaveProperty('content-type')
  },
)

test('a body of null is sent', async () => {
  const { send, transport } = setUp([{}])
  await send({ body: null })
  expect(transport.requests[0]?.body).toBe('null')
})

test('text is handed over as it is, and anything is accepted unless named', async () => {
  const { send, transport } = setUp([{ body: '"Id"\n"1"\n' }])
  expect(await send({ method: 'GET', as: 'text' })).toBe('"Id"\n"1"\n')
  await send({ method: 'GET', as: 'text', headers: { Accept: 'text/csv' } })
  expect(transport.requests.map(({ headers }) => headers['accept'])).toEqual(['*/*', 'text/csv'])
})

test.each<[string, Partial<SendRequest<unknown>>, Reply]>([
  ['204 to a DELETE', { method: 'DELETE' }, { status: 204, body: '' }],
  ['202 to a POST', {}, { status: 202, body: '' }],
  ['204 to a GET', { method: 'GET' }, { status: 204, body: '' }],
  ['204 to a GET of text', { method: 'GET', as: 'text' }, { status: 204, body: '' }],
  ['200 to a PATCH', { method: 'PATCH' }, { status: 200, body: '' }],
  ['200 to a GET of text', { method: 'GET', as: 'text' }, { status: 200, body: '' }],
])('nothing as a body is null: %s', async (_name, request, reply) => {
  const { send, transport } = setUp([reply])
  expect(await send(request)).toBeNull()
  expect(transport.requests.length).toBe(1)
})

test('nothing in answer to a GET of JSON is a fault', async () => {
  const { failure } = setUp([{ body: '' }])
  expect(await failure({ method: 'GET' })).toMatchObject({ code: 'HTTP_NOT_JSON' })
})

test('getJson takes a 204 for nothing', async () => {
  const { client } = setUp([{ status: 204, body: '' }])
  const request = { origin: 'api', path: '/', endpoint: 'query' } as const
  expect(await client.getJson({ ...request, parse: (document, { status }) => [document, status] })).toEqual([null, 204])
})

test('text that is no UTF-8 is tried again, and named so', async () => {
  const { failure, transport } = setUp([{ body: new Uint8Array([0xff]) }])
  expect(await failure({ method: 'GET', as: 'text' })).toMatchObject({ code: 'HTTP_NOT_TEXT', retryable: true })
  expect(transport.requests.length).toBe(8)
})

const code = (name: string): Reply => ({ error: Object.assign(new Error('x'), { code: name }) })

const lost: readonly [string, Reply][] = [
  ['a reset', code('ECONNRESET')],
  ['a timeout', code('UND_ERR_HEADERS_TIMEOUT')],
  ['a body cut short', { body: '{"a":', cut: true }],
  ['a body that is no JSON', { body: '<html>' }],
  ['408', { status: 408 }],
  ['500', { status: 500 }],
  ['502', { status: 502 }],
  ['504', { status: 504 }],
]

const refusedForNow: readonly [string, Reply][] = [
  ['429', { status: 429 }],
  ['503', { status: 503 }],
  ['425', { status: 425 }],
  ['too many at once', { status: 403, json: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'Concurrent' }] }],
  ['401', { status: 401 }],
  ['a refused connection', code('ECONNREFUSED')],
  ['an unknown host', code('ENOTFOUND')],
  ['a connection that was never made', code('UND_ERR_CONNECT_TIMEOUT')],
]

test.each(lost)('%s: what must not be sent twice is not', async (_name, reply) => {
  for (const request of [{}, { method: 'PATCH' }, { method: 'DELETE', repeatable: false }] as const) {
    const { failure, transport } = setUp([reply])
    const error = await failure(request)
    expect(error).toMatchObject({ code: 'HTTP_ANSWER_LOST', kind: 'failure', retryable: false })
    expect(error.actions.length).toBeGreaterThan(0)
    expect(error.cause).toMatchObject({ code: expect.stringMatching(/^HTTP_/) })
    if (reply.status) expect(error.cause).toBeInstanceOf(HttpStatusError)
    expect(transport.requests.length).toBe(1)
  }
})

test.each(lost)('%s: what may be repeated is', async (_name, reply) => {
  for (const request of [{ repeatable: true }, { method: 'DELETE' }, { method: 'GET' }] as const) {
    const { send, transport } = setUp((_request, index) => (index === 0 ? reply : { json: 'here' }))
    expect(await send(request)).toBe('here')
    expect(transport.requests.length).toBe(2)
  }
})

test.each(refusedForNow)('%s: was certainly not carried out, so it is sent again', async (_name, reply) => {
  const { send, transport } = setUp((_request, index) => (index === 0 ? reply : { json: 'here' }))
  expect(await send({ repeatable: false, body: { a: 1 } })).toBe('here')
  expect(transport.requests.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}'])
})

test('an answer that is final stays what it is', async () => {
  const { failure } = setUp([{ status: 412, json: [{ errorCode: 'PRECONDITION_FAILED', message: 'm' }] }])
  expect(await failure()).toMatchObject({ code: 'HTTP_412', errorCode: 'PRECONDITION_FAILED' })
})

const connect = { method: 'GET', endpoint: 'connect' } as const
const hour = 3_601_000

test('the hour of Connect is waited for: its 503 slows down every lane, within the hour', async () => {
  let spentUntil = Number.POSITIVE_INFINITY
  const { send, clock, transport } = setUp(() => (clock.now() < spentUntil ? { status: 503 } : { json: 'here' }), {
    random: () => 0.99,
  })
  const start = clock.now()
  spentUntil = start + 50 * 60_000
  expect(await Promise.all([send(connect), send(connect), send(connect)])).toEqual(['here', 'here', 'here'])
  expect(clock.now() - start).toBeLessThanOrEqual(hour)
  expect(transport.requests.length).toBeLessThanOrEqual(3 * 8)
})

test('a 503 of Connect ends after an hour at most, or as told, and says what to do', async () => {
  for (const [retry, most] of [
    [{}, hour],
    [{ maxElapsedMs: 60_000 }, 60_000],
  ] as const) {
    const { failure, clock } = setUp([{ status: 503 }], { retry, random: () => 0.99 })
    const start = clock.now()
    const error = await failure(connect)
    expect(error).toMatchObject({ code: 'HTTP_503', allowance: 'hour', retryable: true })
    expect(error.actions.join()).toMatch(/in an hour/)
    expect(clock.now() - start).toBeLessThanOrEqual(most)
  }
})

test('a Retry-After of an hour is honoured by Connect', async () => {
  const { send, clock } = setUp((_request, index) =>
    index === 0 ? { status: 503, headers: { 'retry-after': '3600' } } : { json: 'here' },
  )
  const start = clock.now()
  expect(await send(connect)).toBe('here')
  expect(clock.now() - start).toBe(3_600_000)
})

test.each<[string, Reply, Partial<SendRequest<unknown>>]>([
  ['429 of Connect', { status: 429 }, connect],
  [
    '403 of the org',
    { status: 403, json: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }] },
    { method: 'GET' },
  ],
])('a used-up day ends the call and those after it, without sending them: %s', async (_name, reply, request) => {
  const { failure, transport, clock, send } = setUp((_request, index) => (index < 2 ? reply : { json: 'here' }))
  const error = await failure(request)
  expect(error).toMatchObject({ allowance: 'day', retryable: true, kind: 'failure' })
  expect(error.actions.join()).toMatch(/tomorrow/)
  for (let call = 0; call < 100; call++) expect(await failure(request)).toMatchObject({ allowance: 'day' })
  expect(transport.requests.length).toBe(1)

  // Another endpoint finds out by itself, and after a while it is looked again.
  await failure({ method: 'GET', endpoint: 'other' }).catch(() => {})
  await clock.advance(900_000)
  expect(await send(request)).toBe('here')
})

test('503 and 429 of other endpoints mean what they always mean', async () => {
  for (const status of [429, 503]) {
    const { failure, transport } = setUp([{ status }])
    expect(await failure({ method: 'GET', endpoint: 'data360' })).toMatchObject({ allowance: null })
    expect(transport.requests.length).toBe(8)
  }
})

test('over sockets: bodies arrive whole, none where there is none, and nothing comes back as nothing', async () => {
  await using server = await serve(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    if (request.method === 'DELETE') response.writeHead(204).end()
    else response.writeHead(201).end(JSON.stringify([request.method, request.headers['content-type'] ?? null, body]))
  })
  const token = { ...(await fakeTokens().token()), instanceUrl: server.url }
  const client = createOrgClient({ tokens: { token: async () => token, refused: () => {} } })
  const call = { origin: 'instance', path: '/x', endpoint: 'bulk', parse: (document: unknown) => document } as const
  const text = 'ä'.repeat(100_000)
  expect(await client.send({ ...call, method: 'POST', body: { text } })).toEqual([
    'POST',
    'application/json',
    JSON.stringify({ text }),
  ])
  expect(await client.send({ ...call, method: 'PATCH' })).toEqual(['PATCH', null, ''])
  expect(await client.send({ ...call, method: 'DELETE' })).toBeNull()
  await client.close()
})
