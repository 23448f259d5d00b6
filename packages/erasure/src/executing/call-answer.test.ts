import { HttpStatusError } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerOf } from './call-answer.ts'

const status = (code: number, errorCode: string | null = null): HttpStatusError =>
  new HttpStatusError({
    status: code,
    endpoint: 'delete-participants',
    errorCode,
    retryAfterMs: null,
    retryable: false,
    attempt: 1,
  })

test('whatever may have been carried out is lost, and never counts as refused or to be sent anew', () => {
  const uncertain = fc.oneof(fc.integer({ min: 500, max: 599 }), fc.constantFrom(408, 425, 300, 302, 304))
  fc.assert(
    fc.property(uncertain, (code) => {
      expect(answerOf(status(code)).type).toBe('lost')
    }),
  )
  for (const code of [
    'HTTP_ANSWER_LOST',
    'HTTP_BODY_TRUNCATED',
    'HTTP_BODY_TOO_LARGE',
    'HTTP_REDIRECT',
    'HTTP_CLOSED_X',
  ]) {
    expect(answerOf(new CustodyError(code, 'x')).type).toBe('lost')
  }
  expect(answerOf(new TypeError('x'))).toEqual({ type: 'lost', code: 'UNKNOWN' })
})

test('what was certainly not carried out is told apart from what was refused', () => {
  for (const code of ['HTTP_UNREACHABLE', 'ERASURE_CALL_ANEW', 'AUTH_REPLY_MALFORMED']) {
    expect(answerOf(new CustodyError(code, 'x'))).toEqual({ type: 'anew', code })
  }
  expect(answerOf(status(429)).type).toBe('busy')
  expect(answerOf(status(403, 'REQUEST_LIMIT_EXCEEDED')).type).toBe('busy')
  expect(answerOf(status(403)).type).toBe('denied')
  expect(answerOf(new CustodyError('AUTH_REFUSED', 'x', { kind: 'sign-in' })).type).toBe('denied')
  fc.assert(
    fc.property(fc.integer({ min: 400, max: 499 }), (code) => {
      const special = [401, 403, 404, 408, 409, 412, 423, 425, 429]
      if (!special.includes(code)) expect(answerOf(status(code))).toEqual({ type: 'refused', status: code })
    }),
  )
})
