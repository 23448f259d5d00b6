import type { CustodyError } from '@custody/pipeline'
import { fakeClock } from '@custody/testkit'
import { expect, test } from 'vitest'
import { type RefreshTokenOptions, refreshToken } from './refresh-token.ts'
import { fakeEndpoint, type Reply, tokenReply } from './testing/fake-endpoint.ts'
import { createTokenProvider } from './token-provider.ts'

const right = { clientId: 'KEY', clientSecret: 'SECRET', refreshToken: 'refresh-0' }

function setUp(replies: Parameters<typeof fakeEndpoint>[0], options: Partial<RefreshTokenOptions> = {}) {
  const transport = fakeEndpoint(replies)
  const provider = createTokenProvider({
    user: 'archive-1',
    loginUrl: 'https://acme.my.salesforce.com',
    grant: refreshToken({ ...right, ...options }),
    transport,
    clock: fakeClock({ auto: true }),
  })
  const forms = () => transport.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(String(body))))
  /** Asks for `count` tokens, each after the one before was refused. */
  const renew = async (count: number): Promise<void> => {
    for (let turn = 0; turn < count; turn++) provider.refused(await provider.token())
  }
  return { provider, forms, renew }
}

/** Each reply brings the refresh token of its own number. */
function rotating(index: number): Reply {
  return tokenReply(`token-${index}`, { refresh_token: `refresh-${index + 1}` })
}

test('posts the refresh token with the app, and without a secret where there is none', async () => {
  const { forms, renew } = setUp([tokenReply('x')])
  await renew(1)
  expect(forms()).toEqual([
    { grant_type: 'refresh_token', client_id: 'KEY', client_secret: 'SECRET', refresh_token: 'refresh-0' },
  ])
  const form = await refreshToken({ clientId: 'KEY', refreshToken: 'refresh-0' }).form()
  expect(form).not.toHaveProperty('client_secret')
})

test('goes on with the token it has as long as none comes', async () => {
  const { forms, renew } = setUp((index) => tokenReply(`token-${index}`, { refresh_token: ['', undefined, 7][index] }))
  await renew(3)
  expect(forms().map((form) => form['refresh_token'])).toEqual(Array(3).fill('refresh-0'))
})

test('a new one replaces the old one at once, and each is handed on, before the access token is used', async () => {
  const order: string[] = []
  const { forms, provider } = setUp(rotating, {
    onRefreshToken: async (token) => {
      await new Promise((resolve) => setImmediate(resolve))
      order.push(token)
    },
  })
  for (let turn = 0; turn < 3; turn++) {
    const token = await provider.token()
    order.push(token.accessToken)
    provider.refused(token)
  }
  expect(order).toEqual(['refresh-1', 'token-0', 'refresh-2', 'token-1', 'refresh-3', 'token-2'])
  expect(forms().map((form) => form['refresh_token'])).toEqual(['refresh-0', 'refresh-1', 'refresh-2'])
})

test('the same one again is not handed on', async () => {
  const handed: string[] = []
  const onRefreshToken = (token: string): void => void handed.push(token)
  const { renew } = setUp((index) => tokenReply(`token-${index}`, { refresh_token: 'refresh-0' }), { onRefreshToken })
  await renew(3)
  expect(handed).toEqual([])
})

test('a new one is kept even if the rest of the reply is of no use', async () => {
  const handed: string[] = []
  const { provider, forms } = setUp(
    (index) => (index === 0 ? { json: { refresh_token: 'refresh-1' } } : tokenReply('token')),
    { onRefreshToken: (token) => void handed.push(token) },
  )
  await expect(provider.token()).rejects.toMatchObject({ code: 'AUTH_REPLY_INCOMPLETE' })
  await provider.token()
  expect(handed).toEqual(['refresh-1'])
  expect(forms().at(-1)).toMatchObject({ refresh_token: 'refresh-1' })
})

test('one that cannot be kept fails the call, is used on, and offered again', async () => {
  let full = true
  const handed: string[] = []
  const { provider, forms } = setUp((index) => (index === 0 ? rotating(0) : tokenReply('token')), {
    onRefreshToken: (token) => {
      if (full) throw Object.assign(new Error(`no room for ${token}`), { code: 'ENOSPC' })
      handed.push(token)
    },
  })
  const error = (await provider.token().catch((thrown) => thrown)) as CustodyError
  expect(error).toMatchObject({ code: 'AUTH_REFRESH_TOKEN_NOT_KEPT', kind: 'failure', retryable: false })
  expect(error.message).toContain('ENOSPC')
  expect(error.cause).toBeUndefined()
  full = false
  await provider.token()
  expect(handed).toEqual(['refresh-1'])
  expect(forms().at(-1)).toMatchObject({ refresh_token: 'refresh-1' })
})

test('one that was used already, or expired, says what to do', async () => {
  const { provider } = setUp([
    { status: 400, json: { error: 'invalid_grant', error_description: 'expired access/refresh token' } },
  ])
  const error = (await provider.token().catch((thrown) => thrown)) as CustodyError
  expect(error).toMatchObject({ code: 'AUTH_REFRESH_TOKEN_EXPIRED', kind: 'sign-in' })
  expect(error.actions.join()).toMatch(/sign in again/)
})

test.each([{ clientId: '' }, { clientSecret: ' ' }, { refreshToken: '' }])('refused at construction: %j', (wrong) => {
  expect(() => refreshToken({ ...right, ...wrong })).toThrow(
    expect.objectContaining({ code: 'AUTH_OPTIONS', kind: 'usage' }),
  )
})
