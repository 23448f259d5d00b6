import { type OrgClient, soqlString } from '@custody/http'
import { liveSessionsAreOf, liveStatuses } from './assumptions.ts'
import { checkQueryOptions } from './options.ts'
import { countRows } from './query-pages.ts'
import { bareSessionType } from './wire.ts'

/** Which org is asked for sessions that are open now. */
export interface LiveSessionsOptions {
  readonly org: OrgClient
  /** Epoch milliseconds. */
  readonly now: number
  /** @defaultValue `'66.0'` */
  readonly apiVersion?: string
  readonly signal?: AbortSignal
}

/**
 * How many messaging sessions are going on, in one request: about as many conversations of the org are active without our doing.
 *
 * @throws what the `OrgClient` throws
 */
export async function countLiveSessions(options: LiveSessionsOptions): Promise<number> {
  checkQueryOptions('countLiveSessions', options)
  const statuses = liveStatuses.map((status) => `Status = ${soqlString(status)}`).join(' OR ')
  const since = new Date(options.now - liveSessionsAreOf).toISOString()
  return await countRows(
    { type: bareSessionType, where: `(${statuses}) AND StartTime >= ${since}`, orderBy: ['Id'] },
    options,
  )
}
