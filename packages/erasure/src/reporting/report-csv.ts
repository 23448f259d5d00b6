import { stringify } from 'csv-stringify/sync'
import type { ErasureReport, ReportedRecord, RequestReport } from './erasure-report.ts'

/** A row of the report: one record of one request; a request without records has one row too. */
export const reportColumns = [
  'reference',
  'overdue',
  'verdict',
  'state',
  'about',
  'regime',
  'jurisdiction',
  'received_on',
  'due_on',
  'closed_at',
  'plan_digest',
  'approved_by',
  'record',
  'kind',
  'outcome',
  'ground',
  'why',
  'calls',
  'log_id',
  'updated_at',
] as const

type Row = Readonly<Record<(typeof reportColumns)[number], string>>

/** The report as CSV with a header, overdue requests first. */
export function reportCsv({ requests }: ErasureReport): string {
  const rows = requests.flatMap((request) =>
    request.records.length === 0 ? [rowOf(request, null)] : request.records.map((record) => rowOf(request, record)),
  )
  // Read by spreadsheets, which would run what looks like a formula.
  return stringify(rows, { header: true, columns: [...reportColumns], escape_formulas: true })
}

function rowOf(request: RequestReport, record: ReportedRecord | null): Row {
  return {
    reference: request.reference,
    overdue: request.overdue ? 'yes' : 'no',
    verdict: request.verdict,
    state: request.state,
    about: request.about,
    regime: request.regime,
    jurisdiction: request.jurisdiction ?? '',
    received_on: request.receivedOn,
    due_on: request.dueOn,
    closed_at: request.closedAt ?? '',
    plan_digest: request.planDigest ?? '',
    approved_by: request.approvals.map(({ operator, at }) => `${operator} ${at}`).join('; '),
    record: record?.pseudonym ?? '',
    kind: record?.kind ?? '',
    outcome: record?.outcome ?? '',
    ground: record?.ground ?? '',
    why: record?.why ?? '',
    calls: record === null ? '' : String(record.calls),
    log_id: record?.logId ?? '',
    updated_at: record?.updatedAt ?? '',
  }
}
