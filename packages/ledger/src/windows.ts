import { type Clock, CustodyError, usageError } from '@custody/pipeline'
import { addOrg } from './org-number.ts'
import type { Database } from './sqlite-driver.ts'
import { msToInstant, msToInstantOrNull, toMilliseconds } from './time-range.ts'
import type { LedgerWindow, NewWindow, WindowSeal, WindowState } from './window.ts'

type WindowRow = {
  readonly n: number
  readonly org: number
  readonly org_name: string
  readonly opens: number
  readonly closes: number
  readonly amends: number
  readonly state: WindowState
  readonly archive: string | null
  readonly seal_digest: string | null
  readonly sealed_at: number | null
  readonly audited_at: number | null
}

const select = 'select window.*, org.name as org_name from window join org on org.n = window.org'

export function openWindow(database: Database, { org: name, amends = false, ...range }: NewWindow): LedgerWindow {
  const { opens, closes } = toMilliseconds(range)
  return database.write(() => {
    const org = addOrg(database, name)
    // A window that amends is opened anew for each archive; another one is there once.
    const same = database
      .prepare(`${select} where org = ? and opens = ? and closes = ? and amends = ?
        and (amends = 0 or state <> 'sealed') order by window.n desc limit 1`)
      .get<WindowRow>(org, opens, closes, Number(amends))
    if (same !== undefined) return toWindow(same)
    if (!amends) assertNoOverlap(database, { n: 0, org, org_name: name, opens, closes })
    const added = database
      .prepare("insert into window (org, opens, closes, amends, state) values (?, ?, ?, ?, 'open') returning n")
      .get<{ readonly n: number }>(org, opens, closes, Number(amends))
    return toWindow(windowRow(database, added?.n ?? 0))
  })
}

export function settleWindow(database: Database, id: number): LedgerWindow {
  return database.write(() => {
    const row = windowRow(database, id)
    if (row.state === 'sealed') throw wrongState(row, 'settling')
    database.prepare("update window set state = 'settling' where n = ?").run(id)
    return toWindow(windowRow(database, id))
  })
}

/** In a transaction. */
export function seal(
  database: Database,
  id: number,
  { archive, sealDigest }: WindowSeal & { readonly archive: string },
  clock: Clock,
): LedgerWindow {
  if (!archive || !sealDigest) throw usageError('LEDGER_WINDOW', 'A seal needs the archive and the digest of its seal.')
  const row = windowRow(database, id)
  if (row.state === 'sealed' && row.archive === archive && row.seal_digest === sealDigest) return toWindow(row)
  if (row.state !== 'settling') throw wrongState(row, 'sealed')
  if (row.amends === 0) assertNoOverlap(database, row)
  database
    .prepare("update window set state = 'sealed', archive = ?, seal_digest = ?, sealed_at = ? where n = ?")
    .run(archive, sealDigest, clock.now(), id)
  return toWindow(windowRow(database, id))
}

export function windows(database: Database, org: string): LedgerWindow[] {
  return database.prepare(`${select} where org.name = ? order by opens, window.n`).all<WindowRow>(org).map(toWindow)
}

export function leastRecentlyAudited(database: Database, org: string, share: number): LedgerWindow[] {
  if (!(share >= 0 && share <= 1)) throw usageError('LEDGER_OPTIONS', 'leastRecentlyAudited: share is from 0 to 1.')
  const sealed = database
    .prepare(
      `${select} where org.name = ? and state = 'sealed' order by coalesce(audited_at, sealed_at), opens, window.n`,
    )
    .all<WindowRow>(org)
  return sealed.slice(0, Math.ceil(sealed.length * share)).map(toWindow)
}

/**
 * The sealed windows that lie in a time as a whole, where that time is sealed without a hole.
 *
 * @throws CustodyError of kind refused, `LEDGER_WINDOW_NOT_SEALED`.
 */
export function sealedWindowsIn(database: Database, org: number, opens: number, closes: number): readonly number[] {
  const sealed = database
    .prepare(
      "select n, opens, closes from window where org = ? and state = 'sealed' and opens < ? and closes > ? order by opens",
    )
    .all<Pick<WindowRow, 'n' | 'opens' | 'closes'>>(org, closes, opens)
  let covered = opens
  for (const window of sealed) if (window.opens <= covered) covered = Math.max(covered, window.closes)
  if (covered < closes) {
    throw new CustodyError(
      'LEDGER_WINDOW_NOT_SEALED',
      `Between ${msToInstant(opens)} and ${msToInstant(closes)} not everything is sealed: what is new there is not late.`,
      { kind: 'refused', actions: ['Compare sealed windows only.'] },
    )
  }
  return sealed.filter((window) => window.opens >= opens && window.closes <= closes).map(({ n }) => n)
}

function assertNoOverlap(
  database: Database,
  { n, org, org_name, opens, closes }: Pick<WindowRow, 'n' | 'org' | 'org_name' | 'opens' | 'closes'>,
): void {
  const other = database
    .prepare(
      "select * from window where org = ? and state = 'sealed' and amends = 0 and opens < ? and closes > ? and n <> ?",
    )
    .get<WindowRow>(org, closes, opens, n)
  if (other === undefined) return
  throw new CustodyError(
    'LEDGER_WINDOW_OVERLAP',
    `${org_name}: ${msToInstant(opens)} to ${msToInstant(closes)} overlaps the sealed window ${msToInstant(other.opens)} to ${msToInstant(other.closes)}, archive ${other.archive}.`,
    { kind: 'refused', actions: ['Archive the time that is not sealed yet, or amend the sealed window.'] },
  )
}

function windowRow(database: Database, id: number): WindowRow {
  const row = database.prepare(`${select} where window.n = ?`).get<WindowRow>(id)
  if (row !== undefined) return row
  throw new CustodyError('LEDGER_WINDOW_UNKNOWN', `There is no window ${id} here.`, { kind: 'not-found' })
}

function wrongState(row: WindowRow, wanted: WindowState): CustodyError {
  return new CustodyError(
    'LEDGER_WINDOW_STATE',
    `${row.org_name}: the window ${msToInstant(row.opens)} to ${msToInstant(row.closes)} is ${row.state} and cannot become ${wanted}.`,
    { kind: 'refused', actions: ['A window goes from open to settling to sealed, and never back.'] },
  )
}

function toWindow(row: WindowRow): LedgerWindow {
  return {
    id: row.n,
    org: row.org_name,
    from: msToInstant(row.opens),
    to: msToInstant(row.closes),
    amends: row.amends === 1,
    state: row.state,
    archive: row.archive,
    sealDigest: row.seal_digest,
    sealedAt: msToInstantOrNull(row.sealed_at),
    auditedAt: msToInstantOrNull(row.audited_at),
  }
}
