import { setImmediate } from 'node:timers/promises'
import type { RunRow } from './runs.ts'
import type { Database } from './sqlite-driver.ts'

const ROWS = 20_000

/**
 * Deletes what a run has recorded that never came to count. In pieces, so that the process is never deaf for long; who is
 * killed between them finds the rest at the next try.
 */
export async function discardRun(
  database: Database,
  run: Pick<RunRow, 'n' | 'org' | 'window_from' | 'window_to'>,
): Promise<void> {
  for (let from = run.window_from; ; ) {
    const piece = database
      .prepare(`select max(sent_at) as last from
        (select sent_at from entry where org = ? and sent_at >= ? and sent_at < ? and run = ? order by sent_at limit ${ROWS})`)
      .get<{ readonly last: number | null }>(run.org, from, run.window_to, run.n)
    const last = piece?.last ?? null
    if (last === null) break
    database.write(() =>
      database
        .prepare('delete from entry where org = ? and sent_at between ? and ? and run = ?')
        .run(run.org, from, last, run.n),
    )
    from = last
    await setImmediate()
  }
  database.write(() => {
    discardAmendments(database, run, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    database.prepare('delete from audit where run = ?').run(run.n)
    database.prepare('delete from gap where run = ?').run(run.n)
    database.prepare('update gap set filled_by = null where filled_by = ?').run(run.n)
  })
}

/** In a transaction: takes back what a run has found in a time. */
export function discardAmendments(
  database: Database,
  run: Pick<RunRow, 'n' | 'org'>,
  opens: number,
  closes: number,
): void {
  const found = 'run = ? and ((sent_before >= ? and sent_before < ?) or (sent_after >= ? and sent_after < ?))'
  const span = [run.n, opens, closes, opens, closes]
  database
    .prepare(`delete from entry where (org, sent_at, key, run) in
      (select org, sent_before, key, run from amendment where ${found}
        union all select org, sent_after, key, run from amendment where ${found})`)
    .run(...span, ...span)
  database.prepare(`delete from amendment where ${found}`).run(...span)
}
