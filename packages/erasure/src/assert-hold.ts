import { usageError } from '@custody/pipeline'
import { isDay } from './day.ts'
import type { HoldScope, NewHold } from './hold.ts'
import { isName } from './names.ts'

const MAX_IDS = 10_000
const MAX_ID_LENGTH = 255

/** @throws CustodyError `ERASURE_HOLD` (usage) */
export function assertHold({ id, matter, ground, scope, expiresOn }: NewHold): void {
  if (!isName(id) || !isName(matter)) {
    throw usageError(
      'ERASURE_HOLD',
      'A hold and its matter are called by letters, digits, dots, hyphens, underscores: at most 80.',
    )
  }
  if (ground !== 'legal-hold' && ground !== 'statutory-retention') {
    throw usageError('ERASURE_HOLD', 'The ground of a hold is legal-hold or statutory-retention.')
  }
  if (expiresOn !== null && !isDay(expiresOn)) {
    throw usageError('ERASURE_HOLD', 'A hold ends on a day that is written 2026-11-21.')
  }
  if (!isScope(scope)) {
    throw usageError(
      'ERASURE_HOLD',
      'A hold covers end users, contacts or conversations by id, a window of days, or everything.',
      'A window ends after it begins; an id has at most 255 characters, and there are 10,000 at most.',
    )
  }
}

function isScope(scope: HoldScope): boolean {
  if (scope.type === 'everything') return true
  if (scope.type === 'window') return isDay(scope.from) && isDay(scope.to) && scope.from < scope.to
  const { ids } = scope
  return (
    ['end-user', 'contact', 'conversation'].includes(scope.type) &&
    ids.length > 0 &&
    ids.length <= MAX_IDS &&
    ids.every((id) => typeof id === 'string' && id !== '' && id.length <= MAX_ID_LENGTH)
  )
}
