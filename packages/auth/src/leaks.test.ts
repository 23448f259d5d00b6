import { inspect } from 'node:util'
import type { Transport } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import { fakeClock } from '@custody/testkit'
import { expect, test } from 'vitest'
import { createData360TokenProvider } from './data360-token-provider.ts'
import { clientCredentials, type Grant } from './grant.ts'
import { jwtBearer } from './jwt-bearer.ts'
import { refreshToken } from './refresh-token.ts'
import { fakeEndpoint, type Reply, tokenReply } from './testing/fake-endpoint.ts'
import { rsaKey } from './testing/keys.ts'
import type { TokenEvent } from './token-event.ts'
import { createTokenProvider } from './token-provider.ts'
import { usernamePassword } from './username-password.ts'

// Lower case on purpose: these look like OAuth codes, which are repeated in errors.
const secret = 'hunter_two_hunter'
const password = 'correct_horse_battery'
const securityToken = 'staple_of_security'
const refresh = 'refresh_again_and_again'
const rotated = 'rotated_for_next_time'
const token = 'granted_token_value'
const { privateKey } = rsaKey()
const keyText = privateKey.split('\n')[5] ?? ''

const clientId = 'KEY-3MVG9'
const grants: readonly (() => Grant)[] = [
  () => clientCredentials({ clientId, clientSecret: secret }),
  () => usernamePassword({ clientId, clientSecret: secret, username: 'a@acme.example', password, securityToken }),
  () => refreshToken({ clientId, clientSecret: secret, refreshToken: refresh }),
  () =>
    refreshToken({
      clientId,
      refreshToken: refresh,
      onRefreshToken: (held) => Promise.reject(new Error(held)),
    }),
  () => jwtBearer({ clientId, username: 'a@acme.example', audience: 'https://acme.example', key: privateKey }),
  () =>
    jwtBearer({
      clientId,
      username: 'a@acme.example',
      audience: 'https://acme.example',
      signer: (data) => Promise.reject(new Error(Buffer.from(data).toString(), { cause: privateKey })),
    }),
]

/** Replies that repeat `word` wherever a reply can hold something. */
const echoes = (word: string): readonly Reply[] => [
  { status: 400, json: { error: word, error_description: word } },
  { status: 400, json: { error: 'invalid_grant', error_description: `${word} ${token}` } },
  { status: 401, text: `<html>${word}</html>` },
  { status: 401, json: { error: 'invalid_token', error_description: word } },
  { status: 500, json: [{ errorCode: word, message: word }] },
  { status: 302, headers: { location: `https://evil.example/?${word}` }, text: word },
  { text: `{"${word}` },
  { text: `<html>${word}` },
  { json: { error: word } },
  { json: { [word]: token, refresh_token: rotated } },
  { json: { access_token: `${token}\n`, [word]: 1, refresh_token: rotated } },
  tokenReply(token, { instance_url: `http://${word}.example` }),
  tokenReply(token, { instance_url: `https://${word}:${token}@acme.example`, refresh_token: rotated }),
  tokenReply(token, { api_instance_url: word }),
  { error: new Error(word, { cause: new Error(token) }) },
  { text: word, cut: true },
]

/** Everything that is secret. */
const words = [secret, password, securityToken, refresh, rotated, token, keyText]

function leaksOf(text: string): string[] {
  // What looks like a JWT is an assertion, or the part of it that is signed.
  return [...words.filter((word) => text.includes(word)), ...(text.match(/eyJ[\w-]{10}|PRIVATE KEY/g) ?? [])]
}

/** A value as text, in every way it may be printed. */
function everything(value: unknown): string {
  const parts = [inspect(value, { depth: 20, showHidden: true, maxStringLength: null }), String(value)]
  for (let at = value; at instanceof Error; at = at.cause) {
    parts.push(at.message, at.stack ?? '', JSON.stringify(at))
    parts.push(JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(at))))
  }
  return parts.join('\n')
}

test('what is looked for would be found', () => {
  for (const word of words) expect(leaksOf(word)).toEqual([word])
  expect(leaksOf(everything(new Error('x', { cause: new Error(secret) })))).toEqual([secret])
  expect(leaksOf(everything({ deep: { down: { held: keyText } } }))).toEqual([keyText])
})

/** Repeats one after the other of what was posted, in one after the other of all the ways. */
function parrot(number: number): Transport {
  return (request) => {
    const posted = [...new URLSearchParams(String(request.body)).values()]
    const word = posted[number % posted.length] ?? ''
    return fakeEndpoint([echoes(word)[Math.floor(number / posted.length)] ?? { json: {} }])(request)
  }
}

test('whatever the endpoint does, no secret gets into an error, an event, or what is printed of a grant or a provider', async () => {
  for (const make of grants) {
    for (let number = 0; number < 6 * echoes('').length; number++) {
      const grant = make()
      const events: TokenEvent[] = []
      const provider = createTokenProvider({
        user: 'archive-1',
        loginUrl: 'https://acme.my.salesforce.com',
        grant,
        transport: parrot(number),
        clock: fakeClock({ auto: true }),
        onEvent: (event) => events.push(event),
      })
      const error = await provider.token().catch((thrown) => thrown)
      expect(CustodyError.isInstance(error)).toBe(true)
      expect(leaksOf(everything([error, events, grant, provider]) + everything(error))).toEqual([])
    }
  }
})

test('nor of what an exchange for Data 360 is given', async () => {
  const orgToken = 'org_token_of_this_user'
  for (const echo of echoes(orgToken)) {
    const events: TokenEvent[] = []
    const provider = createData360TokenProvider({
      tokens: {
        token: async () => ({
          accessToken: orgToken,
          user: 'archive-1',
          instanceUrl: 'https://acme.my.salesforce.com',
          apiUrl: 'https://api.salesforce.com',
          expiresAt: null,
        }),
        refused: () => {},
      },
      transport: fakeEndpoint([echo]),
      clock: fakeClock({ auto: true }),
      onEvent: (event) => events.push(event),
    })
    const error = await provider.token().catch((thrown) => thrown)
    // The one reply that is fine to the exchange: it knows no api_instance_url.
    if (!CustodyError.isInstance(error)) continue
    const text = everything(error) + everything([events, provider])
    expect(leaksOf(text)).toEqual([])
    expect(text).not.toContain(orgToken)
  }
})

test('nor of a key that cannot be used', () => {
  for (const key of [privateKey.replace('MII', 'XXX'), privateKey.slice(0, 900), rsaKey(1_024).privateKey]) {
    const error = (() => {
      try {
        return jwtBearer({ clientId, username: 'a', audience: 'https://acme.example', key })
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toMatchObject({ code: 'AUTH_KEY' })
    const lines = key.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'))
    for (const line of lines) expect(everything(error)).not.toContain(line)
  }
})
