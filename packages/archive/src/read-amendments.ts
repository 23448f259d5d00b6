import { amendmentProblem } from './amendment-problem.ts'
import { type AmendmentRow, amendmentsTable } from './amendments-report.ts'
import { ERASED } from './archived-row.ts'
import { asItWas, type ReportRow, readReport, unreadableReport } from './read-report.ts'

/**
 * Reads what an amendment amends: the rows of `amendments.csv`, but for those of erased conversations. It checks no hash: `verify()`
 * does.
 *
 * @throws CustodyError of kind not-found: `ARCHIVE_NOT_FOUND`, `NOT_AN_ARCHIVE`; `ARCHIVE_REPORT` when there is no such table, as in
 * every archive that is no amendment, or it is not in its form
 */
export async function* readAmendments(archive: string): AsyncGenerator<AmendmentRow> {
  for await (const row of readReport(archive, amendmentsTable.name)) {
    if (row['entry'] !== ERASED) yield toAmendment(row, archive)
  }
}

function toAmendment(row: ReportRow, archive: string): AmendmentRow {
  const cell = (column: string): string | null => row[column] || null
  const amendment = {
    kind: cell('kind') as AmendmentRow['kind'],
    entry: cell('entry') ?? '',
    conversation: asItWas(row['conversation'] ?? '') || null,
    entryId: asItWas(row['entry_id'] ?? '') || null,
    sentAt: cell('sent_at') ?? '',
    before: cell('before'),
    after: cell('after'),
    amends: cell('amends'),
  }
  const problem = amendmentProblem(amendment, undefined)
  if (problem !== null) throw unreadableReport(archive, amendmentsTable.name, problem)
  return amendment
}
