import diagnostics from 'node:diagnostics_channel'
import { CustodyError } from '@custody/pipeline'
import { afterEach, expect, test } from 'vitest'
import { createOrgClient, type OrgClientOptions } from './create-org-client.ts'
import type { JsonRequest } from './org-client.ts'
import { clientUnderTest } from './testing/client-under-test.ts'
import { fakeTokens } from './testing/fake-tokens.ts'
import type { fakeTransport, Reply } from './testing/fake-transport.ts'
import type { TransportRequest } from './transport.ts'

const subscriptions: (() => void)[] = []
afterEach(() => {
  for (const end of subscriptions.splice(0)) end()
})

type Replies = Parameters<typeof fakeTransport>[0]

function setUp(replies: Replies, options: Partial<OrgClientOptions> = {}) {
  const under = clientUnderTest(replies, options)
  const { client, clock } = under
  const get = (request: Partial<JsonRequest<unknown>> = {}): Promise<unknown> =>
    clock.settle(
      client.getJson({
        origin: 'api',
        path: '/x',
        endpoint: 'conversation-entries',
        parse: (document) => document,
        ...request,
      }),
    )
  const failure = (request?: Partial<JsonRequest<unknown>>): Promise<CustodyError & Record<string, unknown>> =>
    get(request).then(
      () => Promise.reject(new Error('no failure')),
      (error) => error,
    )
  const authorizations = (): (string | undefined)[] =>
    under.transport.requests.map(({ headers }) => headers['authorization'])
  return { ...under, get, failure, authorizations }
}

const limitBody = (message: string) => [{ message, errorCode: 'REQUEST_LIMIT_EXCEEDED' }]

test('asks the right origin with the token, the query and the extra headers', async () => {
  const { get, transport, events } = setUp([{ json: { records: [1] } }])
  const document = await get({
    query: { q: 'a b', none: undefined },
    headers: { 'Sforce-Query-Options': 'batchSize=200' },
  })
  expect(document).toEqual({ records: [1] })
  await get({ origin: 'instance', path: '/services/data' })

  const [first, second] = transport.requests as [TransportRequest, TransportRequest]
  expect(first.url.href).toBe('https://api.example/x?q=a+b')
  expect(second.url.href).toBe('https://acme.example/services/data')
  expect(first.headers).toEqual({
    accept: 'application/json',
    'accept-encoding': 'gzip',
    'user-agent': 'custody',
    'sforce-query-options': 'batchSize=200',
    authorization: 'Bearer token-1',
  })
  expect(events[0]).toEqual({
    type: 'request-end',
    endpoint: 'conversation-entries',
    status: 200,
    attempt: 1,
    ms: 0,
    bytes: 15,
  })
})

test('extra headers cannot replace the credentials', async () => {
  const { get, authorizations } = setUp([{}])
  await get({ headers: { Authorization: 'Bearer other' } })
  expect(authorizations()).toEqual(['Bearer token-1'])
})

test.each(['//evil.example/x', 'https://evil.example/', '/\\evil.example'])('nothing is sent to %s', async (path) => {
  const { failure, transport } = setUp([{}])
  expect(await failure({ path })).toMatchObject({ code: 'HTTP_FOREIGN_ORIGIN', kind: 'refused' })
  expect(transport.requests).toEqual([])
})

test.each<[string, Reply, string]>([
  ['a reset', { error: Object.assign(new Error('x'), { code: 'ECONNRESET' }) }, 'unreachable'],
  ['a timeout', { error: Object.assign(new Error('x'), { code: 'UND_ERR_HEADERS_TIMEOUT' }) }, 'unreachable'],
  ['a body cut short', { body: '{"a":', cut: true }, 'body-truncated'],
  ['a body that ends too early', { body: '{"a":' }, 'not-json'],
  ['a web page', { body: '<html>maintenance</html>' }, 'not-json'],
  ['an empty body', { body: '' }, 'not-json'],
  ['damaged UTF-8', { body: new Uint8Array([0x22, 0xff, 0x22]) }, 'not-json'],
  ['408', { status: 408 }, 'unavailable'],
  ['425', { status: 425 }, 'unavailable'],
  ['429', { status: 429 }, 'rate-limit'],
  ['500', { status: 500 }, 'unavailable'],
  ['503 with a body cut short', { status: 503, body: 'x', cut: true }, 'unavailable'],
  ['too many calls at once', { status: 403, json: limitBody('ConcurrentRequests Limit exceeded.') }, 'rate-limit'],
])('%s is tried again', async (_name, reply, reason) => {
  const { get, transport, events } = setUp([reply, reply, { json: 'here' }])
  expect(await get()).toBe('here')
  expect(transport.requests.length).toBe(3)
  expect(events.filter(({ type }) => type === 'request-retry')).toEqual([
    { type: 'request-retry', endpoint: 'conversation-entries', reason, attempt: 1, waitMs: 500 },
    { type: 'request-retry', endpoint: 'conversation-entries', reason, attempt: 2, waitMs: 1_000 },
  ])
})

