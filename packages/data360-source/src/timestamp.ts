import { type Instant, isRawJson, toInstant, type Window } from '@custody/model'
import { usageError } from '@custody/pipeline'
import { wallTimeSlackMs } from './assumptions.ts'
import type { TimeFilter } from './sql.ts'
import { createTimeZone, epochToWall, type TimeZone, wallToEpoch } from './time-zone.ts'

export interface TimestampOptions {
  /** The zone of timestamps that name none. */
  readonly timeZone: string
  /** `'as-labelled'`, or the zone whose wall time stands behind the label UTC. */
  readonly timestampsAre: string
}

/** Reads timestamps as one org writes them, and writes them for its filter. */
export interface Timestamps {
  toInstant(value: unknown): Instant | null
  toFilter(window: Window): TimeFilter
}

const utcLabel = /(?:Z|z| ?UTC|[+-]00(?::?00)?)$/
const unlabelled = /[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,20})?)?$/

/** @throws CustodyError `DATA360_TIME_ZONE` (usage) */
export function createTimestamps({ timeZone, timestampsAre }: TimestampOptions): Timestamps {
  const ofUnlabelled = zoneOf('timeZone', timeZone)
  const ofUtc = timestampsAre === 'as-labelled' ? null : zoneOf('timestampsAre', timestampsAre)
  return {
    toInstant(value) {
      const text = isRawJson(value) ? value.rawJSON : value
      if (typeof text !== 'string') return toInstant(text)
      if (unlabelled.test(text)) return fromWall(`${text}Z`, ofUtc ?? ofUnlabelled)
      if (ofUtc !== null && utcLabel.test(text)) return fromWall(text, ofUtc)
      return toInstant(text)
    },
    toFilter({ from, to }) {
      const zone = ofUtc ?? ofUnlabelled
      if (zone.id === 'UTC') return { from, to }
      // How the engine reads a column shows only in its values. So the filter lets through whatever any reading places in the
      // window, and the values decide.
      const wall = (instant: Instant): number => epochToWall(Date.parse(instant), zone)
      const first = Math.min(Date.parse(from), wall(from) - wallTimeSlackMs)
      const end = Math.max(Date.parse(to), wall(to) + wallTimeSlackMs)
      return { from: new Date(first).toISOString(), to: new Date(end).toISOString() }
    },
  }
}

function fromWall(text: string, zone: TimeZone): Instant | null {
  const wall = toInstant(text)
  if (wall === null || zone.id === 'UTC') return wall
  return toInstant(new Date(wallToEpoch(Date.parse(wall), zone)).toISOString())
}

function zoneOf(option: string, id: string): TimeZone {
  try {
    return createTimeZone(id)
  } catch {
    throw usageError(
      'DATA360_TIME_ZONE',
      `data360: ${option} must be the name of a time zone, like America/Sao_Paulo${option === 'timestampsAre' ? ', or as-labelled' : ''}`,
    )
  }
}
