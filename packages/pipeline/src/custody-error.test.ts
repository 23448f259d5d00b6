import { expect, expectTypeOf, test, vi } from 'vitest'
import { CustodyError, usageError } from './custody-error.ts'

test('an error says what happened and what to do', () => {
  const cause = new Error('underneath')
  const error = new CustodyError('SOME_CODE', 'It broke.', {
    kind: 'refused',
    cause,
    retryable: true,
    actions: ['Wait.'],
  })
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({
    name: 'CustodyError',
    code: 'SOME_CODE',
    message: 'It broke.',
    kind: 'refused',
    cause,
    retryable: true,
    actions: ['Wait.'],
  })
  expectTypeOf(error.code).toEqualTypeOf<'SOME_CODE'>()
})

test('defaults: a failure, not retryable, nothing to do, no cause at all', () => {
  const error = new CustodyError('X', 'It broke.')
  expect(error).toMatchObject({ kind: 'failure', retryable: false, actions: [] })
  expect('cause' in error).toBe(false)
  expect(new CustodyError('X', 'It broke.', { cause: undefined })).toHaveProperty('cause', undefined)
})

test('a usage error', () => {
  const error = usageError('BAD_OPTION', 'size must be positive', 'Give a positive size.', 'Or leave it out.')
  expect(error).toMatchObject({ kind: 'usage', actions: ['Give a positive size.', 'Or leave it out.'] })
  expectTypeOf(error.code).toEqualTypeOf<'BAD_OPTION'>()
})

test('an error of another copy of this package is known for what it is', async () => {
  vi.resetModules()
  const other = await import('./custody-error.ts')
  const error = new other.CustodyError('X', 'It broke.')
  expect(error instanceof CustodyError).toBe(false)
  expect(CustodyError.isInstance(error)).toBe(true)
  expect(other.CustodyError.isInstance(new CustodyError('X', 'It broke.'))).toBe(true)
})

test.each([undefined, null, 'text', 1, {}, new Error('plain'), { code: 'X', name: 'CustodyError' }])(
  'anything else is not: %s',
  (value) => {
    expect(CustodyError.isInstance(value)).toBe(false)
  },
)

test('the marker stays out of what is printed', () => {
  expect(Object.getOwnPropertySymbols({ ...new CustodyError('X', 'It broke.') })).toEqual([])
})