test.each<[string, Reply, string]>([
  ['unreachable', { error: new Error('x') }, 'HTTP_UNREACHABLE'],
  ['truncated', { cut: true }, 'HTTP_BODY_TRUNCATED'],
  ['no JSON', { body: '<' }, 'HTTP_NOT_JSON'],
  ['429', { status: 429 }, 'HTTP_429'],
  ['503', { status: 503 }, 'HTTP_503'],
])('%s for ever ends after eight attempts, retryable', async (_name, reply, code) => {
  const { failure, transport, clock } = setUp([reply])
  const start = clock.now()
  const error = await failure()
  expect(error).toMatchObject({ code, retryable: true, kind: 'failure' })
  expect(error.message).toMatch(/8 attempts/)
  expect(error.actions.length).toBeGreaterThan(0)
  expect(transport.requests.length).toBe(8)
  expect(clock.now() - start).toBeLessThan(300_000)
})

test.each<[string, Reply, string]>([
  ['400', { status: 400, json: [{ errorCode: 'MALFORMED_QUERY', message: 'm' }] }, 'HTTP_400'],
  ['412', { status: 412 }, 'HTTP_412'],
  ['a redirect', { status: 302, headers: { location: 'https://evil.example' } }, 'HTTP_REDIRECT'],
  ['the daily limit', { status: 403, json: limitBody('TotalRequests Limit exceeded.') }, 'HTTP_403'],
])('%s is final', async (_name, reply, code) => {
  const { failure, transport } = setUp([reply])
  expect(await failure()).toMatchObject({ code })
  expect(transport.requests.length).toBe(1)
})

test('a body beyond the bound is final', async () => {
  const { failure, transport } = setUp([{ body: `"${'a'.repeat(100)}"` }], { maxBodyBytes: 101 })
  expect(await failure()).toMatchObject({ code: 'HTTP_BODY_TOO_LARGE', retryable: false })
  expect(transport.requests.length).toBe(1)
})

test('what parse throws ends the call', async () => {
  const { get, transport } = setUp([{}])
  const wrong = new Error('shape')
  await expect(
    get({
      parse: () => {
        throw wrong
      },
    }),
  ).rejects.toBe(wrong)
  expect(transport.requests.length).toBe(1)
})

test('the JSON parser can be replaced, for a request too, and its message stays inside', async () => {
  const body = '12345678901234567890'
  const { get } = setUp([{ body }, { body }], { parseJson: (text) => ({ text }) })
  expect(await get()).toEqual({ text: body })
  expect(await get({ parseJson: (text) => [text] })).toEqual([body])
  const { failure } = setUp([{ body: '{"text":"My name is Anna"' }], { retry: { attempts: 1 } })
  const error = await failure()
  expect(`${error.stack}${JSON.stringify(error)}${String(error.cause)}`).not.toContain('Anna')
})

test('Retry-After is honoured and pauses the other lanes of the endpoint, but no other endpoint', async () => {
  const limited: Reply = { status: 503, headers: { 'retry-after': '30' } }
  const { client, clock, transport, events } = setUp((_request, index) => (index === 0 ? limited : { json: index }))
  const start = clock.now()
  const done: string[] = []
  const get = (endpoint: string, name: string): Promise<unknown> =>
    client
      .getJson({ origin: 'api', path: `/${name}`, endpoint, parse: () => done.push(`${name} ${clock.now() - start}`) })
      .then(() => {})
  const first = get('conversation-entries', 'first')
  await clock.advance(10)
  const rest = [get('conversation-entries', 'second'), get('query', 'third')]
  await clock.settle(Promise.all([first, ...rest]))
  expect(done.sort()).toEqual(['first 30000', 'second 30000', 'third 10'])
  expect(transport.requests.length).toBe(4)
  expect(events).toContainEqual({ type: 'limit-wait', endpoint: 'conversation-entries', waitMs: 29_990 })
})

test.each<[string, Reply]>([
  ['a Retry-After, at an endpoint without a limit', { status: 503, headers: { 'retry-after': '30' } }],
  ['a 429 that names no time', { status: 429 }],
])('%s pauses the other lanes too', async (_name, limited) => {
  const { client, clock, transport } = setUp((_request, index) => (index === 0 ? limited : {}))
  const get = () => client.getJson({ origin: 'api', path: '/x', endpoint: 'elsewhere', parse: () => {} })
  const first = get()
  await clock.advance(10)
  const second = get()
  await clock.advance(489)
  expect(transport.requests.length).toBe(1)
  await clock.settle(Promise.all([first, second]))
  expect(transport.requests.length).toBe(3)
})

