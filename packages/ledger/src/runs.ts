import { type Clock, CustodyError, usageError } from '@custody/pipeline'
import { discardRun } from './discard-run.ts'
import { addOrg } from './org-number.ts'
import type { ArchivedRun, EndedRun, NewRun, Run, RunState } from './run.ts'
import type { Database } from './sqlite-driver.ts'
import { msToInstant, msToInstantOrNull, toMilliseconds } from './time-range.ts'
import { seal } from './windows.ts'

/** A run as it stands in the database. */
export type RunRow = {
  readonly n: number
  readonly id: string
  readonly org: number
  readonly org_name: string
  readonly window_from: number
  readonly window_to: number
  readonly job_digest: string
  readonly state: RunState
  readonly started_at: number
  readonly ended_at: number | null
  readonly archive: string | null
  readonly verdict: string | null
  readonly code: string | null
}

const select = 'select run.*, org.name as org_name from run join org on org.n = run.org'

export function beginRun(database: Database, { id, org, window, jobDigest }: NewRun, clock: Clock): Run {
  const { opens, closes } = toMilliseconds(window)
  if (!isWord(id) || !isWord(jobDigest)) {
    throw usageError('LEDGER_RUN', 'A run needs an `id` and a `jobDigest` of 1 to 255 characters.')
  }
  database.write(() => {
    const added = database
      .prepare(`insert into run (id, org, window_from, window_to, job_digest, state, started_at)
        values (?, ?, ?, ?, ?, 'running', ?) on conflict (id) do nothing`)
      .run(id, addOrg(database, org), opens, closes, jobDigest, clock.now())
    if (added === 0) {
      throw new CustodyError('LEDGER_RUN_EXISTS', `There is a run ${id} already.`, {
        kind: 'refused',
        actions: [`Continue it with \`custody archive --resume ${id}\`, or begin one with another id.`],
      })
    }
  })
  return toRun(runRow(database, id))
}

export async function resumeRun(database: Database, id: string): Promise<Run> {
  const row = runRow(database, id)
  if (row.state !== 'running' && row.state !== 'failed') throw wrongState(row, 'resumed')
  await discardRun(database, row)
  database.write(() =>
    database.prepare("update run set state = 'running', ended_at = null, code = null where n = ?").run(row.n),
  )
  return toRun(runRow(database, id))
}

export function commitRun(
  database: Database,
  id: string,
  { archive, verdict, seals = [] }: ArchivedRun,
  clock: Clock,
): Run {
  if (!isWord(archive)) throw usageError('LEDGER_RUN', 'An archived run needs the name of its archive.')
  database.write(() => {
    const row = runRow(database, id)
    const isRepeated = row.state === 'archived' && row.archive === archive
    if (!isRepeated) {
      if (row.state !== 'running') throw wrongState(row, 'archived')
      database
        .prepare(`update run set state = 'archived', ended_at = ?, archive = ?, verdict = ?,
          archived_as = (select coalesce(max(archived_as), 0) + 1 from run) where n = ?`)
        .run(clock.now(), archive, verdict ?? null, row.n)
      database
        .prepare('update window set audited_at = ? where n in (select window from audit where run = ?)')
        .run(clock.now(), row.n)
    }
    for (const { window, sealDigest } of seals) seal(database, window, { archive, sealDigest }, clock)
  })
  return toRun(runRow(database, id))
}

export async function endRun(database: Database, id: string, { state, code }: EndedRun, clock: Clock): Promise<Run> {
  if (state !== 'failed' && state !== 'abandoned') {
    throw usageError('LEDGER_RUN', 'A run ends as failed or abandoned; commitRun ends one that has its archive.')
  }
  const row = runRow(database, id)
  const isRepeated = row.state === state
  if (!isRepeated && row.state !== 'running' && row.state !== 'failed') throw wrongState(row, state)
  if (!isRepeated) {
    database.write(() =>
      database
        .prepare('update run set state = ?, ended_at = ?, code = coalesce(?, code) where n = ?')
        .run(state, clock.now(), code ?? null, row.n),
    )
  }
  await discardRun(database, row)
  return toRun(runRow(database, id))
}

export function runs(database: Database, { org, state }: { readonly org?: string; readonly state?: RunState }): Run[] {
  return database
    .prepare(`${select} where (?1 is null or org.name = ?1) and (?2 is null or run.state = ?2) order by run.n`)
    .all<RunRow>(org ?? null, state ?? null)
    .map(toRun)
}

export function unfinishedRun(
  database: Database,
  job: { readonly org: string; readonly jobDigest: string },
): Run | null {
  const last = database
    .prepare(`${select} where org.name = ? and job_digest = ? order by run.n desc limit 1`)
    .get<RunRow>(job.org, job.jobDigest)
  return last !== undefined && (last.state === 'running' || last.state === 'failed') ? toRun(last) : null
}

/** @throws CustodyError `LEDGER_RUN_UNKNOWN` */
export function runRow(database: Database, id: string): RunRow {
  const row = database.prepare(`${select} where run.id = ?`).get<RunRow>(id)
  if (row !== undefined) return row
  throw new CustodyError('LEDGER_RUN_UNKNOWN', `There is no run ${id} here.`, {
    kind: 'not-found',
    actions: ['Run `custody status` to see the runs.'],
  })
}

/** A run that may still record. */
export function runningRow(database: Database, id: string): RunRow {
  const row = runRow(database, id)
  if (row.state !== 'running') throw wrongState(row, 'added to')
  return row
}

function wrongState({ id, state }: RunRow, what: string): CustodyError {
  return new CustodyError('LEDGER_RUN_STATE', `Run ${id} is ${state} and cannot be ${what}.`, {
    kind: 'refused',
    actions: ['Run `custody status` to see the runs.'],
  })
}

function toRun(row: RunRow): Run {
  return {
    id: row.id,
    org: row.org_name,
    window: { from: msToInstant(row.window_from), to: msToInstant(row.window_to) },
    jobDigest: row.job_digest,
    state: row.state,
    startedAt: msToInstant(row.started_at),
    endedAt: msToInstantOrNull(row.ended_at),
    archive: row.archive,
    verdict: row.verdict,
    code: row.code,
  }
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= 255
}
