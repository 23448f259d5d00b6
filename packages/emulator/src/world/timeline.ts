import { hash32 } from '../random.ts'
import type { Month } from './calendar.ts'
import { purpose } from './purposes.ts'

const day = 86_400_000

/** How far before and after the month conversations start. */
const margin = 3 * day

/**
 * When conversations start: later along the index, so that a window of time is a range of indexes and nothing has to be
 * sorted. A few start before the month and a few after it.
 */
export interface Timeline extends Month {
  readonly conversations: number
  /** Indexes that start inside the month: `[first, end)`. */
  readonly first: number
  readonly end: number
  startOf(index: number): number
  /** The lowest index that starts at or after `time`; the number of conversations when there is none. */
  firstAtOrAfter(time: number): number
  /** The border of the month this conversation is made to run across, if any. */
  straddles(index: number): number | undefined
}

export function createTimeline(seed: number, conversations: number, { from, to }: Month): Timeline {
  const outside = conversations < 8 ? 0 : Math.min(2_000, Math.max(2, Math.round(conversations * 0.05)))
  const first = outside
  const end = conversations - outside
  const straddlers = Math.min(2, Math.max(0, outside - 1))

  function startOf(index: number): number {
    const jitter = 0.05 + (hash32(seed, purpose.start, index) / 4294967296) * 0.9
    if (index < first) return from - margin + Math.floor(((index + jitter) * margin) / first)
    if (index < end) return from + Math.floor(((index - first + jitter) * (to - from)) / (end - first))
    return to + Math.floor(((index - end + jitter) * margin) / outside)
  }

  return {
    from,
    to,
    conversations,
    first,
    end,
    startOf,
    firstAtOrAfter(time) {
      let low = 0
      let high = conversations
      while (low < high) {
        const middle = (low + high) >>> 1
        if (startOf(middle) < time) low = middle + 1
        else high = middle
      }
      return low
    },
    straddles(index) {
      if (index < first && index >= first - straddlers) return from
      if (index < end && index >= end - straddlers) return to
      return undefined
    },
  }
}
