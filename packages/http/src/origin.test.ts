import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assertHttpsOrLoopback, resolveOnOrigin } from './origin.ts'

test.each([
  'https://acme.my.salesforce.com',
  'http://127.0.0.1:8080/',
  'http://127.1.2.3',
  'http://0x7f.1',
  'http://localhost:1',
  'http://[::1]:9',
])('accepts %s', (address) => {
  expect(assertHttpsOrLoopback(address, 'loginUrl').href).toBe(new URL(address).href)
})

test.each([
  '',
  'acme',
  'http://acme.example',
  'http://localhost.evil.example',
  'http://127.0.0.1.evil.example',
  'http://128.0.0.1',
  'http://[::2]',
  'ftp://127.0.0.1',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'https://user:hunter2@acme.example',
])('refuses %s without repeating a password', (address) => {
  const refusal = expect(() => assertHttpsOrLoopback(address, 'loginUrl'))
  refusal.toThrow(expect.objectContaining({ code: 'HTTP_INSECURE_URL', kind: 'usage' }))
  refusal.not.toThrow(/hunter2/)
})

test('a path keeps its own query, and gets ours behind it', () => {
  const url = resolveOnOrigin('https://acme.example', '/services/data/v66.0/query/01g-2000?x=1', {
    q: "SELECT Id WHERE Name = 'a&b+c'",
    none: undefined,
    limit: 0,
  })
  expect(url.origin).toBe('https://acme.example')
  expect([...url.searchParams]).toEqual([
    ['x', '1'],
    ['q', "SELECT Id WHERE Name = 'a&b+c'"],
    ['limit', '0'],
  ])
})

test.each([
  '//evil.example/x',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  ' //evil.example',
  'https://evil.example/',
  'https://acme.example/same-origin-but-no-path',
  '//acme.example:444/',
  '//user@acme.example/',
  'services/data',
  '',
  '@evil.example',
  '.evil.example',
  ':444/',
])('refuses the path %j', (path) => {
  expect(() => resolveOnOrigin('https://acme.example', path)).toThrow(
    expect.objectContaining({ code: 'HTTP_FOREIGN_ORIGIN', kind: 'refused' }),
  )
})

test('whatever the path, nothing leaves the origin', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    '@',
    ':',
    '.',
    '..',
    '?',
    '#',
    '\t',
    '\n',
    ' ',
    'evil',
    '%2f',
    'https:',
    '\u0000',
    '。',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      try {
        expect(resolveOnOrigin('https://acme.example', pieces.join('')).origin).toBe('https://acme.example')
      } catch (error) {
        expect(error).toMatchObject({ code: 'HTTP_FOREIGN_ORIGIN' })
      }
    }),
    { numRuns: 2_000 },
  )
})
