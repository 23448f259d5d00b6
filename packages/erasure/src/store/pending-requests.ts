import { existsSync } from 'node:fs'
import type { Database } from '@custody/ledger'
import { CustodyError } from '@custody/pipeline'
import type { Day } from '../erasure-request.ts'
import { erasureFile, openErasureDatabase } from './open-erasure-store.ts'

/** How many requests are neither closed nor withdrawn. */
export interface PendingRequests {
  readonly open: number
  readonly overdue: number
  /** Of those that are not overdue. */
  readonly nextDueOn: Day | null
  readonly activeHolds: number
}

/**
 * Counts without the key, for those who only watch. Null where no request was ever added.
 *
 * @throws CustodyError `LEDGER_…`
 */
export function pendingRequests(directory: string, today: Day): PendingRequests | null {
  const path = erasureFile(directory)
  if (!existsSync(path)) return null
  let database: Database | undefined
  try {
    database = openErasureDatabase(path, true)
    const row = database
      .prepare(`select count(*) as open, coalesce(sum(due_on < ?1), 0) as overdue, min(due_on) filter (where due_on >= ?1) as next,
        (select count(*) from hold where released_at is null and (expires_on is null or ?1 < expires_on)) as holds
        from request where closed_at is null`)
      .get<{ readonly open: number; readonly overdue: number; readonly next: string | null; readonly holds: number }>(
        today,
      )
    if (row === undefined) return null
    return { open: row.open, overdue: row.overdue, nextDueOn: row.next, activeHolds: row.holds }
  } catch (error) {
    // Made this moment by another process, which has not finished yet.
    if (CustodyError.isInstance(error) && error.code === 'LEDGER_NOT_FOUND') return null
    throw error
  } finally {
    database?.close()
  }
}
