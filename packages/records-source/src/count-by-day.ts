import type { OrgClient } from '@custody/http'
import { type Instant, toInstant, type Window } from '@custody/model'
import { z } from 'zod'
import { isNotVisible, notVisible } from './not-visible.ts'
import { checkQueryOptions, checkWindow } from './options.ts'
import { conversationType, defaultApiVersion, malformed, queryPath } from './wire.ts'

/** Which window is counted by day. */
export interface CountByDayOptions {
  readonly org: OrgClient
  readonly window: Window
  /** @defaultValue `'66.0'` */
  readonly apiVersion?: string
  readonly signal?: AbortSignal
}

/** The conversations that began on a day (UTC). */
export interface DayCount {
  /** Midnight of the day, in UTC. */
  readonly day: Instant
  /** Conversations that began on it, within the window. */
  readonly conversations: number
}

// An aggregate answer has no second page: 2,000 groups at most.
const rowSchema = z.object({ day: z.iso.date(), n: z.number().int().nonnegative() })
const pageSchema = z.object({ done: z.literal(true), records: z.array(rowSchema) })

/**
 * Counts the conversations that began in the window by the day (UTC) of their beginning, in one request. Days without any
 * are left out, so that a hole shows; so are conversations without a beginning.
 *
 * @throws CustodyError `CENSUS_WINDOW`, `CENSUS_API_VERSION` (usage); `CENSUS_PAGE_MALFORMED`, also for a window of more than
 * 2,000 days with conversations; `CENSUS_OBJECT_NOT_VISIBLE`
 */
export async function countByDay(options: CountByDayOptions): Promise<readonly DayCount[]> {
  const { org, window, apiVersion = defaultApiVersion, signal } = options
  checkWindow('countByDay', window)
  checkQueryOptions('countByDay', options)
  const { object } = conversationType
  const where = `The count of ${object} by day`
  try {
    return await org.getJson({
      origin: 'instance',
      path: queryPath(apiVersion),
      query: { q: toSoql(object, window) },
      endpoint: 'query',
      parse: (document) => readDays(document, where),
      ...(signal && { signal }),
    })
  } catch (error) {
    throw isNotVisible(error) ? notVisible(object, error) : error
  }
}

function toSoql(object: string, { from, to }: Window): string {
  const day = 'DAY_ONLY(StartTime)'
  return `SELECT ${day} day, COUNT(Id) n FROM ${object} WHERE StartTime >= ${from} AND StartTime < ${to} GROUP BY ${day} ORDER BY ${day}`
}

function readDays(document: unknown, where: string): readonly DayCount[] {
  const result = pageSchema.safeParse(document)
  if (!result.success) throw malformed(where, 'it does not count days, or has more than one page')
  return result.data.records.map(({ day, n }) => ({
    day: toInstant(`${day}T00:00:00.000Z`) ?? day,
    conversations: n,
  }))
}
