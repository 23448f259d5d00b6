import { usageError } from '@custody/pipeline'
import { addDays, addMonths, isDay } from '../day.ts'
import type { Day, Regime } from '../erasure-request.ts'

/**
 * The last day on which a request has to be answered.
 *
 * - `gdpr`: one month after receipt (GDPR Art. 12(3)). The month ends on the date on which it began, or on its last day where it has no
 *   such date (Regulation 1182/71 Art. 3(2)(c)). Art. 3(4) would let the month end on the next working day where that is a Saturday, a
 *   Sunday or a holiday: holidays differ from place to place, and a day too early harms nobody.
 * - `ccpa`: 45 calendar days after receipt, whether or not the person was verified meanwhile (11 CCR 7021(b)).
 *
 * @throws CustodyError `ERASURE_REQUEST` (usage) where the regime is `own`: such a day is given
 */
export function dueOn(regime: Regime, receivedOn: Day): Day {
  if (!isDay(receivedOn)) throw usageError('ERASURE_REQUEST', 'The day of receipt is no day written 2026-11-21.')
  switch (regime) {
    case 'gdpr':
      return addMonths(receivedOn, 1)
    case 'ccpa':
      return addDays(receivedOn, 45)
    case 'own':
      throw usageError('ERASURE_REQUEST', 'The regime own has no rule for the due date: it has to be given.')
  }
}
