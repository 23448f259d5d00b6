import { fakeClock } from '@custody/testkit'
import { expect, test } from 'vitest'
import type { Token } from './token.ts'
import { createTokenDoubt } from './token-doubt.ts'

const token = (accessToken: string): Token => ({
  accessToken,
  user: 'archive-1',
  instanceUrl: 'https://acme.example',
  apiUrl: 'https://api.example',
  expiresAt: null,
})
const [first, second, third] = ['1', '2', '3'].map(token) as [Token, Token, Token]

test('one call doubts its token once, however often it is replaced meanwhile', () => {
  const doubt = createTokenDoubt(fakeClock())
  const judge = doubt.call('api')
  doubt.seen(first)
  expect(judge(404, first)).toBe('renew')
  doubt.seen(second)
  doubt.seen(third)
  expect(judge(404, second)).toBe('trust')
})

test('between two 404s of a call something else may fail', () => {
  const doubt = createTokenDoubt(fakeClock())
  const judge = doubt.call('api')
  doubt.seen(first)
  expect([judge(404, first), judge(503, second), judge(null, second), judge(404, second)]).toEqual([
    'renew',
    'trust',
    'trust',
    'trust',
  ])
})

test('a 401 after a 404 is a reason of its own', () => {
  const doubt = createTokenDoubt(fakeClock())
  const judge = doubt.call('api')
  doubt.seen(first)
  expect([judge(404, first), judge(401, second), judge(401, third)]).toEqual(['renew', 'renew', 'trust'])
})

test('a lane that is slow to use a replaced token does not make it current again', () => {
  const doubt = createTokenDoubt(fakeClock())
  const fast = doubt.call('api')
  const slow = doubt.call('api')
  doubt.seen(first)
  expect(fast(404, first)).toBe('renew')
  doubt.seen(first)
  expect(slow(404, first)).toBe('replay')
})

test('the same text issued again is another token', () => {
  const doubt = createTokenDoubt(fakeClock())
  const again = token('1')
  doubt.seen(first)
  expect(doubt.call('api')(404, first)).toBe('renew')
  doubt.seen(again)
  expect(doubt.call('api')(404, again)).toBe('trust')
})
