// ours.ts LINES FOLDER LEVEL|none JOBS: the same as naive.ts with the packages. Hashed as it is written; `none` makes no ZIP.
import { createReadStream, rmSync } from 'node:fs'
import { join } from 'node:path'
import { defaultPolicy } from '@custody/redact'
import { encodeCsvHeader, fileWriter, zipFolder } from '@custody/sinks'
import { availableThreads, onThreads } from '@custody/threads'
import { print } from '../../print.ts'
import { benchKey } from '../bench-key.ts'
import { entryColumns } from '../entry-columns.ts'

const [lines = '', folder = '', level = '6', jobs = '1'] = process.argv.slice(2)
const LF = 0x0a
const shardBytes = 1024 * 1024

/** Whole lines, in memory of their own. */
async function* shards(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let rest = Buffer.alloc(0)
  for await (const chunk of createReadStream(lines, { highWaterMark: shardBytes })) {
    const end = chunk.lastIndexOf(LF) + 1
    const shard = Buffer.allocUnsafeSlow(rest.length + end)
    rest.copy(shard)
    chunk.copy(shard, rest.length, 0, end)
    rest = Buffer.from(chunk.subarray(end))
    yield shard
  }
}

const csv = fileWriter(join(folder, 'entries.csv'))
await csv.write(encodeCsvHeader(entryColumns))
const rows = onThreads<Uint8Array<ArrayBuffer>, Uint8Array>(shards(), {
  module: new URL('./redact-entries.ts', import.meta.url),
  data: { policy: defaultPolicy, key: benchKey },
  threads: availableThreads(Number(jobs)),
  transferOf: ({ buffer }) => [buffer],
})
for await (const bytes of rows) await csv.write(bytes)
const { sha256 } = await csv.close()
if (level !== 'none') {
  await zipFolder(folder, `${folder}.zip`, { order: ['entries.csv'], level: Number(level) })
  rmSync(folder, { recursive: true })
}
print(sha256)
