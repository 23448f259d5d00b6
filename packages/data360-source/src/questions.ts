import { CustodyError, type Reject } from '@custody/pipeline'
import { type QueryApi, ResultLost, type Row } from './query-api.ts'
import type { Schema } from './schema.ts'
import { countSql, orphansSql, type TimeFilter } from './sql.ts'
import { toCount } from './wire.ts'

/** What every question of a run is asked with. */
export interface Session {
  readonly api: QueryApi
  readonly schema: Schema
  readonly filter: TimeFilter
  readonly signal: AbortSignal
}

/**
 * How many entries there are to be read, by the engine's own count.
 *
 * @throws CustodyError `DATA360_PAGE_MALFORMED`, `DATA360_RESULT_LOST`
 */
export async function countEntries({ api, schema, filter, signal }: Session): Promise<number> {
  const [row, ...others] = await readAll(api, countSql(schema, filter), ['entries'], signal)
  const count = toCount(row?.[0])
  if (count === null || others.length > 0) {
    throw new CustodyError('DATA360_PAGE_MALFORMED', 'A count of Data 360 is no number.', {
      actions: ['Run again; if it stays, use another api of the data360 source.'],
    })
  }
  return count
}

/** The entries of the window that belong to no conversation, as rejects. */
export async function readOrphans({ api, schema, filter, signal }: Session): Promise<readonly Omit<Reject, 'stage'>[]> {
  const rows = await readAll(api, orphansSql(schema, filter), ['entry_id'], signal)
  return rows.map(([id]) => ({
    code: 'ENTRY_WITHOUT_CONVERSATION',
    subject: { type: 'ConversationEntry', id: typeof id === 'string' ? id : null },
    message: 'It names no conversation that it belongs to.',
  }))
}

/** How often a small query is run when its result is lost. */
const maxQueries = 3

/** The whole result of a query that is known to be small. */
export async function readAll(
  api: QueryApi,
  sql: string,
  columns: readonly string[],
  signal: AbortSignal,
): Promise<readonly Row[]> {
  for (let queries = 1; ; queries++) {
    try {
      const rows: Row[] = []
      for await (const page of api.runQuery(sql, columns, signal)) rows.push(...page)
      return rows
    } catch (error) {
      if (!(error instanceof ResultLost)) throw error
      if (queries < maxQueries) continue
      throw new CustodyError('DATA360_RESULT_LOST', `Data 360 lost the result of a small query ${queries} times.`, {
        cause: error.cause ?? error,
        retryable: true,
        actions: ['Run again later.'],
      })
    }
  }
}
