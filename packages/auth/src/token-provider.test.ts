import type { Transport } from '@custody/http'
import type { CustodyError } from '@custody/pipeline'
import { fakeClock } from '@custody/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clientCredentials } from './grant.ts'
import { fakeEndpoint, jwt, type Reply, tokenReply } from './testing/fake-endpoint.ts'
import type { TokenEvent } from './token-event.ts'
import { createTokenProvider, type TokenProviderOptions } from './token-provider.ts'

const clientId = 'KEY-3MVG9'
const clientSecret = 'SECRET-8F2A'
const minutes = 60_000

function setUp(replies: Parameters<typeof fakeEndpoint>[0], options: Partial<TokenProviderOptions> = {}) {
  const clock = fakeClock({ auto: true })
  const transport = fakeEndpoint(replies)
  const events: TokenEvent[] = []
  const provider = createTokenProvider({
    user: 'archive-1',
    loginUrl: 'https://acme.my.salesforce.com',
    grant: clientCredentials({ clientId, clientSecret }),
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
  return { clock, transport, events, provider, failure }
}

/** A fresh half-hour JWT for each request. */
function halfHours(index: number): Reply {
  return tokenReply(jwt({ iat: 1_000, exp: 2_800, jti: index }))
}

test('posts the grant to the token endpoint and reads the reply', async () => {
  const accessToken = jwt({ iat: 1_000, exp: 2_800 })
  const { provider, transport, clock, events } = setUp([tokenReply(accessToken)])
  expect(await provider.token()).toEqual({
    accessToken,
    user: 'archive-1',
    instanceUrl: 'https://acme.my.salesforce.com',
    apiUrl: 'https://api.salesforce.com',
    expiresAt: clock.now() + 30 * minutes,
  })
  const request = transport.requests[0]
  expect(request).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  expect(request?.url.href).toBe('https://acme.my.salesforce.com/services/oauth2/token')
  expect(Object.fromEntries(new URLSearchParams(String(request?.body)))).toEqual({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  })
  expect(events).toEqual([
    { type: 'token-issue', user: 'archive-1', grant: 'client-credentials', attempt: 1, lifetimeMs: 30 * minutes },
  ])
})

test('calls at the same moment share one request, and later ones its token', async () => {
  const { provider, transport } = setUp(halfHours)
  const tokens = await Promise.all(Array.from({ length: 50 }, () => provider.token()))
  tokens.push(await provider.token())
  expect(new Set(tokens).size).toBe(1)
  expect(transport.requests.length).toBe(1)
})

test('two providers share nothing', async () => {
  const one = setUp([tokenReply('one')])
  const two = setUp([tokenReply('two')])
  const [first, second] = await Promise.all([one.provider.token(), two.provider.token()])
  expect([first.accessToken, second.accessToken]).toEqual(['one', 'two'])
})

test('a token is renewed between 80 and 90 % of its life, and not before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (draw) => {
      const { provider, transport, clock } = setUp(halfHours, { random: () => draw })
      await provider.token()
      await clock.advance(24 * minutes - 1)
      await provider.token()
      expect(transport.requests.length).toBe(1)
      await clock.advance(3 * minutes + 1)
      await provider.token()
      expect(transport.requests.length).toBe(2)
    }),
    { numRuns: 30 },
  )
})

test('an opaque token lives as long as configured, or until it is refused', async () => {
  const configured = setUp((index) => tokenReply(`opaque-${index}`), { lifetimeMs: 10 * minutes })
  expect((await configured.provider.token()).expiresAt).toBe(configured.clock.now() + 10 * minutes)
  await configured.clock.advance(9 * minutes)
  expect((await configured.provider.token()).accessToken).toBe('opaque-1')

  const unknown = setUp((index) => tokenReply(`opaque-${index}`))
  const token = await unknown.provider.token()
  expect(token.expiresAt).toBeNull()
  await unknown.clock.advance(24 * 60 * minutes)
  expect(await unknown.provider.token()).toBe(token)
})

test.each([
  [7_130, 7_130],
  ['7130', 7_130],
])('expires_in of a reply comes first: %s', async (stated, seconds) => {
  const reply = tokenReply(jwt({ iat: 1_000, exp: 2_800 }), { expires_in: stated })
  const { provider, clock } = setUp([reply], { lifetimeMs: 1 })
  expect((await provider.token()).expiresAt).toBe(clock.now() + seconds * 1_000)
})

