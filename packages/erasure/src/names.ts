import { usageError } from '@custody/pipeline'

const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/

/** References, holds and matters are called so. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && name.test(value)
}

const operatorForm = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$/

/** @throws CustodyError `ERASURE_OPERATOR` (usage) */
export function assertOperator(value: unknown): asserts value is string {
  if (typeof value === 'string' && operatorForm.test(value)) return
  throw usageError(
    'ERASURE_OPERATOR',
    'An operator is an id of 1 to 80 letters, digits, dots, hyphens, underscores and colons.',
    'Give an id: a name or an e-mail address would stay on record.',
  )
}
