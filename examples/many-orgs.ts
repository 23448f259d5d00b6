// Several orgs at once, each into a file of its own. One that fails ends none of the others, and is not passed over.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entries } from '@custody/entries-source'
import { CustodyError, from } from '@custody/pipeline'
import { census } from '@custody/records-source'
import { jsonl } from '@custody/sinks'
import { type DemoOrg, startDemoOrg } from './org/demo-org.ts'

const folder = await mkdtemp(join(tmpdir(), 'custody-example-'))

// Each org has limits of its own, so they need not wait for one another.
async function archive(name: string, demo: DemoOrg): Promise<number> {
  const file = join(folder, `${name}.jsonl`)
  const { records } = await from(census(demo)).through(entries(demo)).to(jsonl({ file })).run()
  return records
}

await using north = await startDemoOrg(10)
await using south = await startDemoOrg(20)
// The secret of this one has been changed.
await using west = await startDemoOrg(5, 'the-secret-of-last-year')

const orgs = { north, south, west }
const results = await Promise.allSettled(Object.entries(orgs).map(([name, demo]) => archive(name, demo)))
for (const [index, name] of Object.keys(orgs).entries()) {
  const result = results[index]
  if (result?.status === 'fulfilled') console.log(`${name}: ${result.value} conversations`)
  else console.log(`${name}: failed, ${CustodyError.isInstance(result?.reason) ? result.reason.code : 'unexpectedly'}`)
}
await rm(folder, { recursive: true })
