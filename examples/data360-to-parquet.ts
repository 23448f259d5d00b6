// A window of Data 360 as a Parquet file, one row a message, for whatever reads Parquet: DuckDB, Spark, pandas.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createData360TokenProvider } from '@custody/auth'
import { data360 } from '@custody/data360-source'
import { createOrgClient } from '@custody/http'
import { type Conversation, parseJson } from '@custody/model'
import { from, type Pipe } from '@custody/pipeline'
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet'
import { fileWriter, parquetWriteRows } from 'hyparquet-writer'
import { startDemoOrg } from './org/demo-org.ts'

await using demo = await startDemoOrg(30)
const { tokens, window } = demo
const tenant = createOrgClient({ tokens: createData360TokenProvider({ tokens }), parseJson })

// Rows are pulled as the file is written: no more than a row group of them is in memory.
async function* messages(pipe: Pipe<Conversation>) {
  for await (const { records, rejects } of pipe.batches()) {
    if (rejects.length > 0) throw new Error(`${rejects.length} records are not as they should be: ${rejects[0]?.code}`)
    for (const { identifier, entries } of records) {
      for (const { entryId, sentAt, sender, text } of entries) {
        yield { conversation: identifier, entry: entryId, sent_at: new Date(sentAt), role: sender.role, text }
      }
    }
  }
}

const folder = await mkdtemp(join(tmpdir(), 'custody-example-'))
const file = join(folder, 'messages.parquet')
await parquetWriteRows({
  writer: fileWriter(file),
  rows: messages(from(data360({ api: 'v3', org: tenant, window }))),
  columns: [
    { name: 'conversation', type: 'STRING' },
    { name: 'entry', type: 'STRING' },
    { name: 'sent_at', type: 'TIMESTAMP' },
    { name: 'role', type: 'STRING' },
    { name: 'text', type: 'STRING', nullable: true },
  ],
})

const { num_rows: rows } = await parquetMetadataAsync(await asyncBufferFromFile(file))
console.log(`${rows} messages in ${file}`)
await tenant.close()
await rm(folder, { recursive: true })
