import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Scenario } from '@custody/emulator'
import { openLedger } from '@custody/ledger'
import { describe, expect, test } from 'vitest'
import { type EmulatorProcess, startEmulatorProcess } from './testing/emulator-process.ts'
import { openArchive } from './testing/opened-archive.ts'
import { configured, type OrgUnderTest, startOrgUnderTest } from './testing/org-under-test.ts'

/** Entry requests under way at once. */
const lanes = 8

const asked = ({ org }: OrgUnderTest): number => org.calls['conversation-entries'].count

/** Answers that refused what was asked. */
const refusals = ({ org }: OrgUnderTest): { readonly refused: number } => ({
  refused: org.calls['conversation-entries'].statuses['400'] ?? 0,
})

/** Calls that count against the org's day. */
const coreCalls = ({ org }: OrgUnderTest): number =>
  (['query', 'query-more', 'limits', 'connect', 'describe'] as const).reduce(
    (sum, name) => sum + org.calls[name].count,
    0,
  )

/** Kills a run with SIGKILL once the org was asked for so many more pages. Gives whether it was still running then. */
async function killed(under: OrgUnderTest, pages: number, flags: readonly string[] = []): Promise<boolean> {
  const from = asked(under)
  let wasRunning = false
  await under.archive(flags, {
    onStart: async (child: ChildProcess) => {
      while (child.exitCode === null && asked(under) - from < pages) await sleep(2)
      wasRunning = child.exitCode === null
      child.kill('SIGKILL')
    },
  })
  return wasRunning
}

const runsOf = (under: Pick<OrgUnderTest, 'folder'>): readonly string[] => {
  const folder = join(under.folder, '.custody', 'shop', 'runs')
  return existsSync(folder) ? readdirSync(folder) : []
}

const manifestOf = (zip: string): string => openArchive(zip).file('manifest-sha256.txt')

/** What goes wrong by itself while the run is killed again and again. */
const faulty: Scenario = {
  rules: [
    { match: { endpoint: 'conversation-entries', probability: 0.02 }, action: { type: 'status', status: 503 } },
    {
      match: { endpoint: 'conversation-entries', probability: 0.005 },
      action: { type: 'status', status: 429, retryAfterSeconds: 1 },
    },
    {
      match: { endpoint: 'conversation-entries', probability: 0.01 },
      action: { type: 'reset', when: 'before-headers' },
    },
    { match: { endpoint: 'conversation-entries', probability: 0.01 }, action: { type: 'reset', when: 'in-body' } },
    { match: { endpoint: 'conversation-entries', probability: 0.05 }, action: { type: 'delay', ms: 250 } },
    { match: { endpoint: 'query', probability: 0.02 }, action: { type: 'status', status: 500 } },
  ],
}

