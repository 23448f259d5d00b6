// A sink that keeps messages in a table of PostgreSQL. A batch is a transaction, so it is in the table whole or not at all, and
// writing it again changes nothing. PGlite is PostgreSQL within this process; a client of `pg` has the same `query`.

import { entries } from '@custody/entries-source'
import type { Conversation } from '@custody/model'
import { defineSink, from, type Sink } from '@custody/pipeline'
import { census } from '@custody/records-source'
import { PGlite } from '@electric-sql/pglite'
import { startDemoOrg } from './org/demo-org.ts'

interface Client {
  query(sql: string, values?: unknown[]): Promise<unknown>
}

function messagesTable(client: Client): Sink<Conversation> {
  return defineSink('messages-table', async function* (source) {
    await client.query(`CREATE TABLE IF NOT EXISTS messages (
      entry_id text PRIMARY KEY, conversation text NOT NULL, sent_at timestamptz NOT NULL, role text NOT NULL, text text)`)
    for await (const { records, rejects, checkpoint } of source) {
      const rows = records.flatMap(({ identifier, entries }) =>
        entries.map(({ entryId, sentAt, sender, text }) => [entryId, identifier, sentAt, sender.role, text] as const),
      )
      // Values never become SQL: one array for each column.
      const columns = [0, 1, 2, 3, 4].map((column) => rows.map((row) => row[column] ?? null))
      await client.query('BEGIN')
      try {
        await client.query(
          `INSERT INTO messages SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[])
           ON CONFLICT (entry_id) DO NOTHING`,
          columns,
        )
        await client.query('COMMIT')
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      }
      yield { batches: 1, records: records.length, rejects: rejects.length, ...(checkpoint && { checkpoint }) }
    }
  })
}

await using demo = await startDemoOrg(20)
const database = await PGlite.create()
const run = () => from(census(demo)).through(entries(demo)).to(messagesTable(database)).run()
const { records } = await run()
await run() // Once more: every row is there already.

const { rows } = await database.query<{ role: string; n: number }>(
  'SELECT role, count(*)::int AS n FROM messages GROUP BY role ORDER BY role',
)
console.log(`${records} conversations`, rows.map(({ role, n }) => `${role} ${n}`).join(', '))
await database.close()
