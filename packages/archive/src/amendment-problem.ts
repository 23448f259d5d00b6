import type { Window } from '@custody/model'
import type { AmendmentRow } from './amendments-report.ts'

const name = /^[0-9a-f]{32,64}$/
const digest = /^[0-9a-f]{64}$/
const archiveName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/** What is wrong with a row of amendments.csv, or null. The writer and `verify` ask alike. */
export function amendmentProblem(
  { kind, entry, sentAt, before, after, amends }: Omit<AmendmentRow, 'conversation' | 'entryId'>,
  window: Window | undefined,
): string | null {
  const isLate = kind === 'late'
  const isVanished = kind === 'vanished'
  if (!isLate && !isVanished && kind !== 'changed') return 'a row is neither late, changed nor vanished'
  if (!name.test(entry)) return 'an entry is not named by a hash'
  if (window && !(sentAt >= window.from && sentAt < window.to)) return 'an entry is of a time outside of the window'
  if (isLate ? before !== null : !digest.test(before ?? '')) return 'a digest of before is not as its kind needs it'
  if (isVanished ? after !== null : !digest.test(after ?? '')) return 'a digest of now is not as its kind needs it'
  if (isLate ? amends !== null : !archiveName.test(amends ?? '')) return 'the archive that is amended is not named'
  return null
}
