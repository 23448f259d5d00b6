import type { Amendment, AmendmentKind } from './amendment.ts'
import { toEntryRow } from './entry-row.ts'
import type { EntrySeen } from './entry-seen.ts'
import type { IdentityHash } from './identity-hash.ts'
import { findOrg } from './org-number.ts'
import { runningRow, runRow } from './runs.ts'
import type { Database } from './sqlite-driver.ts'
import { msToInstant } from './time-range.ts'

type AmendmentRow = {
  readonly n: number
  readonly org_name: string
  readonly kind: AmendmentKind
  readonly key: Uint8Array
  readonly conversation: Uint8Array
  readonly sent_before: number | null
  readonly sent_after: number | null
  readonly before: Uint8Array | null
  readonly after: Uint8Array | null
  readonly run_id: string
  readonly archive: string | null
  readonly amends: string | null
}

/** Of an amendment: the archive whose run gave the entry its last digest, before the run that found it. */
const amendedArchive = `(
  select earlier.archive from entry cross join run as earlier on earlier.n = entry.run
    where entry.org = amendment.org and entry.sent_at = amendment.sent_before and entry.key = amendment.key
      and earlier.archived_as is not null and (run.archived_as is null or earlier.archived_as < run.archived_as)
    order by earlier.archived_as desc limit 1
)`

const select = `select amendment.*, org.name as org_name, run.id as run_id, run.archive, ${amendedArchive} as amends
  from amendment cross join run on run.n = amendment.run cross join org on org.n = amendment.org`

const ROWS = 1_000

/** Read in pieces, so that nothing stands open while the caller works. */
export async function* amendments(
  database: Database,
  filter: { readonly run: string } | { readonly org: string },
): AsyncGenerator<Amendment> {
  const where = 'run' in filter ? 'amendment.run = ?' : 'amendment.org = ? and archived_as is not null'
  const of = 'run' in filter ? runRow(database, filter.run).n : findOrg(database, filter.org)
  const piece = database.prepare(`${select} where ${where} and amendment.n > ? order by amendment.n limit ${ROWS}`)
  for (let after = 0; ; ) {
    const rows = piece.all<AmendmentRow>(of, after)
    yield* rows.map(toAmendment)
    after = rows.at(-1)?.n ?? 0
    if (rows.length < ROWS) return
  }
}

/** Of each entry the amendment that a run found to be it: late or changed, of this very time and digest. Null for any other. */
export function amendmentsOf(
  database: Database,
  hash: IdentityHash,
  runId: string,
  rows: readonly EntrySeen[],
): (Amendment | null)[] {
  const run = runRow(database, runId)
  const place = { org: run.org_name, opens: run.window_from, closes: run.window_to }
  const find = database.prepare(
    `${select} where amendment.run = ? and amendment.key = ? and sent_after = ? and amendment.after = ?`,
  )
  return rows.map((seen) => {
    const { key, sentAt, digest } = toEntryRow(seen, place, hash)
    const found = find.get<AmendmentRow>(run.n, key, sentAt, digest)
    return found === undefined ? null : toAmendment(found)
  })
}

/** Takes late and changed entries back that a run found and does not archive: the next reading finds them again. */
export function retractAmendments(
  database: Database,
  hash: IdentityHash,
  runId: string,
  rows: readonly EntrySeen[],
): void {
  const run = runningRow(database, runId)
  const place = { org: run.org_name, opens: run.window_from, closes: run.window_to }
  const found = 'amendment.run = ? and amendment.key = ? and sent_after = ? and after = ?'
  const forget = database.prepare(`delete from entry where (org, sent_at, key, run) in
    (select org, sent_before, key, run from amendment where ${found}
      union all select org, sent_after, key, run from amendment where ${found})`)
  const retract = database.prepare(`delete from amendment where ${found}`)
  database.write(() => {
    for (const seen of rows) {
      const { key, sentAt, digest } = toEntryRow(seen, place, hash)
      forget.run(run.n, key, sentAt, digest, run.n, key, sentAt, digest)
      retract.run(run.n, key, sentAt, digest)
    }
  })
}

function toAmendment(row: AmendmentRow): Amendment {
  return {
    org: row.org_name,
    kind: row.kind,
    entry: toHex(row.key),
    conversation: toHex(row.conversation),
    sentAt: msToInstant(row.sent_after ?? row.sent_before ?? 0),
    before: row.before && toHex(row.before),
    after: row.after && toHex(row.after),
    amends: row.amends,
    foundIn: row.run_id,
    archive: row.archive,
  }
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
