/** A stretch of time `[from, to)` in which a zone's clocks are this far ahead of UTC. All in milliseconds. */
export interface OffsetSpan {
  readonly from: number
  readonly to: number
  readonly offset: number
}

// No zone has changed its clocks twice within a day since 1970 (a test compares with Temporal, which Node 24 does not have).
const stepMs = 86_400_000

/** How far a zone's clocks are ahead of UTC at an instant, by the time zone database of this Node. */
export function offsetReader(timeZone: string): (epochMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  return (epochMs) => {
    const [, sign, hours, minutes, seconds = 0] =
      /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(format.format(epochMs)) ?? []
    const offset = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
    return sign === '-' ? -offset : offset
  }
}

/** The zone's offset from an instant on, without an end, in spans of at most a day: neighbours may have the same offset. */
export function* offsetSpans(timeZone: string, startMs: number): Generator<OffsetSpan, never> {
  const offsetAt = offsetReader(timeZone)
  let from = startMs
  let offset = offsetAt(from)
  while (true) {
    const to = from + stepMs
    const next = offsetAt(to)
    if (next === offset) yield { from, to, offset }
    else {
      const change = findChange(offsetAt, { from, to, offset })
      yield { from, to: change, offset }
      if (change < to) yield { from: change, to, offset: next }
    }
    from = to
    offset = next
  }
}

/** The first instant of a span that has another offset than its beginning. */
function findChange(offsetAt: (epochMs: number) => number, { from, to, offset }: OffsetSpan): number {
  let [before, after] = [from, to]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (offsetAt(middle) === offset) before = middle
    else after = middle
  }
  return after
}
