import { type EntryPlace, type EntryRow, toEntryRow } from './entry-row.ts'
import type { EntrySeen, Recorded } from './entry-seen.ts'
import type { IdentityHash } from './identity-hash.ts'
import { inBatches } from './in-batches.ts'
import { runningRow } from './runs.ts'
import type { Database, Statement } from './sqlite-driver.ts'

/** One transaction, one flush to the disk. */
const ROWS = 4_000

type Count = { -readonly [Key in keyof Recorded]: Recorded[Key] }

export interface RecordEntriesOptions {
  readonly database: Database
  readonly hash: IdentityHash
  readonly runId: string
  readonly rows: Iterable<EntrySeen> | AsyncIterable<EntrySeen>
  readonly signal: AbortSignal | undefined
}

export async function recordEntries({ database, hash, runId, rows, signal }: RecordEntriesOptions): Promise<Recorded> {
  const run = runningRow(database, runId)
  const place: EntryPlace = { org: run.org_name, opens: run.window_from, closes: run.window_to }
  const record = createRecorder(database, run)
  const total: Count = { recorded: 0, known: 0, amended: 0, conflicting: 0 }
  for await (const batch of inBatches(rows, ROWS, signal)) {
    const entries = batch.map((seen) => toEntryRow(seen, place, hash))
    const outcomes = database.write(() => {
      runningRow(database, runId)
      return entries.map(record)
    })
    for (const outcome of outcomes) if (outcome !== null) total[outcome] += 1
  }
  return total
}

/** Notes one entry in a transaction; null for one that came before, just the same. */
function createRecorder(
  database: Database,
  { n: run, org }: { readonly n: number; readonly org: number },
): (row: EntryRow) => keyof Recorded | null {
  const current = currentDigest(database)
  const add = database.prepare(
    'insert into entry (org, sent_at, key, run, conversation, digest) values (?, ?, ?, ?, ?, ?) on conflict do nothing',
  )
  const amend = insertAmendment(database)
  const keepLower = createConflict(database, org, run)
  return ({ sentAt, key, conversation, digest }) => {
    const known = current.get<{ readonly digest: Uint8Array | null }>(org, sentAt, key)
    if (known?.digest != null && Buffer.compare(known.digest, digest) === 0) return 'known'
    if (add.run(org, sentAt, key, run, conversation, digest) === 0) return keepLower(sentAt, key, digest)
    if (known === undefined) return 'recorded'
    const kind = known.digest === null ? 'late' : 'changed'
    amend.run(run, org, kind, key, conversation, known.digest && sentAt, sentAt, known.digest, digest)
    return 'amended'
  }
}

/** What archives have at a place: one row, its digest null for what vanished, or none. */
function currentDigest(database: Database): Statement {
  return database.prepare(`select entry.digest from entry join run on run.n = entry.run
    where entry.org = ? and sent_at = ? and key = ? and archived_as is not null order by archived_as desc limit 1`)
}

/** The same entry twice in one reading: of two digests the lower one is kept, so that the order does not matter. */
function createConflict(database: Database, org: number, run: number) {
  const lower = database.prepare(
    'update entry set digest = ?5 where org = ?1 and sent_at = ?2 and key = ?3 and run = ?4 and digest > ?5',
  )
  const lowerAmended = database.prepare('update amendment set after = ? where run = ? and key = ? and sent_after = ?')
  const same = database.prepare(
    'select 1 from entry where org = ? and sent_at = ? and key = ? and run = ? and digest = ?',
  )
  return (sentAt: number, key: Uint8Array, digest: Uint8Array): 'conflicting' | null => {
    if (same.get(org, sentAt, key, run, digest) !== undefined) return null
    if (lower.run(org, sentAt, key, run, digest) > 0) lowerAmended.run(digest, run, key, sentAt)
    return 'conflicting'
  }
}

/** Takes: run, org, kind, key, conversation, sent before and after, digest before and after. */
export function insertAmendment(database: Database): Statement {
  return database.prepare(`insert into amendment
    (run, org, kind, key, conversation, sent_before, sent_after, before, after) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
}
