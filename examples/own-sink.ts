// A sink of one's own beside a JSONL file: both get every conversation, and a batch counts once both have it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entries } from '@custody/entries-source'
import type { Conversation } from '@custody/model'
import { defineSink, from, type Sink, tee } from '@custody/pipeline'
import { census } from '@custody/records-source'
import { defaultPolicy, redact } from '@custody/redact'
import { jsonl } from '@custody/sinks'
import { startDemoOrg } from './org/demo-org.ts'

/** Stands for a data base: keeps how many messages came in through each channel. */
function countByChannel(counts: Map<string, number>): Sink<Conversation> {
  return defineSink('count-by-channel', async function* (source) {
    for await (const batch of source) {
      for (const { channelName, entries } of batch.records) {
        const channel = channelName ?? 'unknown'
        counts.set(channel, (counts.get(channel) ?? 0) + entries.length)
      }
      // Said only when it is durable: the checkpoint may be stored from here on.
      const { records, rejects, checkpoint } = batch
      yield { batches: 1, records: records.length, rejects: rejects.length, ...(checkpoint && { checkpoint }) }
    }
  })
}

await using demo = await startDemoOrg(30)
const folder = await mkdtemp(join(tmpdir(), 'custody-example-'))
const counts = new Map<string, number>()

const summary = await from(census(demo))
  .through(entries(demo))
  .through(redact({ policy: defaultPolicy, key: new Uint8Array(32).fill(1), tenant: 'demo' }))
  .to(tee(jsonl({ file: join(folder, 'conversations.jsonl') }), countByChannel(counts)))
  .run()

console.log(`${summary.records} conversations written to a JSONL file`)
for (const [channel, entries] of counts) console.log(`${entries} entries through ${channel}`)
await rm(folder, { recursive: true })
