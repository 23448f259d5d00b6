import { createPrivateKey, createSign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmulatorOptions, type Org, startEmulator } from '../start-emulator.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { withOrg } from '../testing/with-org.ts'
import type { Credentials } from './org-state.ts'

let org: Org
beforeAll(async () => {
  org = await startEmulator({ executionUsers: 2 })
})
afterAll(() => org.close())

interface TokenReply {
  readonly status: number
  readonly body: Readonly<Record<string, string>>
}

async function post(of: Org, form: Record<string, string>, path = 'token'): Promise<TokenReply> {
  const response = await fetch(`${of.url}/services/oauth2/${path}`, { method: 'POST', body: new URLSearchParams(form) })
  const text = await response.text()
  return { status: response.status, body: (text ? JSON.parse(text) : {}) as Record<string, string> }
}

const works = async (of: Org, token = ''): Promise<number> =>
  (await fetch(`${of.url}/services/data/v66.0/limits`, { headers: { authorization: `Bearer ${token}` } })).status

function credentials(of: Org, k = 0): Credentials {
  return of.allCredentials[k] as Credentials
}

const client = ({ clientId, clientSecret }: Credentials) => ({ client_id: clientId, client_secret: clientSecret })

const seconds = (ms: number): number => Math.floor(ms / 1_000)

function assertion(of: Org, claims: Record<string, unknown> = {}, { signer = 0, alg = 'RS256' } = {}): string {
  const { clientId, username } = credentials(of)
  const exp = seconds(Date.now()) + 180
  const parts = [{ alg }, { iss: clientId, sub: username, aud: of.url, exp, ...claims }]
  const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const key = createPrivateKey(credentials(of, signer).privateKey)
  return `${input}.${createSign('RSA-SHA256').update(input).sign(key, 'base64url')}`
}

const bearer = (text: string) => ({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: text })

describe('JWT bearer', () => {
  test.each([undefined, 'https://login.salesforce.com', 'https://test.salesforce.com/'])('for %s', async (aud) => {
    const { status, body } = await post(org, bearer(assertion(org, aud === undefined ? {} : { aud })))
    expect(status).toBe(200)
    expect(await works(org, body['access_token'])).toBe(200)
    expect(body).not.toHaveProperty('refresh_token')
  })

  test.each([
    ['another audience', { aud: 'https://elsewhere.example' }, {}, 'invalid_grant', 'audience validation failed'],
    ['an expired one', { exp: seconds(Date.now()) - 60 }, {}, 'invalid_grant', 'assertion has expired'],
    ['one without an end', { exp: undefined }, {}, 'invalid_grant', 'invalid assertion'],
    ['the key of another app', {}, { signer: 1 }, 'invalid_grant', 'invalid assertion'],
    ['another algorithm', {}, { alg: 'none' }, 'invalid_grant', 'invalid assertion'],
    ['an unknown app', { iss: 'nobody' }, {}, 'invalid_client_id', 'client identifier invalid'],
    ['another user', { sub: 'nobody@example.com' }, {}, 'invalid_grant', "user hasn't approved this consumer"],
  ])('is refused for %s', async (_, claims, signing, error, error_description) => {
    expect(await post(org, bearer(assertion(org, claims, signing)))).toEqual({
      status: 400,
      body: { error, error_description },
    })
  })

  test.each(['', 'a.b', 'a.b.c', '....'])('is refused for %j', async (text) => {
    expect((await post(org, bearer(text))).body).toMatchObject({ error: 'invalid_grant' })
  })

  test('is refused for a payload that was changed after signing', async () => {
    const [header, , signature] = assertion(org).split('.')
    const [, other] = assertion(org, { exp: seconds(Date.now()) + 9_999 }).split('.')
    expect((await post(org, bearer(`${header}.${other}.${signature}`))).status).toBe(400)
  })
})

describe('username and password', () => {
  const form = (who: Credentials, password: string, rest = {}) => ({
    grant_type: 'password',
    ...client(who),
    username: who.username,
    password,
    ...rest,
  })
  const required: EmulatorOptions = { oauth: { securityToken: 'required' } }

  test('with the security token behind, everywhere; without it on a trusted network', async () => {
    const { password, securityToken } = credentials(org)
    expect((await post(org, form(credentials(org), password))).status).toBe(200)
    expect((await post(org, form(credentials(org), password + securityToken))).status).toBe(200)
    await withOrg(required, async (strict) => {
      expect((await post(strict, form(credentials(strict), password + securityToken))).status).toBe(200)
      expect((await post(strict, form(credentials(strict), password))).body).toEqual({
        error: 'invalid_grant',
        error_description: 'authentication failure',
      })
    })
  })

  test.each([
    ['wrong', {}],
    ['emulator-password-1', { username: 'nobody' }],
    ['emulator-password-2', {}],
    ['', {}],
  ])('%j with %j is an authentication failure', async (password, rest) => {
    expect((await post(org, form(credentials(org), password, rest))).body).toMatchObject({
      error_description: 'authentication failure',
    })
  })
})

