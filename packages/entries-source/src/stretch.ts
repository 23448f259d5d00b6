/** What paging has to know of an entry. */
export interface PageItem {
  /** The same for the same entry, on whatever page it comes. */
  readonly key: string
  /** Epoch milliseconds by the clock that orders the conversation, null when the entry does not tell. */
  readonly at: number | null
  /** Whether it is a message of the sort that sessions count: an agent's or an end user's. */
  readonly isCounted: boolean
}

/** A stretch of the conversation that is not yet proven to be read whole. Null bounds are open. */
export interface Stretch {
  readonly start: number | null
  readonly end: number | null
  /**
   * - `whole`: the first question.
   * - `again`: the first question once more, since an empty page proves nothing.
   * - `before`, `after`: what lies beyond the first or last entry of a page; known entries in it stand at that border.
   * - `beyond`: what lies beyond such a border without the border, to tell whether its page was filled by equal times.
   * - `inside`: half of a page that came in no order, so that its entries may have been picked from anywhere.
   */
  readonly kind: 'whole' | 'again' | 'before' | 'after' | 'beyond' | 'inside'
  readonly pageToken: string | null
  /** Whether it is asked for once more, since its first page lacked known entries that stand in it. */
  readonly isRepeat: boolean
  /** How many different entries the page had that raised the question; 0 for none. */
  readonly askedBy: number
}

/** Whether a page has entries from outside its stretch. */
export function isOutside({ start, end }: Stretch, items: readonly PageItem[]): boolean {
  return timesOf(items).some((at) => at < (start ?? at) || at > (end ?? at))
}

/** The first question: everything. */
export const whole: Stretch = { start: null, end: null, kind: 'whole', pageToken: null, isRepeat: false, askedBy: 0 }

/** Everything once more, in other words. Not from 0, which may count as absent. */
export const again: Stretch = { ...whole, start: 1, kind: 'again' }

/** Which part of a stretch to ask for. An absent bound is that of the stretch. */
export interface Question extends Pick<Stretch, 'kind' | 'askedBy'> {
  readonly start?: number
  readonly end?: number
}

/** The part of a stretch that a question is about; null when nothing of it lies in the stretch. */
export function partOf(stretch: Stretch, { kind, askedBy, ...bounds }: Question): Stretch | null {
  const start = Math.max(bounds.start ?? -Infinity, stretch.start ?? -Infinity)
  const end = Math.min(bounds.end ?? Infinity, stretch.end ?? Infinity)
  if (start > end) return null
  return { ...whole, kind, askedBy, start: start === -Infinity ? null : start, end: end === Infinity ? null : end }
}

/** Whether an entry of this time lies in a stretch for certain, whether its bounds are inclusive or not. */
export function stands(at: number, { start, end }: Stretch): boolean {
  return at > (start ?? -Infinity) && at + overlap(at) - 1 < (end ?? Infinity)
}

/**
 * How far a bound reaches back over what is known: whether bounds are inclusive is unknown. An instant on a whole second
 * may have been cut to it.
 */
export function overlap(at: number): number {
  return at % 1000 === 0 ? 1000 : 1
}

/** Pages may repeat entries. */
export function distinct(items: readonly PageItem[]): number {
  return new Set(items.map(({ key }) => key)).size
}

export function timesOf(items: readonly PageItem[]): readonly number[] {
  return items.flatMap(({ at }) => (at === null ? [] : [at]))
}

/** A page that runs one way was cut at its ends, if at all: nothing is missing between two of its entries. */
export function inOrder(times: readonly number[]): boolean {
  const runs = (before: (a: number, b: number) => boolean): boolean =>
    times.every((time, index) => index === 0 || before(times[index - 1] as number, time))
  return runs((a, b) => a <= b) || runs((a, b) => a >= b)
}
