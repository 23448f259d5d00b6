import { soqlString } from '@custody/http'
import { toJoinKey } from '@custody/model'
import { clockSkewMs, type DeletionWire, logFields, logObject } from '../assumptions.ts'
import { ifVisible } from '../soql/not-visible.ts'
import { type AskOptions, type Row, rowsOf } from '../soql/read-rows.ts'
import { inConditions } from '../soql/soql-text.ts'
import type { Traces } from './traces.ts'

/** What Salesforce's own log says of a deletion. It can be written by whoever may, so it proves nothing. */
export interface LogEntry {
  readonly id: string
  readonly status: string | null
  readonly says: 'done' | 'failed' | 'under-way'
}

const fields = [logFields.status, logFields.requestedId, logFields.requestedAt]

/** Rows by their ids. Null where the log cannot be seen; a row that is not there is absent. */
export async function logsById(
  ids: readonly string[],
  wire: DeletionWire,
  asking: AskOptions,
): Promise<ReadonlyMap<string, LogEntry> | null> {
  const rows = await ifVisible(rowsOf(logObject, fields, inConditions('Id', ids), asking))
  return rows && new Map(rows.map((row) => [toJoinKey(row.id), toEntry(row, wire)]))
}

/** The latest row of a deletion that was sent at about `sentAt`, and whose answer was lost. Null for none, or where none can be seen. */
export async function logOf(
  named: readonly string[],
  sentAt: string,
  wire: DeletionWire,
  asking: AskOptions,
): Promise<LogEntry | null> {
  const since = new Date(Date.parse(sentAt) - clockSkewMs).toISOString()
  const asked = named.map((id) => id.slice(0, 15))
  const conditions = asked.map(
    (id) => `${logFields.requestedId} = ${soqlString(id)} AND ${logFields.requestedAt} >= ${since}`,
  )
  const rows = (await ifVisible(rowsOf(logObject, fields, conditions, asking))) ?? []
  const latest = rows
    // SOQL compares strings without regard to case; ids differ by it.
    .filter((row) => asked.includes(row.text(logFields.requestedId)?.slice(0, 15) ?? ''))
    .sort((one, other) => timeOf(one) - timeOf(other))
    .at(-1)
  return latest === undefined ? null : toEntry(latest, wire)
}

/** As what the log names a target: the record's id. */
export function namesInLog(traces: Traces): readonly string[] {
  return traces.endUserId === null ? traces.conversations.map(({ recordId }) => recordId) : [traces.endUserId]
}

function toEntry(row: Row, wire: DeletionWire): LogEntry {
  const status = row.text(logFields.status)
  const isOneOf = (words: readonly string[]): boolean =>
    status !== null && words.some((word) => word.toUpperCase() === status.toUpperCase())
  const says = isOneOf(wire.doneStatuses) ? 'done' : isOneOf(wire.failedStatuses) ? 'failed' : 'under-way'
  return { id: toJoinKey(row.id), status, says }
}

function timeOf(row: Row): number {
  const at = Date.parse(row.text(logFields.requestedAt) ?? '')
  return Number.isNaN(at) ? 0 : at
}