describe('a run that is killed', () => {
  test('at any moment, while much else goes wrong, ends in the same bytes, and asks hardly anything twice', {
    timeout: process.env['SLOW'] ? 3_600_000 : 240_000,
  }, async () => {
    const kills = process.env['SLOW'] ? 200 : 6
    const entriesPerMinute = process.env['SLOW'] ? 900 : 60_000
    const size = process.env['SLOW'] ? { conversations: 60, longEntries: 600 } : { conversations: 20, longEntries: 200 }
    const options = { ...size, scenario: faulty, limits: { entriesPerMinute } }
    await using under = configured(await startEmulatorProcess(options), entriesPerMinute)
    const given = async (): Promise<number> =>
      (await under.org.book()).calls['conversation-entries'].statuses['200'] ?? 0
    const target = (round: number): string => join(under.folder, `round-${round}`)
    const startedAt = performance.now()
    expect((await under.archive(['--out', target(0)])).code).toBe(0)
    let durationMs = performance.now() - startedAt
    const [name = ''] = readdirSync(target(0))
    const manifest = manifestOf(join(target(0), name))
    const undisturbed = await given()

    const share = sharesOfOne()
    let killed = 0
    let resumed = 0
    for (let round = 1; killed < kills; round++) {
      const out = target(round)
      const before = await given()
      let killedHere = 0
      let code: number | null = null
      while (code === null) {
        // The last one is let run.
        const afterMs = killed < kills ? share() * durationMs : Number.POSITIVE_INFINITY
        const since = performance.now()
        code = await archiveFor(under, out, afterMs)
        if (code === null) {
          killed += 1
          killedHere += 1
        }
        // The machine has more time than it had.
        if (code !== null && killedHere === 0) durationMs = performance.now() - since
        // Nothing half-written bears the final name.
        if (existsSync(join(out, name))) openArchive(join(out, name))
        assertNameless(under)
      }
      expect(code).toBe(0)
      expect(manifestOf(join(out, name))).toBe(manifest)
      expect(readdirSync(out)).toEqual([name])
      expect(runsOf(under)).toEqual([])
      // A page for each lane and kill, and what was on its way to the disk.
      expect((await given()) - before).toBeLessThanOrEqual(undisturbed + 2 * lanes * killedHere)
      if (killedHere > 0) resumed += 1
      await assertLedgerClean(under)
    }
    expect(resumed).toBeGreaterThan(0)
    const { callsByUser, activeConversations } = await under.org.book()
    for (const calls of Object.values(callsByUser)) {
      expect(calls['conversation-entries']?.peakPerMinute ?? 0).toBeLessThanOrEqual(entriesPerMinute)
    }
    expect(activeConversations.exceeded).toBe(false)
  })

  test('may go on as another user, whom page tokens of the first are no good to', { timeout: 120_000 }, async () => {
    const options = { conversations: 20, longEntries: 400, executionUsers: 2 }
    await using under = await startOrgUnderTest({ ...options, switches: { pageTokensOf: 'user', pageCap: 25 } })
    const elsewhere = join(under.folder, 'undisturbed')
    expect((await under.archive(['--out', elsewhere])).code).toBe(0)
    const { refused } = refusals(under)
    expect(refused).toBe(0)
    for (const pages of [23, 17]) expect(await killed(under, pages)).toBe(true)
    const last = await under.archive()
    expect({ code: last.code, tokensRefused: refusals(under).refused > 0 }).toEqual({ code: 0, tokensRefused: true })
    const [zip = ''] = readdirSync(elsewhere)
    expect(manifestOf(under.zip)).toBe(manifestOf(join(elsewhere, zip)))
  })

  test('can be named, and nothing else has to be said again', { timeout: 60_000 }, async () => {
    await using under = await startOrgUnderTest({ conversations: 30, longEntries: 300 })
    expect(await killed(under, 5, ['--redact', 'none', '--no-attachments'])).toBe(true)
    const [run = ''] = runsOf(under)
    const resumed = await under.custody(['archive', '--resume', run, '--json'])
    expect(resumed.code).toBe(0)
    expect(JSON.parse(resumed.stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ runId: run, mode: 'plain' })
    const again = await under.custody(['archive', '--resume', run])
    expect({ code: again.code, said: again.stderr.includes('[RUN_UNKNOWN]') }).toEqual({ code: 2, said: true })
  })

  test('by the floor of daily calls goes on when there are more', { timeout: 60_000 }, async () => {
    const source = ['--source', 'connect', '--allow-counted']
    await using under = await startOrgUnderTest({ conversations: 12, limits: { apiRequestsPerDay: 10_000 } })
    const elsewhere = join(under.folder, 'undisturbed')
    const undisturbed = await under.archive([...source, '--out', elsewhere])
    const config = readFileSync(under.config, 'utf8')
    const before = coreCalls(under)
    // Enough for all but the last conversations.
    const allowed = before - 12
    const floor = 10_000 - before - allowed
    writeFileSync(under.config, config.replace('limits: {', `limits: { dailyCallsFloor: ${floor},`))
    const stopped = await under.archive(source)
    expect(stopped.code).toBe(5)
    // Those under way when it showed, at most.
    expect(coreCalls(under) - before).toBeLessThanOrEqual(allowed + lanes)
    expect(stopped.stderr).toMatch(/has \d+ of its 10000 API calls .* \[DAILY_CALLS_FLOOR\]/)
    expect(stopped.stderr).toMatch(/Go on with: custody archive --resume/)
    writeFileSync(under.config, config)
    expect((await under.archive(source)).code).toBe(undisturbed.code)
    const [zip = ''] = readdirSync(elsewhere)
    expect(manifestOf(under.zip)).toBe(manifestOf(join(elsewhere, zip)))
  })

  test('is another one when something else is asked for', { timeout: 60_000 }, async () => {
    await using under = await startOrgUnderTest({ conversations: 30, longEntries: 300 })
    expect(await killed(under, 5)).toBe(true)
    const [first] = runsOf(under)
    const other = await under.archive(['--redact', 'none', '--no-attachments'])
    expect(other.code).toBe(0)
    expect(runsOf(under)).toEqual([first])
  })

  test('leaves nothing behind when it never read anything', async () => {
    await using under = await startOrgUnderTest({ conversations: 3 })
    const refused = await under.archive([], { env: { SHOP_CLIENT_SECRET_1: 'wrong' } })
    expect(refused.code).toBe(6)
    expect(runsOf(under)).toEqual([])
  })
})

/** Numbers from 0 to 1, and the same ones each time. */
function sharesOfOne(): () => number {
  let state = 20_261_121
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Runs the archive into a directory, and kills it after so long. Gives its exit code; null where it was killed. */
async function archiveFor(under: OrgUnderTest<EmulatorProcess>, out: string, afterMs: number): Promise<number | null> {
  const { code, stderr } = await under.archive(['--out', out], {
    onStart: async (child) => {
      if (afterMs === Number.POSITIVE_INFINITY) return
      const kill = setTimeout(() => child.kill('SIGKILL'), afterMs)
      child.once('exit', () => clearTimeout(kill))
    },
  })
  // Killed a moment before, when all was done but to say so.
  if (existsSync(out) && stderr.includes('[ARCHIVE_EXISTS]')) return 0
  if (code !== null && code !== 0) throw new Error(stderr)
  return code
}

/** What is kept of a run says nobody's name. */
function assertNameless(under: OrgUnderTest<EmulatorProcess>): void {
  for (const run of runsOf(under)) {
    const file = join(under.folder, '.custody', 'shop', 'runs', run, 'answers.journal')
    if (!existsSync(file)) continue
    const journal = readFileSync(file)
    for (const name of under.org.names) expect(journal.includes(name)).toBe(false)
  }
}

async function assertLedgerClean({ folder }: OrgUnderTest<EmulatorProcess>): Promise<void> {
  await using ledger = await openLedger({ directory: join(folder, '.custody', 'shop'), readOnly: true })
  expect(await ledger.check()).toEqual([])
}
