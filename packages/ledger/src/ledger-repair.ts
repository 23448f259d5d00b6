import { CustodyError } from '@custody/pipeline'
import { discardRun } from './discard-run.ts'
import { checkLedger, type LedgerFinding } from './ledger-check.ts'
import type { RunRow } from './runs.ts'
import type { Database } from './sqlite-driver.ts'

/** What was mended, and what was not. */
export interface LedgerRepair {
  /** What was done, one sentence each. */
  readonly done: readonly string[]
  /** What is still wrong. */
  readonly findings: readonly LedgerFinding[]
}

/**
 * Builds indexes anew, and deletes what given-up runs left. Rows that count are never touched: what stays in `findings` needs
 * a snapshot.
 */
export async function repairLedger(database: Database): Promise<LedgerRepair> {
  const before = checkLedger(database).filter(({ repairable }) => repairable)
  const done: string[] = []
  if (before.some(({ code }) => code === 'damaged') && reindex(database)) done.push('All indexes were built anew.')
  if (before.some(({ code }) => code === 'left-over')) {
    const left = database.prepare("select * from run where state = 'abandoned'").all<RunRow>()
    for (const run of left) await discardRun(database, run)
    done.push('The rows of given-up runs, which did not count, were deleted.')
  }
  return { done, findings: checkLedger(database) }
}

/** False where the tables themselves do not allow it. */
function reindex(database: Database): boolean {
  try {
    database.write(() => database.exec('reindex'))
    return true
  } catch (error) {
    if (CustodyError.isInstance(error) && error.code === 'LEDGER_DAMAGED') return false
    throw error
  }
}
