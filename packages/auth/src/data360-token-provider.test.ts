import type { Token, TokenProvider } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import { fakeClock } from '@custody/testkit'
import { describe, expect, test } from 'vitest'
import { createData360TokenProvider, type Data360TokenProviderOptions } from './data360-token-provider.ts'
import { fakeEndpoint, jwt, type Reply, tokenReply } from './testing/fake-endpoint.ts'
import type { TokenEvent } from './token-event.ts'

const minutes = 60_000

/** The org's tokens: `org-1`, and after each refusal the next one. */
function orgTokens(): TokenProvider & { readonly refusals: string[] } {
  const refusals: string[] = []
  const make = (number: number): Token => ({
    accessToken: `org-${number}`,
    user: 'archive-1',
    instanceUrl: 'https://acme.my.salesforce.com',
    apiUrl: 'https://api.salesforce.com',
    expiresAt: null,
  })
  let current = make(1)
  return {
    refusals,
    token: async () => current,
    refused(token) {
      refusals.push(token.accessToken)
      if (token === current) current = make(refusals.length + 1)
    },
  }
}

function setUp(replies: Parameters<typeof fakeEndpoint>[0], options: Partial<Data360TokenProviderOptions> = {}) {
  const clock = fakeClock({ auto: true })
  const transport = fakeEndpoint(replies)
  const tokens = orgTokens()
  const events: TokenEvent[] = []
  const provider = createData360TokenProvider({
    tokens,
    transport,
    clock,
    random: () => 0.5,
    onEvent: (event) => events.push(event),
    ...options,
  })
  const failure = (): Promise<CustodyError> =>
    provider.token().then(
      () => Promise.reject(new Error('no failure')),
      (error) => error,
    )
  const forms = () => transport.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(String(body))))
  return { clock, transport, tokens, events, provider, failure, forms }
}

/** The documented reply of the exchange. */
function exchanged(accessToken: string, fields: Readonly<Record<string, unknown>> = {}): Reply {
  return {
    json: {
      access_token: accessToken,
      instance_url: 'tenant.c360a.salesforce.com',
      token_type: 'Bearer',
      issued_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      expires_in: 7_200,
      ...fields,
    },
  }
}

test('posts the token of the org to the org, and gets one for the tenant', async () => {
  const { provider, transport, forms, clock, events } = setUp([exchanged('data-1')])
  expect(await provider.token()).toEqual({
    accessToken: 'data-1',
    user: 'archive-1',
    instanceUrl: 'https://tenant.c360a.salesforce.com',
    apiUrl: 'https://tenant.c360a.salesforce.com',
    expiresAt: clock.now() + 120 * minutes,
  })
  expect(transport.requests[0]?.url.href).toBe('https://acme.my.salesforce.com/services/a360/token')
  expect(forms()).toEqual([
    {
      grant_type: 'urn:salesforce:grant-type:external:cdp',
      subject_token: 'org-1',
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    },
  ])
  expect(events).toEqual([
    { type: 'token-issue', user: 'archive-1', grant: 'data360-exchange', attempt: 1, lifetimeMs: 120 * minutes },
  ])
})

test('names the data space, if there is one', async () => {
  const { provider, forms } = setUp([exchanged('x')], { dataspace: 'legal' })
  await provider.token()
  expect(forms()[0]).toMatchObject({ dataspace: 'legal' })
})