test.each([0, -1, '', 'soon', '1e999'])('expires_in of %s says nothing', async (stated) => {
  const { provider, clock } = setUp([tokenReply(jwt({ iat: 1_000, exp: 2_800 }), { expires_in: stated })])
  expect((await provider.token()).expiresAt).toBe(clock.now() + 30 * minutes)
})

test('a refusal invalidates that token and no other', async () => {
  const { provider, transport } = setUp(halfHours)
  const first = await provider.token()
  provider.refused(first)
  const second = await provider.token()
  expect(second.accessToken).not.toBe(first.accessToken)
  provider.refused(first)
  expect(await provider.token()).toBe(second)
  expect(transport.requests.length).toBe(2)
})

test('however many lanes are refused at the same moment, one token is asked for', async () => {
  const { provider, transport } = setUp(halfHours)
  const first = await provider.token()
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      provider.refused(first)
      expect((await provider.token()).accessToken).not.toBe(first.accessToken)
    }),
  )
  expect(transport.requests.length).toBe(2)
})

test('abort of one caller leaves the request to the others', async () => {
  const gate = Promise.withResolvers<Reply>()
  const { provider, transport } = setUp(() => gate.promise)
  const stop = new AbortController()
  const leaving = provider.token({ signal: stop.signal })
  const staying = provider.token()
  stop.abort('enough')
  await expect(leaving).rejects.toBe('enough')
  gate.resolve(tokenReply('here'))
  expect((await staying).accessToken).toBe('here')
  expect(transport.requests.length).toBe(1)
  await expect(provider.token({ signal: AbortSignal.abort('no') })).rejects.toBe('no')
})

test('a failure nobody waits for any more is no unhandled rejection', async () => {
  const gate = Promise.withResolvers<Reply>()
  const { provider } = setUp(() => gate.promise)
  const stop = new AbortController()
  const leaving = provider.token({ signal: stop.signal })
  stop.abort('enough')
  await expect(leaving).rejects.toBe('enough')
  gate.resolve({ status: 400, json: { error: 'invalid_client' } })
  await new Promise((resolve) => setTimeout(resolve, 5))
})

test('after a failure the next call asks again', async () => {
  const { provider, failure } = setUp((index) => (index === 0 ? { status: 400, json: {} } : tokenReply('here')))
  expect((await failure()).code).toBe('AUTH_REFUSED')
  expect((await provider.token()).accessToken).toBe('here')
})

test.each<[string, Reply, string]>([
  ['503', { status: 503, text: '' }, 'HTTP_503'],
  ['429', { status: 429, text: '' }, 'HTTP_429'],
  ['a reset', { error: Object.assign(new Error('x'), { code: 'ECONNRESET' }) }, 'HTTP_UNREACHABLE'],
  ['a reply cut short', { text: '{"access', cut: true }, 'HTTP_BODY_TRUNCATED'],
])('%s is tried again, five times at most', async (_name, reply, code) => {
  const passing = setUp((index) => (index < 2 ? reply : tokenReply('here')))
  expect((await passing.provider.token()).accessToken).toBe('here')
  expect(passing.events.map(({ type }) => type)).toEqual(['token-retry', 'token-retry', 'token-issue'])

  const lasting = setUp([reply])
  expect(await lasting.failure()).toMatchObject({ code, retryable: true })
  expect(lasting.transport.requests.length).toBe(5)
})

test('a renewal ahead of time that fails for now keeps the token until it expires', async () => {
  const { provider, clock, transport, events, failure } = setUp((index) =>
    index === 0 ? halfHours(0) : { status: 503, text: '' },
  )
  const token = await provider.token()
  await clock.advance(26 * minutes)
  expect(await provider.token()).toBe(token)
  expect(events.at(-1)).toEqual({ type: 'token-keep', user: 'archive-1', code: 'HTTP_503' })
  const asked = transport.requests.length
  expect(await provider.token()).toBe(token)
  expect(transport.requests.length).toBe(asked)
  await clock.advance(4 * minutes)
  expect((await failure()).code).toBe('HTTP_503')
})

test('a renewal that is refused for good is thrown, and a refused token is never kept', async () => {
  const final = setUp((index) => (index === 0 ? halfHours(0) : { status: 400, json: { error: 'invalid_client' } }))
  await final.provider.token()
  await final.clock.advance(26 * minutes)
  expect((await final.failure()).code).toBe('AUTH_INVALID_CLIENT')

  const refused = setUp((index) => (index === 0 ? halfHours(0) : { status: 503, text: '' }))
  refused.provider.refused(await refused.provider.token())
  expect((await refused.failure()).code).toBe('HTTP_503')
})

