import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readErrorBody } from './error-body.ts'
import { refused, unreachable, unusable } from './failure.ts'
import { HttpStatusError } from './http-status-error.ts'

const limitBody = (message: string): string => JSON.stringify([{ message, errorCode: 'REQUEST_LIMIT_EXCEEDED' }])

function answer(status: number, text = '', headers: Readonly<Record<string, string>> = {}, attempt = 1) {
  return refused({ endpoint: 'query', attempt, status, headers, text, now: 0 })
}

test.each([
  ['core REST', '[{"message":"m","errorCode":"INVALID_FIELD","fields":["a"]}]', 'INVALID_FIELD'],
  ['gateway', '{"error":"NOT_FOUND","message":"m"}', 'NOT_FOUND'],
  ['gateway, exception class', '{"error":"HttpMediaTypeNotSupportedException","message":"m"}', null],
  ['OAuth', '{"error":"invalid_grant","error_description":"m"}', 'invalid_grant'],
  ['problem details', '{"type":"about:blank","title":"t","status":404,"detail":"d","instance":"urn:trace:1"}', null],
  ['text', 'Service Unavailable', null],
  ['HTML', '<html>INVALID_FIELD</html>', null],
  ['empty', '', null],
  ['empty array', '[]', null],
  ['null', 'null', null],
  ['nulls', '[null]', null],
  ['a lower-case word that is no OAuth code', '{"error":"anna_schmidt"}', null],
  ['a code with a line break', '[{"errorCode":"INVALID_FIELD\\n"}]', null],
  ['too short', '[{"errorCode":"AB"}]', null],
  ['shortest', '[{"errorCode":"ABC"}]', 'ABC'],
  ['longest', `[{"errorCode":"${'A'.repeat(60)}"}]`, 'A'.repeat(60)],
  ['too long', `[{"errorCode":"${'A'.repeat(61)}"}]`, null],
  ['no string', '[{"errorCode":{"toString":1}}]', null],
  ['prototype', '{"__proto__":{"errorCode":"INVALID_FIELD"}}', null],
])('error body: %s', (_name, text, expected) => {
  expect(readErrorBody(text).errorCode).toBe(expected)
})

test('nothing of a body but its code gets into an error', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z]{4} [a-z]{12} [0-9]{6}$/),
      fc.constantFrom(400, 403, 404, 500),
      (words, status) => {
        for (const body of [
          [{ message: words, errorCode: words, fields: [words] }],
          { error: words, message: words },
          { error: words, error_description: words },
          { type: words, title: words, detail: words },
          words,
        ]) {
          const { error } = answer(status, JSON.stringify(body))
          expect(JSON.stringify([error, error.message, error.stack, error.actions])).not.toContain(words)
          expect(error.cause).toBeUndefined()
        }
      },
    ),
  )
})

test.each([408, 425, 429, 500, 502, 503, 504])('%s is worth another attempt', (status) => {
  const { error, reason } = answer(status)
  expect(reason).toBe(status === 429 ? 'rate-limit' : 'unavailable')
  expect(error).toMatchObject({ code: `HTTP_${status}`, retryable: true, status })
})

test.each([400, 401, 403, 404, 405, 410, 412, 414, 423, 431, 501, 505])('%s is final', (status) => {
  const { error, reason } = answer(status)
  expect(reason).toBeNull()
  expect(error.retryable).toBe(false)
  expect(error.actions.length).toBeGreaterThan(0)
  expect(error.kind).toBe(status === 401 || status === 403 ? 'sign-in' : 'failure')
})

test.each([301, 302, 303, 307, 308])('%s is not followed', (status) => {
  expect(answer(status, '', { location: 'https://evil.example' })).toMatchObject({
    error: { code: 'HTTP_REDIRECT', retryable: false },
    reason: null,
  })
})

test('a used-up daily allowance is final but retryable; too many calls at once is tried again', () => {
  expect(answer(403, limitBody('TotalRequests Limit exceeded.'))).toMatchObject({
    error: { code: 'HTTP_403', kind: 'failure', retryable: true, errorCode: 'REQUEST_LIMIT_EXCEEDED' },
    reason: null,
  })
  for (const message of ['ConcurrentRequests Limit exceeded.', 'ConcurrentPerOrgLongTxn Limit exceeded', '???']) {
    expect(answer(403, limitBody(message)).reason).toBe('rate-limit')
  }
})

test('the error says endpoint, status, code, attempts and the wait asked for', () => {
  const { error } = answer(429, '', { 'retry-after': '3600' }, 8)
  expect(error).toBeInstanceOf(HttpStatusError)
  expect(error).toMatchObject({ endpoint: 'query', retryAfterMs: 3_600_000 })
  expect(error.message).toBe('query was answered with 429 after 8 attempts.')
  expect(error.actions.join()).toContain('60 min')
})

test('no answer: the code of the network is named, from however deep', () => {
  const deep = Object.assign(new Error('token-1'), { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) })
  const { error, reason } = unreachable({ endpoint: 'query', attempt: 2 }, 'https://acme.example', deep)
  expect(error.message).toBe('query: no answer from https://acme.example (ECONNRESET) (2 attempts).')
  expect(reason).toBe('unreachable')
  expect(unreachable({ endpoint: 'query', attempt: 1 }, 'https://a.example', undefined).error.message).toBe(
    'query: no answer from https://a.example.',
  )
})

test('a certificate that does not hold is final', () => {
  const wrong = Object.assign(new Error(), { code: 'SELF_SIGNED_CERT_IN_CHAIN' })
  const { error, reason } = unreachable({ endpoint: 'query', attempt: 1 }, 'https://a.example', wrong)
  expect(reason).toBeNull()
  expect(error.retryable).toBe(false)
  expect(error.actions.join()).toContain('NODE_EXTRA_CA_CERTS')
})

test('a body that is too large is final, the other faults are not', () => {
  const place = { endpoint: 'query', attempt: 1 }
  expect(unusable(place, 'too-large', 10).reason).toBeNull()
  expect(unusable(place, 'truncated', 10).reason).toBe('body-truncated')
  expect(unusable(place, 'undecodable', 10).reason).toBe('not-json')
  expect(unusable(place, 'not-json', 10).reason).toBe('not-json')
})
