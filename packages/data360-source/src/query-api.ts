import type { OrgSender } from '@custody/http'
import type { Clock } from '@custody/pipeline'
import type { Metadata } from './schema.ts'

/** A row, its values in the order of the columns asked for. */
export type Row = readonly unknown[]

/** One of the ways to run SQL. */
export interface QueryApi {
  /**
   * Runs one query and gives its rows in pages, all of them: an end that is not proven is an error.
   *
   * @throws ResultLost when the rest of the result cannot be had any more, but the query may be run again
   */
  runQuery(sql: string, columns: readonly string[], signal: AbortSignal): AsyncIterable<readonly Row[]>
  /** The objects and fields that there are; null when the org does not tell. */
  readMetadata(signal: AbortSignal): Promise<Metadata | null>
}

export interface QueryApiOptions {
  readonly org: OrgSender
  readonly dataspace: string | undefined
  readonly apiVersion: string
  readonly clock: Clock
  /** How long a query may run before its result is there. */
  readonly queryTimeoutMs: number
  /** Chunks asked for at the same time. */
  readonly readAhead: number
}

/** The result of a query is gone before its end, through nobody's fault: it takes a new query, from the last whole conversation. */
export class ResultLost extends Error {
  override readonly name = 'ResultLost'
}

/** Every call counts against one limit: so many requests at once, over all APIs. */
export const endpoint = 'data360'