describe('a reply that cannot be used', () => {
  test.each<[string, Reply, string, RegExp]>([
    ['nothing', { text: '' }, 'AUTH_REPLY_EMPTY', /with nothing/],
    ['a web page', { text: '<!doctype html><html>' }, 'AUTH_REPLY_NOT_JSON', /web page/],
    ['text', { text: 'token' }, 'AUTH_REPLY_NOT_JSON', /no JSON/],
    ['an array', { json: [] }, 'AUTH_REPLY_INCOMPLETE', /the object itself/],
    ['no access_token', tokenReply('x', { access_token: undefined }), 'AUTH_REPLY_INCOMPLETE', /access_token/],
    ['a token with a line break', tokenReply('x\r\ny'), 'AUTH_REPLY_INCOMPLETE', /access_token/],
    ['no instance_url', tokenReply('x', { instance_url: undefined }), 'AUTH_REPLY_INCOMPLETE', /instance_url/],
    ['another token_type', tokenReply('x', { token_type: 'mac' }), 'AUTH_REPLY_INCOMPLETE', /token_type/],
    ['an error with a 200', { json: { error: 'invalid_client' } }, 'AUTH_INVALID_CLIENT', /secret/],
    ['plain http', tokenReply('x', { instance_url: 'http://acme.example' }), 'AUTH_REPLY_ORIGIN', /instance_url/],
    ['a gateway on plain http', tokenReply('x', { api_instance_url: 'http://a.example' }), 'AUTH_REPLY_ORIGIN', /api_/],
    ['no URL', tokenReply('x', { instance_url: 'acme' }), 'AUTH_REPLY_ORIGIN', /instance_url/],
    ['no gateway', tokenReply('x', { api_instance_url: undefined }), 'AUTH_NO_API_URL', /api_instance_url/],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example' }, text: '' }, 'HTTP_REDIRECT', /302/],
    ['too large', { text: ' '.repeat(1024 * 1024 + 1) }, 'HTTP_BODY_TOO_LARGE', /larger/],
  ])('%s', async (_name, reply, code, message) => {
    const { failure, transport } = setUp([reply])
    const error = await failure()
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(error.actions.length).toBeGreaterThan(0)
    expect(transport.requests.length).toBe(1)
  })
})

test('a token that is refused while its renewal fails is not kept', async () => {
  const gate = Promise.withResolvers<Reply>()
  const { provider, clock } = setUp((index) => (index === 0 ? halfHours(0) : gate.promise), { retry: { attempts: 1 } })
  const token = await provider.token()
  await clock.advance(26 * minutes)
  const renewed = provider.token()
  provider.refused(token)
  gate.resolve({ status: 503, text: '' })
  await expect(renewed).rejects.toMatchObject({ code: 'HTTP_503' })
})

test('apiUrl of the configuration comes before the reply, and suffices without it', async () => {
  for (const replied of ['https://api.salesforce.com', undefined]) {
    const reply = tokenReply('x', { api_instance_url: replied })
    const { provider } = setUp([reply], { apiUrl: 'https://test.api.salesforce.com/' })
    expect((await provider.token()).apiUrl).toBe('https://test.api.salesforce.com')
  }
})