describe('refresh tokens', () => {
  const form = (refresh_token: string, who = client(credentials(org))) => ({
    grant_type: 'refresh_token',
    ...who,
    refresh_token,
  })

  test('are good again and again, with or without the secret', async () => {
    const { refreshToken, clientId } = credentials(org)
    for (const who of [client(credentials(org)), { client_id: clientId } as ReturnType<typeof client>]) {
      const { status, body } = await post(org, form(refreshToken, who))
      expect([status, body['refresh_token']]).toEqual([200, undefined])
    }
  })

  test('are good once where they rotate', async () => {
    await withOrg({ oauth: { refreshRotation: true } }, async (rotating) => {
      const first = credentials(rotating).refreshToken
      const second = (await post(rotating, form(first))).body['refresh_token'] ?? ''
      expect(second).not.toBe(first)
      expect((await post(rotating, form(first))).body).toEqual({
        error: 'invalid_grant',
        error_description: 'expired access/refresh token',
      })
      expect((await post(rotating, form(second))).status).toBe(200)
    })
  })

  test('of another app, or wrong, are worth nothing', async () => {
    expect((await post(org, form(credentials(org, 1).refreshToken))).status).toBe(400)
    expect((await post(org, form(''))).status).toBe(400)
  })
})

describe('revoking', () => {
  test('ends one token and no other', async () => {
    const grant = { grant_type: 'client_credentials', ...client(credentials(org)) }
    const [one = '', two = ''] = [
      (await post(org, grant)).body['access_token'],
      (await post(org, grant)).body['access_token'],
    ]
    expect((await post(org, { token: one }, 'revoke')).status).toBe(200)
    expect([await works(org, one), await works(org, two)]).toEqual([401, 200])
    expect((await post(org, {}, `revoke?token=${encodeURIComponent(two)}`)).status).toBe(200)
    expect(await works(org, two)).toBe(401)
    expect(await post(org, { token: 'nobody' }, 'revoke')).toMatchObject({
      status: 400,
      body: { error: 'unsupported_token_type' },
    })
    expect(org.calls.revoke).toMatchObject({ count: 3, statuses: { 200: 2, 400: 1 } })
  })

  test('ends a refresh token', async () => {
    await withOrg({}, async (own) => {
      const { refreshToken } = credentials(own)
      await post(own, { token: refreshToken }, 'revoke')
      const form = { grant_type: 'refresh_token', ...client(credentials(own)), refresh_token: refreshToken }
      expect((await post(own, form)).status).toBe(400)
    })
  })
})

describe('every error of the table', () => {
  const grant = (of: Org) => ({ grant_type: 'client_credentials', ...client(credentials(of)) })
  test.each<
    [OauthOptions: NonNullable<EmulatorOptions['oauth']>, form: Record<string, string>, error: string, text: string]
  >([
    [{}, { scope: 'full refresh_token' }, 'invalid_grant', 'no valid scopes defined'],
    [{ scopes: ['full'] }, {}, 'invalid_grant', 'no valid scopes defined'],
    [{ runAsUser: false }, {}, 'invalid_grant', 'no client credentials user enabled'],
    [{ myDomain: false }, {}, 'invalid_grant', 'request not supported on this domain'],
    [{}, { client_secret: 'wrong' }, 'invalid_client', 'invalid client credentials'],
    [{}, { client_id: 'wrong' }, 'invalid_client_id', 'client identifier invalid'],
    [{}, { grant_type: 'magic' }, 'unsupported_grant_type', 'grant type not supported'],
    [{ grants: ['jwt-bearer'] }, {}, 'unsupported_grant_type', 'grant type not supported'],
    [{ grants: [] }, { grant_type: 'password' }, 'invalid_grant', 'authentication failure'],
  ])('%j, %j: %s, %s', async (oauth, form, error, error_description) => {
    const own = await startEmulator({ oauth })
    const reply = await post(own, { ...grant(own), ...form })
    await own.close()
    expect(reply).toEqual({ status: 400, body: { error, error_description } })
  })

  test('users who are not approved are refused', async () => {
    const own = await startEmulator({ oauth: { approved: false } })
    const reply = await post(own, bearer(assertion(own)))
    await own.close()
    expect(reply.body).toMatchObject({ error_description: "user hasn't approved this consumer" })
  })

  test('and any other comes as a fault', async () => {
    const action = { type: 'oauth-error', error: 'inactive_user', description: 'user is inactive' } as const
    const own = await startEmulator({ scenario: { rules: [{ match: { endpoint: 'token' }, action }] } })
    const [first, second] = [await post(own, grant(own)), await post(own, grant(own))]
    await own.close()
    expect(first).toEqual({ status: 400, body: { error: 'inactive_user', error_description: 'user is inactive' } })
    expect(second.status).toBe(200)
  })
})

test('an expired assertion goes by the org’s clock', async () => {
  const clock = manualClock()
  const own = await startEmulator({ clock })
  const text = assertion(own, { exp: seconds(clock.now()) + 60 })
  clock.advance(59_000)
  const before = await post(own, bearer(text))
  clock.advance(1_000)
  const after = await post(own, bearer(text))
  await own.close()
  expect([before.status, after.status]).toEqual([200, 400])
})
