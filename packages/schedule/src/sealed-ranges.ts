import { usageError } from '@custody/pipeline'
import type { Window } from './instant.ts'
import { checkInstant } from './windows-of.ts'

/** Half-open, in epoch milliseconds. */
export interface Range {
  readonly from: number
  readonly to: number
}

/**
 * What windows cover together, in as few ranges as possible, oldest first. Windows may come in any order, overlap and stand twice.
 *
 * @throws CustodyError `SCHEDULE_INSTANT`, `SCHEDULE_SEALED`
 */
export function sealedRanges(sealed: readonly Window[]): readonly Range[] {
  const ranges = sealed.map(toRange).sort((a, b) => a.from - b.from)
  const merged: Range[] = []
  for (const range of ranges) {
    const last = merged.at(-1)
    if (last === undefined || range.from > last.to) merged.push(range)
    else if (range.to > last.to) merged[merged.length - 1] = { from: last.from, to: range.to }
  }
  return merged
}

function toRange(window: Window): Range {
  const from = checkInstant(window.from, 'from of a sealed window')
  const to = checkInstant(window.to, 'to of a sealed window')
  if (from < to) return { from, to }
  throw usageError(
    'SCHEDULE_SEALED',
    `A sealed window begins at ${window.from} and ends at ${window.to}: it holds nothing.`,
    'Give half-open windows that begin before they end.',
  )
}