test('a Retry-After beyond the bound ends the call at once and says how long to wait', async () => {
  const { failure, transport, clock } = setUp([{ status: 429, headers: { 'retry-after': '3600' } }])
  const start = clock.now()
  expect(await failure()).toMatchObject({ code: 'HTTP_429', retryAfterMs: 3_600_000, retryable: true })
  expect(transport.requests.length).toBe(1)
  expect(clock.now()).toBe(start)
})

test('a 401 is replayed once with a new token, without waiting', async () => {
  const { get, tokens, authorizations, events, clock } = setUp([{ status: 401 }, { json: 'here' }])
  const start = clock.now()
  expect(await get()).toBe('here')
  expect(tokens.refusals).toEqual(['token-1'])
  expect(authorizations()).toEqual(['Bearer token-1', 'Bearer token-2'])
  expect(clock.now()).toBe(start)
  expect(events.map(({ type }) => type)).toEqual(['request-end', 'token-refused', 'request-retry', 'request-end'])
  expect(events[1]).toEqual({ type: 'token-refused', user: 'archive-1', status: 401 })
})

test('a second 401 right after is final and about signing in', async () => {
  const { failure, tokens, transport } = setUp([{ status: 401, json: [{ errorCode: 'INVALID_SESSION_ID' }] }])
  expect(await failure()).toMatchObject({ code: 'HTTP_401', kind: 'sign-in', errorCode: 'INVALID_SESSION_ID' })
  expect(transport.requests.length).toBe(2)
  expect(tokens.refusals).toEqual(['token-1'])
})

test('a 401 much later in the same call is replayed again', async () => {
  const { get, tokens } = setUp([{ status: 401 }, { status: 503 }, { status: 401 }, { json: 'here' }])
  expect(await get()).toBe('here')
  expect(tokens.refusals).toEqual(['token-1', 'token-2'])
})

test('a 404 of the gateway is asked again with a new token once', async () => {
  const { get, tokens, authorizations } = setUp([{ status: 404 }, { json: 'here' }])
  expect(await get()).toBe('here')
  expect(tokens.refusals).toEqual(['token-1'])
  expect(authorizations()).toEqual(['Bearer token-1', 'Bearer token-2'])
})

test('every lane that asked with the doubted token asks again with the new one', async () => {
  const { client, clock, tokens } = setUp(({ headers }) =>
    headers['authorization'] === 'Bearer token-1' ? { status: 404 } : { json: 'here' },
  )
  const get = () => client.getJson({ origin: 'api', path: '/x', endpoint: 'query', parse: (document) => document })
  expect(await clock.settle(Promise.all(Array.from({ length: 10 }, get)))).toEqual(Array(10).fill('here'))
  expect(tokens.refusals).toEqual(['token-1'])
})

test('a 404 of the instance is final', async () => {
  const { failure, tokens, transport } = setUp([{ status: 404 }])
  expect(await failure({ origin: 'instance' })).toMatchObject({ code: 'HTTP_404', status: 404 })
  expect(transport.requests.length).toBe(1)
  expect(tokens.refusals).toEqual([])
})

test('a thousand conversations that are gone cost one token', async () => {
  const { client, clock, tokens, transport } = setUp([{ status: 404 }], { limits: { 'conversation-entries': null } })
  const get = () =>
    client
      .getJson({ origin: 'api', path: '/x', endpoint: 'conversation-entries', parse: () => {} })
      .catch((error) => error.status)
  const lanes = Array.from({ length: 10 }, async () => {
    const statuses: number[] = []
    for (let call = 0; call < 100; call++) statuses.push(await get())
    return statuses
  })
  const statuses = (await clock.settle(Promise.all(lanes))).flat()
  expect(statuses).toEqual(Array(1_000).fill(404))
  expect(tokens.refusals).toEqual(['token-1'])
  // Each lane that had asked with the old token asks again with the new one; later calls ask once.
  expect(transport.requests.length).toBeLessThanOrEqual(1_010)
})

test('a token in use for long is doubted again', async () => {
  const { failure, clock, tokens } = setUp([{ status: 404 }])
  await failure()
  await clock.advance(599_999)
  await failure()
  expect(tokens.refusals).toEqual(['token-1'])
  await clock.advance(1)
  await failure()
  expect(tokens.refusals).toEqual(['token-1', 'token-2'])
})

test('the default limit of the conversation entries is 85 in any minute', async () => {
  const { client, clock, transport } = setUp([{}])
  for (let call = 0; call < 100; call++) {
    void client.getJson({ origin: 'api', path: '/x', endpoint: 'conversation-entries', parse: () => {} })
  }
  await clock.advance(61_000)
  expect(transport.requests.length).toBe(85)
  await clock.advance(1)
  expect(transport.requests.length).toBe(100)
})

