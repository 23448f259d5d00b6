import type { Instant, Window } from '@custody/model'

/** Into what a window is cut for a chart. */
export type BinSize = 'hour' | 'day' | 'month'

export interface TimeBins {
  readonly size: BinSize
  /** `2026-10-01`, `2026-10-01T07` or `2026-10`: the beginning of every instant in it. In order; none is left out. */
  readonly keys: readonly string[]
  /** The place of the bin that holds an instant; undefined outside of all. */
  indexOf(instant: Instant): number | undefined
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** A chart has no room for more bars, nor a reader for more rows. */
const daysMax = 400
const hoursMax = 48

/** Cuts a window into hours up to two days, into days up to a bit over a year, into months beyond. All by UTC. */
export function timeBins({ from, to }: Window): TimeBins {
  const begin = Date.parse(from)
  const last = Date.parse(to) - 1
  const size = last - begin < hoursMax * hourMs ? 'hour' : last - begin < daysMax * dayMs ? 'day' : 'month'
  const keys: string[] = []
  for (let at = begin; at <= last; at = next(at, size)) keys.push(keyOf(new Date(at).toISOString(), size))
  const places = new Map(keys.map((key, index) => [key, index]))
  return { size, keys, indexOf: (instant) => places.get(keyOf(instant, size)) }
}

/** The beginning of the next bin. */
function next(at: number, size: BinSize): number {
  if (size === 'hour') return at - modulo(at, hourMs) + hourMs
  if (size === 'day') return at - modulo(at, dayMs) + dayMs
  const date = new Date(at)
  // Not Date.UTC, which takes the years 0 to 99 for others.
  date.setUTCHours(0, 0, 0, 0)
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + 1)
  return date.getTime()
}

function modulo(at: number, of: number): number {
  return ((at % of) + of) % of
}

/** Years have four digits, or six and a sign. */
function keyOf(instant: Instant, size: BinSize): string {
  const day = instant.indexOf('T')
  return instant.slice(0, size === 'hour' ? day + 3 : size === 'day' ? day : day - 3)
}
