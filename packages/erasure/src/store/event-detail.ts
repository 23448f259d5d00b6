import { type CustodyError, usageError } from '@custody/pipeline'
import type { NewErasureEvent } from '../erasure-store.ts'
import { assertOperator } from '../names.ts'

const actForm = /^[a-z][a-z0-9-]{0,59}$/
const keyForm = /^[A-Za-z][A-Za-z0-9_-]{0,59}$/
// Codes, times, digests, ids of logs: nothing a person could be called, written to, or rung up by.
const wordForm = /^[!-?A-~]{0,200}$/
const phoneForm = /^\+?[\d()./-]{7,}$/

/**
 * The detail of an event, as it is kept for good.
 *
 * @throws CustodyError `ERASURE_EVENT` (usage)
 */
export function eventDetail({ act, operator, detail }: NewErasureEvent): string {
  if (!actForm.test(act)) throw badEvent('an act is a code in small letters')
  if (operator !== null) assertOperator(operator)
  for (const [key, value] of Object.entries(detail)) {
    if (!keyForm.test(key)) throw badEvent('a name in its detail is no word')
    if (typeof value === 'string' && (!wordForm.test(value) || isPhone(value))) {
      throw badEvent(`${key} is neither a code nor a time, a digest or an id`)
    }
  }
  return JSON.stringify(detail)
}

function isPhone(value: string): boolean {
  // A day, and a time that begins with one, are written with digits and hyphens too.
  return phoneForm.test(value) && !/^\d{4}-\d{2}-\d{2}/.test(value)
}

function badEvent(why: string): CustodyError {
  return usageError('ERASURE_EVENT', `An event of an erasure cannot be recorded: ${why}.`)
}
