import { faultOf, type RequestFault } from '../assert-request.ts'
import { addDays, isDay } from '../day.ts'
import type { Day, Manner, NewErasureRequest, Regime, SubjectIdentifiers } from '../erasure-request.ts'
import { regimes } from '../erasure-request.ts'
import { dueOn } from './due-on.ts'

/** A request as somebody types it: null for what was left out. */
export interface WrittenRequest {
  readonly reference: string
  readonly subject: SubjectIdentifiers
  readonly conversations: readonly string[]
  readonly received: string
  readonly regime: string | null
  readonly due: string | null
  readonly jurisdiction: string | null
  readonly manner: string | null
  readonly note: string | null
}

/** What is filled in, and checked against. */
export interface CompletionOptions {
  /** The regime of a request that names none. */
  readonly regime: Exclude<Regime, 'own'>
  readonly today: Day
}

/**
 * Fills in the due date. A given one may be earlier than the law's, never later: what the law does not allow needs the regime `own`.
 * Gives the fault of a request that cannot be taken.
 */
export function completeRequest(
  written: WrittenRequest,
  { regime: usual, today }: CompletionOptions,
): NewErasureRequest | RequestFault {
  const { reference, subject, conversations, received, due, jurisdiction, manner, note } = written
  const regime = written.regime?.toLowerCase() ?? usual
  if (!isRegime(regime)) return 'regime-unknown'
  if (!isDay(received)) return 'received-malformed'
  // Days are of UTC here: east of it the next one has begun.
  if (received > addDays(today, 1)) return 'received-in-future'
  if (due !== null && !isDay(due)) return 'due-malformed'
  if (due === null && regime === 'own') return 'due-missing'
  if (due !== null && regime !== 'own' && due > dueOn(regime, received)) return 'due-later-than-law'
  const request: NewErasureRequest = {
    reference,
    subject: unique(subject),
    conversations: [...new Set(conversations)],
    regime,
    receivedOn: received,
    dueOn: due ?? dueOn(regime, received),
    jurisdiction: jurisdiction?.toUpperCase() ?? null,
    manner: manner === null ? null : (manner.toLowerCase() as Manner),
    note,
  }
  return faultOf(request) ?? request
}

function isRegime(text: string): text is Regime {
  return (regimes as readonly string[]).includes(text)
}

function unique({ endUserIds, contactIds, phones, emails, platformKeys }: SubjectIdentifiers): SubjectIdentifiers {
  const once = (list: readonly string[]): readonly string[] => [...new Set(list)]
  return {
    endUserIds: once(endUserIds),
    contactIds: once(contactIds),
    phones: once(phones),
    emails: once(emails),
    platformKeys: once(platformKeys),
  }
}
