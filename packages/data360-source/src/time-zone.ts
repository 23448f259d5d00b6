/** How far a zone's clocks are ahead of UTC. */
export interface TimeZone {
  readonly id: string
  /** At an instant, in milliseconds. */
  offsetAt(epochMs: number): number
}

const DAY = 86_400_000
/** Clocks are turned on full quarters of an hour. */
const QUARTER = 900_000
/** Some months of them. */
const quartersRemembered = 20_000

/** @throws RangeError for a name that is no zone */
export function createTimeZone(id: string): TimeZone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: id,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  // Entries come from one window, and the calendar is most of the work.
  const known = new Map<number, number>()
  return {
    id,
    offsetAt(epochMs) {
      const quarter = Math.floor(epochMs / QUARTER)
      let offset = known.get(quarter)
      if (offset === undefined) {
        offset = readOffset(format, quarter * QUARTER)
        if (known.size >= quartersRemembered) known.clear()
        known.set(quarter, offset)
      }
      return offset
    },
  }
}

function readOffset(format: Intl.DateTimeFormat, epochMs: number): number {
  const parts = new Map(format.formatToParts(epochMs).map(({ type, value }) => [type, value]))
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type))
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return wall - epochMs
}

/**
 * The instant at which a zone's clocks show a wall time, both in epoch milliseconds (the wall time as if it were UTC). A time that
 * they show twice is the first of both; one that they skip is as far behind the gap as it lies in it.
 */
export function wallToEpoch(wallMs: number, zone: TimeZone): number {
  const before = wallMs - zone.offsetAt(wallMs - DAY)
  const after = wallMs - zone.offsetAt(wallMs + DAY)
  const shown = [before, after].filter((epochMs) => epochMs + zone.offsetAt(epochMs) === wallMs)
  return shown.length === 0 ? before : Math.min(...shown)
}

/** What a zone's clocks show at an instant, as if it were UTC. */
export function epochToWall(epochMs: number, zone: TimeZone): number {
  return epochMs + zone.offsetAt(epochMs)
}
