import { setImmediate } from 'node:timers/promises'
import type { CompareOptions, Comparison } from './amendment.ts'
import { discardAmendments } from './discard-run.ts'
import { toEntryRow } from './entry-row.ts'
import { type Adopted, type Difference, FreshReading } from './fresh-reading.ts'
import type { IdentityHash } from './identity-hash.ts'
import { inBatches } from './in-batches.ts'
import { insertAmendment } from './record-entries.ts'
import { type RunRow, runningRow } from './runs.ts'
import type { Database } from './sqlite-driver.ts'
import { toMilliseconds } from './time-range.ts'
import { sealedWindowsIn } from './windows.ts'

const ROWS = 4_000

export interface CompareEntriesOptions extends CompareOptions {
  readonly database: Database
  readonly hash: IdentityHash
  /** A second connection, for reading: one view of the ledger from beginning to end, and room for the fresh reading. */
  readonly openReader: () => Database
}

export async function compareEntries(options: CompareEntriesOptions): Promise<Comparison> {
  const { database, hash, openReader, rows, signal } = options
  const run = runningRow(database, options.run)
  const { opens, closes } = toMilliseconds(options.window)
  const windows = sealedWindowsIn(database, run.org, opens, closes)
  const place = { org: run.org_name, opens, closes }

  const reader = openReader()
  try {
    const fresh = new FreshReading(reader, { org: run.org, opens, closes })
    for await (const batch of inBatches(rows, ROWS, signal))
      fresh.add(batch.map((seen) => toEntryRow(seen, place, hash)))
    const complete = typeof options.complete === 'function' ? options.complete() : options.complete
    for (const _ of fresh.match(ROWS)) {
      await setImmediate()
      signal?.throwIfAborted()
    }
    const found = await record(database, run, fresh.differences({ vanished: complete }), { opens, closes })
    await adopt(database, run, fresh.adopted())
    if (complete) {
      const audited = database.prepare('insert into audit (run, window) values (?, ?) on conflict do nothing')
      database.write(() => {
        for (const window of windows) audited.run(run.n, window)
      })
    }
    return { compared: fresh.size, ...found }
  } finally {
    reader.close()
  }
}

/** Records what was known by name alone, where it is of the run's own window: elsewhere it could not be taken back with the run. */
async function adopt(database: Database, run: RunRow, adopted: Iterable<Adopted>): Promise<void> {
  const put = database.prepare(putEntry)
  for await (const batch of inBatches(adopted, ROWS)) {
    database.write(() => {
      runningRow(database, run.id)
      for (const { key, conversation, sentAfter, after } of batch) {
        if (sentAfter >= run.window_from && sentAfter < run.window_to)
          put.run(run.org, sentAfter, key, run.n, conversation, after)
      }
    })
  }
}

const putEntry = `insert into entry (org, sent_at, key, run, conversation, digest) values (?, ?, ?, ?, ?, ?)
  on conflict do update set digest = excluded.digest`

/** The amendments of a run in a time, in place of those it had there before. */
async function record(
  database: Database,
  run: RunRow,
  differences: Iterable<Difference>,
  { opens, closes }: { readonly opens: number; readonly closes: number },
): Promise<Omit<Comparison, 'compared'>> {
  const count = { late: 0, changed: 0, vanished: 0 }
  const amend = insertAmendment(database)
  const put = database.prepare(putEntry)
  database.write(() => {
    runningRow(database, run.id)
    discardAmendments(database, run, opens, closes)
    database
      .prepare('delete from audit where run = ? and window in (select n from window where opens < ? and closes > ?)')
      .run(run.n, closes, opens)
  })
  for await (const batch of inBatches(differences, ROWS)) {
    database.write(() => {
      runningRow(database, run.id)
      for (const { key, conversation, sentBefore, sentAfter, before, after } of batch) {
        const kind = before === null ? 'late' : after === null ? 'vanished' : 'changed'
        count[kind] += 1
        amend.run(run.n, run.org, kind, key, conversation, sentBefore, sentAfter, before, after)
        if (sentBefore !== null && sentBefore !== sentAfter)
          put.run(run.org, sentBefore, key, run.n, conversation, null)
        if (sentAfter !== null) put.run(run.org, sentAfter, key, run.n, conversation, after)
      }
    })
  }
  return count
}
