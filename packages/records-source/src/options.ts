import { toInstant, type Window } from '@custody/model'
import { usageError } from '@custody/pipeline'
import type { QueryOptions } from './query-pages.ts'
import { pageSizes } from './wire.ts'

/**
 * Instants go into queries without quotes, so only the model's one form is let through.
 *
 * @throws CustodyError `CENSUS_WINDOW` (usage)
 */
export function checkWindow(name: string, { from, to }: Window): void {
  if (toInstant(from) === from && toInstant(to) === to && from < to) return
  throw usageError(
    'CENSUS_WINDOW',
    `${name}: window must hold two instants like 2026-10-01T00:00:00.000Z, from before to`,
  )
}

/** @throws CustodyError `CENSUS_API_VERSION`, `CENSUS_PAGE_SIZE` (usage) */
export function checkQueryOptions(name: string, { apiVersion, pageSize }: Partial<QueryOptions>): void {
  if (apiVersion !== undefined && !/^\d{2,3}\.0$/.test(apiVersion)) {
    throw usageError('CENSUS_API_VERSION', `${name}: apiVersion must look like 66.0`)
  }
  const { min, max } = pageSizes
  if (pageSize !== undefined && !(Number.isInteger(pageSize) && pageSize >= min && pageSize <= max)) {
    throw usageError('CENSUS_PAGE_SIZE', `${name}: pageSize must be a whole number from ${min} to ${max}`)
  }
}
