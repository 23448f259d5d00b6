import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jwtLifetimeMs } from './jwt-lifetime.ts'
import { jwt } from './testing/fake-endpoint.ts'

const now = 1_700_000_000_000

test('exp - iat counts, whatever the clock here says', () => {
  const token = jwt({ iat: 1_000, exp: 2_800 })
  expect(jwtLifetimeMs(token, now)).toBe(1_800_000)
  expect(jwtLifetimeMs(token, 0)).toBe(1_800_000)
})

test('without iat, exp counts from now', () => {
  expect(jwtLifetimeMs(jwt({ exp: now / 1_000 + 60 }), now)).toBe(60_000)
})

test.each([
  ['opaque', '00Dxx!AQcAQ.H0dMHZfz972Szm'],
  ['two dots without a payload', '..'],
  ['no JSON', 'a.b.c'],
  ['not an object', jwt(5)],
  ['null', jwt(null)],
  ['no exp', jwt({ iat: 1 })],
  ['exp as text', jwt({ exp: '2000' })],
  ['expired', jwt({ exp: now / 1_000 })],
  ['exp before iat', jwt({ iat: 20, exp: 10 })],
  ['no finite number', jwt({ iat: 0, exp: 1e308 })],
  ['empty', ''],
])('null: %s', (_name, token) => expect(jwtLifetimeMs(token, now)).toBeNull())

test('never throws', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().map((text) => `a.${Buffer.from(text).toString('base64url')}.c`),
      ),
      (token) => {
        const life = jwtLifetimeMs(token, now)
        expect(life === null || life > 0).toBe(true)
      },
    ),
  )
})
