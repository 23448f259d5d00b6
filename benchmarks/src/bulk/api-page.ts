import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Org, startEmulator } from '@custody/emulator'
import { median } from '../timing.ts'

const custody = join(import.meta.dirname, '../../../custody')

/** What custody keeps to, within its window of a little more than a minute; the org refuses what is more than a twentieth above it. */
const entriesPerMinute = 600
/** As `@custody/http` has it: Salesforce's minute, and a second for clocks that differ. */
const limitWindowMs = 61_000

export interface ApiOptions {
  readonly rounds: number
  readonly folder: string
}

/** How a run that the API limits uses what it may, and how soon it begins to write. Against the simulated org, two minutes long. */
export async function apiPage({ rounds, folder }: ApiOptions): Promise<string> {
  const first = await firstWritten(rounds, folder)
  const { used, refused } = await rateUsed(folder)
  return `## Reading by API

From the simulated org, by the Conversation Data API, redacted.

| | |
| --- | ---: |
| from the start of the process to the first conversation on disk, of 3,000 | ${first.toFixed(2)} s |
| of the requests for entries that are permitted, used over a window of the limit | ${(used * 100).toFixed(1)} % |
| requests that the org refused with 429 | ${refused} |
`
}

/** Seconds until the master has bytes, the median of some runs. Each is killed then. */
async function firstWritten(rounds: number, folder: string): Promise<number> {
  const seconds: number[] = []
  const org = await startEmulator({ conversations: 3_000, limits: { entriesPerMinute: 1_000_000 } })
  try {
    for (let round = 0; round < rounds; round += 1) {
      const place = newPlace(folder)
      const startedAt = performance.now()
      const run = archive(org, place, 1_000_000)
      const parts = (): readonly string[] => globSync('archives/.*/data/conversations/part-*.jsonl', { cwd: place })
      await until(run, () => parts().some((path) => statSync(join(place, path)).size > 0))
      seconds.push((performance.now() - startedAt) / 1000)
      await ended(run)
      rmSync(place, { recursive: true })
    }
  } finally {
    await org.close()
  }
  return median(seconds)
}

/** The share of its limit that a run uses, once what it may at once is through. */
async function rateUsed(folder: string): Promise<{ readonly used: number; readonly refused: number }> {
  const org = await startEmulator({
    conversations: 4 * entriesPerMinute,
    limits: { entriesPerMinute: Math.ceil(entriesPerMinute * 1.05) },
  })
  const place = newPlace(folder)
  try {
    const run = archive(org, place, entriesPerMinute)
    const calls = () => org.calls['conversation-entries']
    await until(run, () => calls().count > 0)
    const startedAt = performance.now()
    await until(run, () => performance.now() - startedAt >= limitWindowMs)
    const before = calls().count
    await until(run, () => performance.now() - startedAt >= 2 * limitWindowMs)
    const { count, refused } = calls()
    await ended(run)
    return { used: (count - before) / entriesPerMinute, refused }
  } finally {
    await org.close()
    rmSync(place, { recursive: true })
  }
}

function newPlace(folder: string): string {
  const place = join(folder, 'api')
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place, { recursive: true })
  return place
}

function archive({ url, credentials, window }: Org, place: string, perMinute: number): ChildProcess {
  const config = join(place, 'custody.config.yaml')
  writeFileSync(
    config,
    `version: 1
orgs:
  bench:
    loginUrl: ${url}
    auth:
      flow: client-credentials
      users: [{ name: archive-1, clientId: { env: BENCH_CLIENT_ID }, clientSecret: { env: BENCH_CLIENT_SECRET } }]
    archiveSecret: { env: BENCH_ARCHIVE_SECRET }
    limits: { entriesPerMinute: ${perMinute}, activeConversations: 100000, orgActiveConversations: 1000000 }
archive: { directory: ./archives, redaction: default }
`,
  )
  const env = {
    ...process.env,
    BENCH_CLIENT_ID: credentials.clientId,
    BENCH_CLIENT_SECRET: credentials.clientSecret,
    BENCH_ARCHIVE_SECRET: 'ab'.repeat(32),
  }
  const flags = ['--from', window.from, '--to', window.to, '--quiet', '--config', config]
  return spawn(custody, ['archive', ...flags], { cwd: place, env, stdio: 'ignore' })
}

/** Waits for something that a run does. */
async function until(run: ChildProcess, isDone: () => boolean): Promise<void> {
  while (!isDone()) {
    if (run.exitCode !== null) throw new Error(`custody archive ended with ${run.exitCode} before it was measured`)
    await sleep(5)
  }
}

async function ended(run: ChildProcess): Promise<void> {
  const exit = once(run, 'exit')
  run.kill('SIGKILL')
  await exit
}
