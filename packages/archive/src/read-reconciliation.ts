import type { Verdict } from '@custody/model'
import { asItWas, type ReportRow, readReport, unreadableReport } from './read-report.ts'
import { reconciliationTable } from './reconciliation-report.ts'

/** How one conversation of the census stood when its archive was written. */
export interface ArchivedConversation {
  /** Null for one that had none. */
  readonly identifier: string | null
  readonly recordId: string | null
  readonly verdict: Verdict
  readonly reason: string | null
  /** Whether the master has a line for it. */
  readonly archived: boolean
  /** For the whole conversation, inside the window or not; null where nobody could count. */
  readonly deliveredAgentMessages: number | null
  readonly deliveredEndUserMessages: number | null
}

/**
 * Reads how each conversation of an archive stood: the rows of `reconciliation.csv`. It checks no hash: `verify()` does.
 *
 * @throws CustodyError of kind not-found: `ARCHIVE_NOT_FOUND`, `NOT_AN_ARCHIVE`; `ARCHIVE_REPORT` when the report is not there
 * or not in its form
 */
export async function* readReconciliation(archive: string): AsyncGenerator<ArchivedConversation> {
  for await (const row of readReport(archive, reconciliationTable.name)) yield toConversation(row, archive)
}

const verdicts: readonly Verdict[] = ['matched', 'missing', 'extra', 'differs', 'excluded', 'unknown']

function toConversation(row: ReportRow, archive: string): ArchivedConversation {
  const verdict = verdicts.find((each) => each === row['verdict'])
  if (!verdict) throw unreadableReport(archive, reconciliationTable.name, 'a row has no verdict')
  return {
    identifier: asItWas(row['identifier'] ?? '') || null,
    recordId: row['record_id'] || null,
    verdict,
    reason: row['reason'] || null,
    archived: row['archived'] === 'true',
    deliveredAgentMessages: toCount(row['delivered_agent_messages']),
    deliveredEndUserMessages: toCount(row['delivered_end_user_messages']),
  }
}

function toCount(cell: string | undefined): number | null {
  return cell && /^\d{1,15}$/.test(cell) ? Number(cell) : null
}
