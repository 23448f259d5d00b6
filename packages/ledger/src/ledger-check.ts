import { CustodyError } from '@custody/pipeline'
import type { Database, Row } from './sqlite-driver.ts'
import { msToInstant } from './time-range.ts'

/**
 * - `damaged`: the file itself; an index can be built anew, a table cannot.
 * - `dangling`: a row names another one that is not there.
 * - `overlap`: two sealed windows of one org hold the same time.
 * - `stray-entry`: an entry outside the window of its run, and no amendment.
 * - `stray-amendment`: an amendment that its entry does not bear out.
 * - `left-over`: rows of a run that was given up.
 */
export type LedgerFindingCode = 'damaged' | 'dangling' | 'overlap' | 'stray-entry' | 'stray-amendment' | 'left-over'

/** Something that does not hold in a ledger. */
export interface LedgerFinding {
  readonly code: LedgerFindingCode
  readonly message: string
  /** Whether `repair()` may help without anything being lost. */
  readonly repairable: boolean
}

/** At most so many of one sort. */
const MOST = 100

/** Reads all of the database. Never throws for what it is there to find. */
export function checkLedger(database: Database): readonly LedgerFinding[] {
  const damage = integrity(database)
  // Of a damaged file nothing else can be believed.
  return damage.length > 0 ? damage : [...dangling(database), ...ownRules(database)]
}

function integrity(database: Database): LedgerFinding[] {
  try {
    return (
      database
        .prepare(`pragma integrity_check(${MOST})`)
        .all<{ readonly integrity_check: string }>()
        .map(({ integrity_check }) => integrity_check)
        .filter((text) => text !== 'ok')
        // Only indexes are spoken of like this; see the source of sqlite3, pragma.c.
        .map((message) => ({ code: 'damaged', message, repairable: /\bindex\b/.test(message) }))
    )
  } catch (error) {
    if (!CustodyError.isInstance(error) || error.code !== 'LEDGER_DAMAGED') throw error
    return [{ code: 'damaged', message: error.message, repairable: false }]
  }
}

function dangling(database: Database): LedgerFinding[] {
  return database
    .prepare('pragma foreign_key_check')
    .all<{ readonly table: string; readonly parent: string }>()
    .slice(0, MOST)
    .map(({ table, parent }) => ({
      code: 'dangling',
      message: `A row of ${table} names a row of ${parent} that is not there.`,
      repairable: false,
    }))
}

type Rule = readonly [code: LedgerFindingCode, repairable: boolean, sql: string, tell: (row: Row) => string]

const rules: readonly Rule[] = [
  [
    'overlap',
    false,
    `select a.archive, b.archive as other, b.opens from window a join window b on a.org = b.org and a.n < b.n
      where a.state = 'sealed' and b.state = 'sealed' and a.amends = 0 and b.amends = 0
        and a.opens < b.closes and b.opens < a.closes`,
    (row) =>
      `The archives ${row['archive']} and ${row['other']} hold the same time, from ${msToInstant(Number(row['opens']))}.`,
  ],
  [
    'stray-entry',
    false,
    `select run.id, count(*) as n from entry cross join run on run.n = entry.run
      where (sent_at < window_from or sent_at >= window_to or entry.org <> run.org or digest is null)
        and not exists (select 1 from amendment where amendment.run = entry.run and amendment.key = entry.key
          and (sent_before = sent_at or sent_after = sent_at))
      group by run.n`,
    (row) => `Run ${row['id']} has ${row['n']} entries that are not of its window.`,
  ],
  [
    'stray-amendment',
    false,
    `select run.id, count(*) as n from amendment cross join run on run.n = amendment.run
      where not exists (select 1 from entry where entry.org = amendment.org and entry.key = amendment.key
        and entry.run = amendment.run and sent_at = coalesce(sent_after, sent_before) and digest is after)
      group by run.n`,
    (row) => `Run ${row['id']} has ${row['n']} amendments that its entries do not bear out.`,
  ],
  [
    'left-over',
    true,
    `select run.id from run where state = 'abandoned' and (exists (select 1 from amendment where amendment.run = run.n)
      or exists (select 1 from gap where gap.run = run.n)
      or exists (select 1 from entry where entry.org = run.org and sent_at >= window_from and sent_at < window_to
        and entry.run = run.n))`,
    (row) => `Run ${row['id']} was given up, and its rows are still there. They do not count.`,
  ],
]

function ownRules(database: Database): LedgerFinding[] {
  return rules.flatMap(([code, repairable, sql, tell]) =>
    database
      .prepare(`${sql} limit ${MOST}`)
      .all()
      .map((row) => ({ code, message: tell(row), repairable })),
  )
}