test('limits can be replaced or taken away, also under awkward names', async () => {
  const limits = { query: { limit: 1, windowMs: 1_000 }, 'conversation-entries': null, constructor: null }
  const { client, clock, transport } = setUp([{}], { limits })
  for (const endpoint of ['query', 'query', 'conversation-entries', 'constructor', '__proto__', 'toString']) {
    void client.getJson({ origin: 'api', path: '/x', endpoint, parse: () => {} })
  }
  await clock.advance(1_000)
  expect(transport.requests.length).toBe(5)
  await clock.advance(1)
  expect(transport.requests.length).toBe(6)
})

test.each([
  ['while waiting for a retry', [{ status: 503 }], 100],
  ['while waiting at the limit', [{}], 100],
] as const)('abort %s rejects with its reason', async (name, replies, ms) => {
  const limits = { 'conversation-entries': { limit: 1, windowMs: 60_000 } }
  const { client, clock } = setUp(replies, name.includes('limit') ? { limits } : {})
  const stop = new AbortController()
  const request = { origin: 'api', path: '/x', endpoint: 'conversation-entries', parse: () => {} } as const
  if (name.includes('limit')) await client.getJson(request)
  const call = client.getJson({ ...request, signal: stop.signal })
  await clock.advance(ms)
  stop.abort('enough')
  await expect(call).rejects.toBe('enough')
  expect(clock.sleepers()).toBe(0)
})

test('abort in mid-request rejects with its reason, not as a failure of the network', async () => {
  const stop = new AbortController()
  const { failure, transport, events } = setUp(() => {
    stop.abort('enough')
    return { error: new Error('aborted') }
  })
  expect(await failure({ signal: stop.signal })).toBe('enough')
  expect(events).toEqual([])
  expect(transport.requests.length).toBe(1)
})

test('what the token provider throws is thrown', async () => {
  const broken = new CustodyError('AUTH_REFUSED', 'no', { kind: 'sign-in' })
  const tokens = { token: () => Promise.reject(broken), refused: () => {} }
  const { failure, transport } = setUp([{}], { tokens })
  expect(await failure()).toBe(broken)
  expect(transport.requests.length).toBe(0)
})

test('events carry neither token nor query, and reach the diagnostics channel', async () => {
  const published: unknown[] = []
  const listen = (event: unknown): void => void published.push(event)
  diagnostics.subscribe('custody:http', listen)
  subscriptions.push(() => diagnostics.unsubscribe('custody:http', listen))
  const { get, events } = setUp([{ status: 401 }, { status: 429 }, {}])
  await get({ query: { q: 'SELECT secret' } })
  expect(published).toEqual(events)
  expect(JSON.stringify(events)).not.toMatch(/token-[12]|secret/)
})

test('a closed client sends nothing', async () => {
  const { client, failure, transport } = setUp([{}])
  await client.close()
  expect(await failure()).toMatchObject({ code: 'HTTP_CLOSED', kind: 'usage' })
  expect(transport.requests).toEqual([])
})

test('wrong options are refused at construction', () => {
  for (const wrong of [
    { maxBodyBytes: 0 },
    { retry: { attempts: 0 } },
    { limits: { query: { limit: 0, windowMs: 1 } } },
  ]) {
    expect(() => createOrgClient({ tokens: fakeTokens(), ...wrong })).toThrow(
      expect.objectContaining({ code: 'HTTP_OPTIONS', kind: 'usage' }),
    )
  }
})

test('another limiter may be handed in: it is made once for each endpoint, with its figures, and hears of pauses', async () => {
  const made: string[] = []
  const log: string[] = []
  const { get, events, clock } = setUp([{}, { status: 429, headers: { 'retry-after': '7' } }, {}, {}], {
    limits: { 'conversation-entries': { limit: 5, windowMs: 1_000, share: 0.5, concurrent: 2 } },
    rateLimitOf: (endpoint, { limit, windowMs, share, onWait }) => {
      made.push(`${endpoint} ${limit} ${windowMs} ${share}`)
      return {
        async acquire() {
          log.push(`acquire ${endpoint}`)
          onWait?.(3)
          return 3
        },
        pauseUntil: (epochMs) => log.push(`pause ${endpoint} ${epochMs - startedAt}`),
      }
    },
  })
  const startedAt = clock.now()
  await get()
  await get()
  await get({ endpoint: 'query' })
  expect(made.filter((each) => /^(conversation-entries|query) /.test(each))).toEqual([
    'conversation-entries 5 1000 0.5',
    'query Infinity 1 undefined',
  ])
  expect(log).toEqual([
    'acquire conversation-entries',
    'acquire conversation-entries',
    'pause conversation-entries 7000',
    'pause conversation-entries 7000',
    'acquire conversation-entries',
    'acquire query',
  ])
  expect(events.filter(({ type }) => type === 'limit-wait')).toHaveLength(4)
})
