import { CustodyError, usageError } from '@custody/pipeline'
import { toHex } from './amendments.ts'
import type { Gap, NewGap } from './gap.ts'
import type { IdentityHash } from './identity-hash.ts'
import { inBatches } from './in-batches.ts'
import { findOrg } from './org-number.ts'
import { runningRow } from './runs.ts'
import type { Database } from './sqlite-driver.ts'
import { msToInstant, toMilliseconds } from './time-range.ts'

type GapRow = {
  readonly n: number
  readonly org_name: string
  readonly opens: number
  readonly closes: number
  readonly code: string
  readonly conversation: Uint8Array | null
  readonly run_id: string
  readonly archive: string
  readonly filler: string | null
}

const ROWS = 1_000

export async function recordGaps(
  database: Database,
  hash: IdentityHash,
  runId: string,
  gaps: Iterable<NewGap>,
): Promise<void> {
  const { n: run, org, org_name } = runningRow(database, runId)
  const same = database.prepare(
    'select 1 from gap where run = ? and opens = ? and closes = ? and code = ? and conversation is ?',
  )
  const add = database.prepare(
    'insert into gap (org, run, opens, closes, code, conversation) values (?, ?, ?, ?, ?, ?)',
  )
  for await (const batch of inBatches(gaps, ROWS)) {
    database.write(() => {
      runningRow(database, runId)
      for (const { window, code, conversation } of batch) {
        const { opens, closes } = toMilliseconds(window)
        if (typeof code !== 'string' || code === '')
          throw usageError('LEDGER_GAP', 'A gap needs the code of what is wrong.')
        const name = conversation === undefined ? null : hash.conversation(org_name, conversation)
        if (same.get(run, opens, closes, code, name) === undefined) add.run(org, run, opens, closes, code, name)
      }
    })
  }
}

export async function fillGaps(database: Database, runId: string, ids: Iterable<number>): Promise<void> {
  const { n: run, org } = runningRow(database, runId)
  // One that a run without an archive wanted to fill is open still.
  const fill = database.prepare(`update gap set filled_by = ?1 where n = ?2 and org = ?3
    and run in (select n from run where archived_as is not null)
    and (filled_by is null or filled_by = ?1 or filled_by in (select n from run where archived_as is null))`)
  for await (const batch of inBatches(ids, ROWS)) {
    database.write(() => {
      runningRow(database, runId)
      for (const id of batch) {
        if (fill.run(run, id, org) > 0) continue
        throw new CustodyError('LEDGER_GAP_UNKNOWN', `There is no open gap ${id} that run ${runId} could fill.`, {
          kind: 'not-found',
        })
      }
    })
  }
}

/** Read in pieces, so that nothing stands open while the caller works. */
export async function* gaps(
  database: Database,
  { org, open = false }: { readonly org: string; readonly open?: boolean },
): AsyncGenerator<Gap> {
  const piece = database.prepare(`
    select gap.*, org.name as org_name, run.id as run_id, run.archive, filler.id as filler
      from gap cross join run on run.n = gap.run cross join org on org.n = gap.org
        left join run as filler on filler.n = gap.filled_by and filler.archived_as is not null
      where gap.org = ? and run.archived_as is not null and (filler.n is null or not ?) and gap.n > ?
      order by gap.n limit ${ROWS}`)
  for (let after = 0; ; ) {
    const rows = piece.all<GapRow>(findOrg(database, org), Number(open), after)
    yield* rows.map(toGap)
    after = rows.at(-1)?.n ?? 0
    if (rows.length < ROWS) return
  }
}

function toGap(row: GapRow): Gap {
  return {
    id: row.n,
    org: row.org_name,
    window: { from: msToInstant(row.opens), to: msToInstant(row.closes) },
    code: row.code,
    conversation: row.conversation && toHex(row.conversation),
    foundIn: row.run_id,
    archive: row.archive,
    filledBy: row.filler,
  }
}
