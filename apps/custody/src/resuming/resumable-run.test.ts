import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { prepareArchiveJob } from '../archive-job/archive-job.ts'
import { sleepingClock } from '../testing/fake-clock.ts'
import { openResumableRun } from './resumable-run.ts'
import { runFolder } from './run-record.ts'

const hour = 3_600_000

test('answers are used until nothing came for a day, however long the run has been reading', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'custody-resumable-'))
  const state = join(folder, 'state')
  const flags = { config: join(folder, 'custody.config.yaml'), from: '2026-10-01', to: '2026-11-01' }
  writeFileSync(
    flags.config,
    `version: 1
orgs:
  acme:
    loginUrl: https://acme.my.salesforce.com
    auth:
      flow: client-credentials
      users: [{ name: archive-1, clientId: { env: A }, clientSecret: { env: B } }]
    archiveSecret: { env: KEY }
archive: { directory: ${join(folder, 'archives')} }
state: { directory: ${state} }
`,
  )
  const env = { KEY: 'the-same-key-in-every-test-of-this-project' }
  const clock = sleepingClock(Date.now())
  const job = prepareArchiveJob({ ...flags, source: 'conversation-data' }, env, clock)
  const journal = join(runFolder(state, 'acme', job.runId), 'answers.journal')
  /** Opens the run some hours later, and gives how many answers it goes on with. */
  const after = async (hours: number): Promise<number> => {
    clock.jump(hours * hour)
    const run = await openResumableRun(job, flags as never, clock)
    await run.close()
    return run.answers
  }

  const first = await openResumableRun(job, flags as never, clock)
  await first.journal.put('a page', Buffer.from('{}'))
  await first.close()
  expect(await after(23)).toBe(1)
  // Something more was read then.
  utimesSync(journal, clock.now() / 1_000, clock.now() / 1_000)
  expect(await after(23)).toBe(1)
  expect(await after(2)).toBe(0)
})
