import type { OrgClient, OrgSender } from '@custody/http'
import { type Clock, systemClock, usageError } from '@custody/pipeline'
import type { JobOptions } from './query-job.ts'

/**
 * When rows come by Bulk API 2.0 query jobs: never, always, or where a count says that there are many. A job is waited for,
 * but it is not ended after two minutes as a query is, and its pages are five times as large.
 */
export type Bulk = 'never' | 'always' | BulkOptions

/** When and how rows are read by the Bulk API. */
export interface BulkOptions {
  /** From how many rows of one query on. @defaultValue 50,000: 25 pages of the query resource */
  readonly fromRows?: number
  /** Rows per result page. @defaultValue 10,000; 2,000 for legacy transcripts; less where a page is too large */
  readonly pageRows?: number
  /** Longest time a job may take, in milliseconds. @defaultValue 2 hours */
  readonly maxJobMs?: number
}

export interface BulkSettings {
  readonly org: OrgClient | OrgSender
  readonly bulk?: Bulk | undefined
  readonly clock?: Clock | undefined
}

/** How to read a query of so many rows: by a job, or, where undefined, page by page. */
export type JobChoice = (rows: number) => JobOptions | undefined

const defaults = { fromRows: 50_000, maxJobMs: 2 * 3_600_000 } as const

/** @throws CustodyError `CENSUS_BULK` (usage) for a figure that is none, or a client that can only GET. */
export function jobChoice(name: string, { org, bulk = 'never', clock = systemClock }: BulkSettings): JobChoice {
  if (bulk === 'never') return () => undefined
  const {
    fromRows = defaults.fromRows,
    pageRows,
    maxJobMs = defaults.maxJobMs,
  } = bulk === 'always' ? { fromRows: 0 } : bulk
  for (const [option, figure, least] of [
    ['fromRows', fromRows, 0],
    ['pageRows', pageRows ?? 1, 1],
    ['maxJobMs', maxJobMs, 1],
  ] as const) {
    if (Number.isSafeInteger(figure) && figure >= least) continue
    throw usageError('CENSUS_BULK', `${name}: bulk.${option} must be a whole number of at least ${least}`)
  }
  if (!('send' in org)) {
    throw usageError('CENSUS_BULK', `${name}: bulk needs a client that can send, such as that of createOrgClient`)
  }
  const jobs: JobOptions = { sender: org, clock, maxJobMs, pageRows }
  return (rows) => (rows >= fromRows ? jobs : undefined)
}
