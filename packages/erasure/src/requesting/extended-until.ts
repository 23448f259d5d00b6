import { CustodyError, usageError } from '@custody/pipeline'
import { addDays, addMonths } from '../day.ts'
import type { Day, ErasureRequest } from '../erasure-request.ts'

/**
 * Until when a request may take at most, where whoever asked is told in time, and why.
 *
 * - `gdpr`: two further months, told within the first (GDPR Art. 12(3)).
 * - `ccpa`: 90 days in all, told within the first 45 (11 CCR 7021(b)).
 *
 * @throws CustodyError `ERASURE_EXTENSION_LATE` (refused) on a day after it was due; `ERASURE_REQUEST` (usage) for the regime `own`
 */
export function extendedUntil(
  { regime, receivedOn, dueOn }: Pick<ErasureRequest, 'regime' | 'receivedOn' | 'dueOn'>,
  today: Day,
): Day {
  if (regime === 'own') {
    throw usageError('ERASURE_REQUEST', 'The regime own has no rule by which a request is extended.')
  }
  if (today > dueOn) {
    throw new CustodyError(
      'ERASURE_EXTENSION_LATE',
      `The request was due on ${dueOn}: it cannot be extended any more.`,
      {
        kind: 'refused',
        actions: ['Whoever asked has to be told before that day. Carry it out: custody erase status.'],
      },
    )
  }
  return regime === 'gdpr' ? addMonths(receivedOn, 3) : addDays(receivedOn, 90)
}
