// The same parts without our builder: sources, stages and sinks go straight into pipeline() of node:stream/promises.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { entries } from '@custody/entries-source'
import { census } from '@custody/records-source'
import { jsonl } from '@custody/sinks'
import { startDemoOrg } from './org/demo-org.ts'

await using demo = await startDemoOrg(20)
const folder = await mkdtemp(join(tmpdir(), 'custody-example-'))
const file = join(folder, 'conversations.jsonl')

await pipeline(census(demo), entries(demo), jsonl({ file }))

const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
console.log(`${lines.length} conversations, one a line`)
await rm(folder, { recursive: true })
