import { Readable } from 'node:stream'
import type { Verdict } from '@custody/model'
import { CustodyError } from '@custody/pipeline'
import { neutraliseFormula } from '@custody/sinks'
import { parse } from 'csv-parse'
import { openContainer } from './container.ts'
import { FileFault, Findings } from './findings.ts'
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

const path = `data/reports/${reconciliationTable.name}`
const filesAllowed = 1_000_000
const maxRowBytes = 65_536

/**
 * Reads how each conversation of an archive stood: the rows of `reconciliation.csv`. It checks no hash: `verify()` does.
 *
 * @throws CustodyError of kind not-found: `ARCHIVE_NOT_FOUND`, `NOT_AN_ARCHIVE`; `ARCHIVE_REPORT` when the report is not there
 * or not in its form
 */
export async function* readReconciliation(archive: string): AsyncGenerator<ArchivedConversation> {
  const container = await openContainer(archive, { files: filesAllowed }, new Findings())
  try {
    if (!container.files.has(path)) throw unreadable(archive, 'it is not there')
    // Archives of a time when the table had fewer columns are read too: columns go by name.
    const rows = Readable.from(container.read(path)).pipe(
      parse({ bom: true, columns: true, max_record_size: maxRowBytes, record_delimiter: '\r\n' }),
    )
    for await (const row of rows) yield toConversation(row as Row, archive)
  } catch (error) {
    if (error instanceof FileFault) throw unreadable(archive, error.message)
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')) {
      throw unreadable(archive, 'it is no table')
    }
    throw error
  } finally {
    await container.close()
  }
}

type Row = Readonly<Record<string, string | undefined>>

const verdicts: readonly Verdict[] = ['matched', 'missing', 'extra', 'differs', 'excluded', 'unknown']

function toConversation(row: Row, archive: string): ArchivedConversation {
  const verdict = verdicts.find((each) => each === row['verdict'])
  if (!verdict) throw unreadable(archive, 'a row has no verdict')
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

/** Without the apostrophe that keeps spreadsheets from running a cell: see `neutraliseFormula` of the sinks. */
function asItWas(cell: string): string {
  return cell.startsWith("'") && neutraliseFormula(cell.slice(1)) === cell ? cell.slice(1) : cell
}

function toCount(cell: string | undefined): number | null {
  return cell && /^\d{1,15}$/.test(cell) ? Number(cell) : null
}

function unreadable(archive: string, why: string): CustodyError {
  return new CustodyError('ARCHIVE_REPORT', `${path} of ${archive} cannot be read: ${why}.`, {
    actions: [`Check the archive: custody verify ${archive}`],
  })
}
