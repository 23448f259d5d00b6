import type { Amendment, AmendmentKind } from './amendment.ts'
import { findOrg } from './org-number.ts'
import { runRow } from './runs.ts'
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
}

const ROWS = 1_000

/** Read in pieces, so that nothing stands open while the caller works. */
export async function* amendments(
  database: Database,
  filter: { readonly run: string } | { readonly org: string },
): AsyncGenerator<Amendment> {
  const where = 'run' in filter ? 'amendment.run = ?' : 'amendment.org = ? and archived_as is not null'
  const of = 'run' in filter ? runRow(database, filter.run).n : findOrg(database, filter.org)
  const piece = database.prepare(`
    select amendment.*, org.name as org_name, run.id as run_id, run.archive
      from amendment cross join run on run.n = amendment.run cross join org on org.n = amendment.org
      where ${where} and amendment.n > ? order by amendment.n limit ${ROWS}`)
  for (let after = 0; ; ) {
    const rows = piece.all<AmendmentRow>(of, after)
    yield* rows.map(toAmendment)
    after = rows.at(-1)?.n ?? 0
    if (rows.length < ROWS) return
  }
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
    foundIn: row.run_id,
    archive: row.archive,
  }
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