describe('what the token endpoint refuses', () => {
  test.each([
    ['invalid_grant', 'no valid scopes defined', 'AUTH_NO_SCOPES', /sfap_api/],
    ['invalid_scope', 'the requested scope is invalid', 'AUTH_NO_SCOPES', /sfap_api/],
    ['invalid_app_access', 'user is not admin approved to access this app', 'AUTH_NOT_APPROVED', /permission set/],
    ['app_not_found', 'External client app is not installed in this org', 'AUTH_INVALID_CLIENT_ID', /My Domain/],
    ['invalid_grant', 'ip restricted', 'AUTH_IP_RESTRICTED', /Login IP Ranges/],
    ['inactive_user', 'user is inactive', 'AUTH_INACTIVE_USER', /activate/],
    ['invalid_grant', 'inactive user', 'AUTH_INACTIVE_USER', /activate/],
    ['inactive_org', 'organization locked', 'AUTH_INACTIVE_ORG', /state of the org/],
    ['invalid_grant', 'password expired', 'AUTH_PASSWORD_EXPIRED', /new password/],
    ['invalid_grant', 'login rate exceeded', 'AUTH_TOO_MANY_SIGN_INS', /Wait an hour/],
    ['unauthorized_client', 'x', 'AUTH_UNSUPPORTED_GRANT_TYPE', /switch on the flow/],
    ['invalid_grant', 'no client credentials user enabled', 'AUTH_NO_RUN_AS_USER', /Run As/],
    ['invalid_grant', "user hasn't approved this consumer", 'AUTH_NOT_APPROVED', /profile or permission set/],
    ['invalid_grant', 'authentication failure', 'AUTH_AUTHENTICATION_FAILURE', /credentials/],
    ['invalid_grant', 'request not supported on this domain', 'AUTH_WRONG_DOMAIN', /My Domain/],
    ['invalid_grant', 'something new', 'AUTH_INVALID_GRANT', /Policies/],
    ['invalid_grant', undefined, 'AUTH_INVALID_GRANT', /Policies/],
    ['invalid_client', 'invalid client credentials', 'AUTH_INVALID_CLIENT', /secret/],
    ['invalid_client_id', 'client identifier invalid', 'AUTH_INVALID_CLIENT_ID', /consumer key/],
    ['unsupported_grant_type', 'grant type not supported', 'AUTH_UNSUPPORTED_GRANT_TYPE', /switch on the flow/],
    ['brand_new_code', 'x', 'AUTH_REFUSED', /My Domain/],
  ])('%s, %s', async (error, description, code, action) => {
    const { failure, transport } = setUp([{ status: 400, json: { error, error_description: description } }])
    const refusal = await failure()
    expect(refusal).toMatchObject({ code, kind: 'sign-in', retryable: false })
    expect(refusal.actions.join('\n')).toMatch(action)
    expect(refusal.message).toContain('archive-1')
    expect(transport.requests.length).toBe(1)
  })

  test('an unknown code is named only if it looks like one', async () => {
    const messageFor = async (error: unknown): Promise<string> =>
      (await setUp([{ status: 400, json: { error, error_description: 'x' } }]).failure()).message
    expect(await messageFor('brand_new_code')).toContain('(brand_new_code)')
    for (const odd of ['Anna Schmidt', 'a'.repeat(61), 'UPPER', '', 7, null, { a: 1 }]) {
      expect(await messageFor(odd)).not.toContain('(a')
      expect(await messageFor(odd)).not.toMatch(/Anna|UPPER/)
    }
  })

  test('no JSON at all', async () => {
    expect(await setUp([{ status: 404, text: '<html>' }]).failure()).toMatchObject({
      code: 'AUTH_REFUSED',
      kind: 'sign-in',
    })
  })
})

test('wrong options are refused at construction, before any request', () => {
  const transport: Transport = () => Promise.reject(new Error('sent'))
  const right = {
    user: 'a',
    loginUrl: 'https://acme.my.salesforce.com',
    grant: clientCredentials({ clientId, clientSecret }),
  }
  for (const [wrong, code] of [
    [{ user: ' ' }, 'AUTH_OPTIONS'],
    [{ loginUrl: 'https://acme.my.salesforce.com/services' }, 'AUTH_OPTIONS'],
    [{ loginUrl: 'https://acme.lightning.force.com' }, 'AUTH_OPTIONS'],
    [{ loginUrl: 'http://acme.my.salesforce.com' }, 'HTTP_INSECURE_URL'],
    [{ apiUrl: 'http://api.salesforce.com' }, 'HTTP_INSECURE_URL'],
    [{ apiUrl: 'https://api.salesforce.com/platform' }, 'AUTH_OPTIONS'],
    [{ lifetimeMs: 0 }, 'AUTH_OPTIONS'],
    [{ lifetimeMs: Number.NaN }, 'AUTH_OPTIONS'],
    [{ retry: { attempts: 0 } }, 'HTTP_OPTIONS'],
  ] as const) {
    expect(() => createTokenProvider({ ...right, transport, ...wrong })).toThrow(
      expect.objectContaining({ code, kind: 'usage' }),
    )
  }
  for (const wrong of [
    { clientId: '', clientSecret },
    { clientId, clientSecret: ' ' },
  ]) {
    expect(() => clientCredentials(wrong)).toThrow(expect.objectContaining({ code: 'AUTH_OPTIONS' }))
  }
})
