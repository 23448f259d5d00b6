import type { OrgSender } from '@custody/http'
import { toInstant, type Window } from '@custody/model'
import { type Checkpoint, type Clock, usageError } from '@custody/pipeline'
import type { ObjectNames } from './schema.ts'

/** Which query API: V3 or V2 of the tenant, or query-sql of the org. */
export type Data360Api = 'v3' | 'connect' | 'v2'

/** Where Data 360 is asked, for which window, and how what it gives is read. */
export interface Data360Options {
  readonly api: Data360Api
  /**
   * For `v3` and `v2` a client of the tenant, whose tokens come from the Data 360 exchange; for `connect` the org's own. Hand a
   * lossless `parseJson` to it, or long decimals are rounded.
   */
  readonly org: OrgSender
  readonly window: Window
  /** @defaultValue the default data space; for `v3` and `v2` the token's, which is bound to one */
  readonly dataspace?: string
  /** For `connect`. @defaultValue `'66.0'` */
  readonly apiVersion?: string
  /** The API names of the objects. @defaultValue what the org's metadata shows */
  readonly names?: ObjectNames
  /** The zone of timestamps that name none. @defaultValue `'UTC'` */
  readonly timeZone?: string
  /**
   * `'as-labelled'`, or a zone: then what is labelled UTC is wall time there, as one org was seen to have it.
   * @defaultValue `'as-labelled'`
   */
  readonly timestampsAre?: string
  /** How long one query may run before its result is there. @defaultValue 1 h */
  readonly queryTimeoutMs?: number
  /** Chunks of a V3 result asked for at the same time, 1 to 15; each may take 20 MB. @defaultValue 3 */
  readonly readAhead?: number
  /** Goes on behind this checkpoint of an earlier run over the same window. */
  readonly after?: Checkpoint
  readonly clock?: Clock
}

/** Documented: more requests than this at the same time are refused. */
const maxConcurrentRequests = 15

/**
 * @throws CustodyError `DATA360_API`, `DATA360_WINDOW`, `DATA360_API_VERSION`, `DATA360_DATASPACE`, `DATA360_QUERY_TIMEOUT_MS`,
 * `DATA360_READ_AHEAD` (usage)
 */
export function checkOptions(options: Data360Options): void {
  const { api, window, dataspace, apiVersion, queryTimeoutMs, readAhead } = options
  const { from, to } = window
  const apis: readonly string[] = ['v3', 'connect', 'v2']
  check('DATA360_API', apis.includes(api), 'api must be v3, connect or v2')
  check(
    'DATA360_WINDOW',
    toInstant(from) === from && toInstant(to) === to && from < to,
    'window must hold two instants like 2026-10-01T00:00:00.000Z, from before to',
  )
  check('DATA360_API_VERSION', isUnset(apiVersion) || /^\d{2,3}\.0$/.test(apiVersion), 'apiVersion must look like 66.0')
  check(
    'DATA360_DATASPACE',
    isUnset(dataspace) || /^[A-Za-z][A-Za-z0-9_]{0,79}$/.test(dataspace),
    'dataspace must be the API name of a data space',
  )
  check(
    'DATA360_QUERY_TIMEOUT_MS',
    isUnset(queryTimeoutMs) || (Number.isFinite(queryTimeoutMs) && queryTimeoutMs > 0),
    'queryTimeoutMs must be a number above 0',
  )
  check(
    'DATA360_READ_AHEAD',
    isUnset(readAhead) || (Number.isInteger(readAhead) && readAhead >= 1 && readAhead <= maxConcurrentRequests),
    `readAhead must be a whole number from 1 to ${maxConcurrentRequests}`,
  )
}

function isUnset(value: unknown): value is undefined {
  return value === undefined
}

function check(code: string, holds: boolean, rule: string): void {
  if (!holds) throw usageError(code, `data360: ${rule}`)
}