test.each([
  ['tenant.c360a.salesforce.com', 'https://tenant.c360a.salesforce.com'],
  ['https://tenant.c360a.salesforce.com', 'https://tenant.c360a.salesforce.com'],
  ['https://tenant.c360a.salesforce.com/', 'https://tenant.c360a.salesforce.com'],
  ['tenant.c360a.salesforce.com:8443', 'https://tenant.c360a.salesforce.com:8443'],
  ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['localhost:8080', 'http://localhost:8080'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['localhost.evil.example', 'https://localhost.evil.example'],
])('the tenant may come as %s', async (replied, url) => {
  expect(await setUp([exchanged('x', { instance_url: replied })]).provider.token()).toMatchObject({ instanceUrl: url })
})

test.each([
  'http://tenant.c360a.salesforce.com',
  '',
  'https://',
  'user:pass@host',
  'https://a:b@host',
  'a b',
  '//host',
])('but not as %s', async (replied) => {
  const { failure, transport } = setUp([exchanged('x', { instance_url: replied })])
  expect(await failure()).toMatchObject({ code: 'AUTH_REPLY_ORIGIN', kind: 'sign-in' })
  expect(transport.requests.length).toBe(1)
})

describe('life', () => {
  test('as the reply says, the token says, or configured, in this order', async () => {
    const halfHour = jwt({ iat: 1_000, exp: 2_800 })
    for (const [fields, lifetimeMs, life] of [
      [{ expires_in: 7_130 }, 1, 7_130_000],
      [{ expires_in: undefined }, 1, 30 * minutes],
      [{ expires_in: undefined, access_token: 'opaque' }, 5, 5],
      [{ expires_in: undefined, access_token: 'opaque' }, undefined, null],
    ] as const) {
      const { provider, clock } = setUp([exchanged(halfHour, fields)], lifetimeMs ? { lifetimeMs } : {})
      expect((await provider.token()).expiresAt).toBe(life === null ? null : clock.now() + life)
    }
  })

  test('renewed ahead of time, by the org token there is then, all who ask sharing one exchange', async () => {
    const { provider, clock, transport, forms, tokens } = setUp((index) => exchanged(`data-${index}`))
    const first = await Promise.all(Array.from({ length: 20 }, () => provider.token()))
    expect(new Set(first).size).toBe(1)
    await clock.advance(96 * minutes)
    expect(await provider.token()).toBe(first[0])
    tokens.refused(await tokens.token())
    await clock.advance(12 * minutes)
    const second = await Promise.all(Array.from({ length: 20 }, () => provider.token()))
    expect(new Set(second.map(({ accessToken }) => accessToken))).toEqual(new Set(['data-1']))
    expect(transport.requests.length).toBe(2)
    expect(forms()[1]).toMatchObject({ subject_token: 'org-2' })
  })

  test('a refused one is exchanged anew, and the org keeps its own', async () => {
    const { provider, tokens } = setUp((index) => exchanged(`data-${index}`))
    provider.refused(await provider.token())
    expect((await provider.token()).accessToken).toBe('data-1')
    expect(tokens.refusals).toEqual([])
  })

  test('a renewal that fails for now keeps the token until it expires', async () => {
    const { provider, clock, events, failure } = setUp((index) =>
      index === 0 ? exchanged('x') : { status: 503, text: '' },
    )
    const token = await provider.token()
    await clock.advance(109 * minutes)
    expect(await provider.token()).toBe(token)
    expect(events.at(-1)).toEqual({ type: 'token-keep', user: 'archive-1', code: 'HTTP_503' })
    await clock.advance(11 * minutes)
    expect(await failure()).toMatchObject({ code: 'HTTP_503', message: expect.stringContaining('data360-token') })
  })
})

const invalid = { error: 'invalid_token', error_description: 'Token is invalid' }

describe('an org token that is not accepted', () => {
  const cases: readonly [string, Reply, string][] = [
    ['401 invalid_token', { status: 401, json: invalid }, 'AUTH_INVALID_TOKEN'],
    ['400 invalid_token', { status: 400, json: invalid }, 'AUTH_INVALID_TOKEN'],
    ['200 with the error', { json: invalid }, 'AUTH_INVALID_TOKEN'],
    ['401 without a word', { status: 401, text: '' }, 'AUTH_REFUSED'],
    ['the log-in page', { text: '<html><script>location="/?ec=302"</script>' }, 'AUTH_REPLY_NOT_JSON'],
    ['the way to the log-in page', { status: 302, headers: { location: '/?ec=302' }, text: '' }, 'HTTP_REDIRECT'],
  ]

  test.each(cases)('%s: is replaced once, without waiting', async (_name, reply) => {
    const { provider, tokens, forms, events } = setUp((index) => (index === 0 ? reply : exchanged('data')))
    expect((await provider.token()).accessToken).toBe('data')
    expect(tokens.refusals).toEqual(['org-1'])
    expect(forms().map((form) => form['subject_token'])).toEqual(['org-1', 'org-2'])
    expect(events[0]).toMatchObject({ type: 'token-retry', reason: 'token-refused', user: 'archive-1', waitMs: 0 })
  })

  test.each(cases)('%s: again, it ends there', async (_name, reply, code) => {
    const { failure, tokens, transport } = setUp([reply])
    const error = await failure()
    expect(error).toMatchObject({ code })
    expect(error.actions.length).toBeGreaterThan(0)
    expect(tokens.refusals).toEqual(['org-1'])
    expect(transport.requests.length).toBe(2)
    // The next call may try again: somebody may have changed the app.
    await failure()
    expect(tokens.refusals).toEqual(['org-1', 'org-2'])
  })
})

test.each<[string, Reply, string, RegExp]>([
  ['a missing scope', { status: 400, json: { error: 'invalid_scope' } }, 'AUTH_NO_DATA360_SCOPE', /cdp_query_api/],
  ['a missing scope, with a 200', { json: { error: 'invalid_scope' } }, 'AUTH_NO_DATA360_SCOPE', /cdp_query_api/],
  [
    'an unknown data space',
    { status: 400, json: { error: 'invalid_request', error_description: 'data space not found' } },
    'AUTH_NO_DATASPACE',
    /Data Spaces/,
  ],
  ['anything else', { status: 403, text: '' }, 'AUTH_REFUSED', /data space/],
  ['a 404', { status: 404, text: '<html>' }, 'AUTH_REFUSED', /Data 360/],
  ['an unknown error', { status: 400, json: { error: 'brand_new' } }, 'AUTH_REFUSED', /cdp_query_api/],
  ['nothing', { text: '' }, 'AUTH_REPLY_EMPTY', /Data 360/],
  ['no tenant', exchanged('x', { instance_url: undefined }), 'AUTH_REPLY_INCOMPLETE', /Data 360/],
])('%s is final, and names what to change', async (_name, reply, code, action) => {
  const { failure, transport, tokens } = setUp([reply])
  const error = await failure()
  expect(error).toMatchObject({ code, kind: 'sign-in', retryable: false })
  expect(error.message).toContain('archive-1 at acme.my.salesforce.com (data360-exchange)')
  expect(error.actions.join('\n')).toMatch(action)
  expect(transport.requests.length).toBe(1)
  expect(tokens.refusals).toEqual([])
})

test('what passes is tried again', async () => {
  const { provider, transport } = setUp((index) => (index < 2 ? { status: 429, text: '' } : exchanged('x')))
  await provider.token()
  expect(transport.requests.length).toBe(3)
})

test('what the org throws is thrown', async () => {
  const wrong = new CustodyError('AUTH_INVALID_CLIENT', 'no', { kind: 'sign-in' })
  const tokens = { token: () => Promise.reject(wrong), refused: () => {} }
  const { failure, transport } = setUp([tokenReply('x')], { tokens })
  expect(await failure()).toBe(wrong)
  expect(transport.requests).toEqual([])
})

test.each([{ dataspace: ' ' }, { lifetimeMs: 0 }])('wrong options are refused at construction: %j', (wrong) => {
  expect(() => createData360TokenProvider({ tokens: orgTokens(), ...wrong })).toThrow(
    expect.objectContaining({ code: 'AUTH_OPTIONS', kind: 'usage' }),
  )
})
