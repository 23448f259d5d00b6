import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readReply } from './sign-in-reply.ts'

const jwt = (claims: unknown): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`

test('scopes come from the reply, else from the token', () => {
  expect(readReply({ scope: ' sfap_api  api ' }).scopes).toEqual(['sfap_api', 'api'])
  expect(readReply({ access_token: jwt({ scp: 'a b' }) }).scopes).toEqual(['a', 'b'])
  expect(readReply({ access_token: jwt({ scp: ['a', 'b'] }) }).scopes).toEqual(['a', 'b'])
  expect(readReply({ access_token: 'opaque' }).scopes).toBeNull()
  expect(readReply({ scope: '' }).scopes).toEqual([])
})

test('a JWT tells how long it lives, in its own times', () => {
  expect(readReply({ access_token: jwt({ iat: 100, exp: 1_900 }) })).toMatchObject({
    isJwt: true,
    lifetimeMs: 1_800_000,
  })
  expect(readReply({ access_token: jwt({ exp: 1_900 }) })).toMatchObject({ isJwt: true, lifetimeMs: null })
  expect(readReply({ access_token: '00D!AQ.a.b' })).toMatchObject({ isJwt: false })
})

test('only an address is a gateway', () => {
  expect(readReply({ api_instance_url: 'https://api.salesforce.com/x' }).gateway).toBe('https://api.salesforce.com')
  expect(readReply({ api_instance_url: 'nowhere' }).gateway).toBeNull()
})

test('no reply makes it throw, and no token is in what it gives', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('access_token', 'scope', 'api_instance_url'), fc.jsonValue()),
      (reply) => {
        expect(() => readReply(reply)).not.toThrow()
      },
    ),
  )
  const token = jwt({ scp: 'api', sub: 'uid:005000000000001AAA' })
  expect(JSON.stringify(readReply({ access_token: token }))).not.toMatch(/uid|e30/)
})
