import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { openArchive } from './testing/opened-archive.ts'
import { type OrgUnderTest, startOrgUnderTest } from './testing/org-under-test.ts'

/** Entry requests under way at once. */
const lanes = 8

const asked = ({ org }: OrgUnderTest): number => org.calls['conversation-entries'].count

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

const runsOf = (under: OrgUnderTest): readonly string[] => {
  const folder = join(under.folder, '.custody', 'shop', 'runs')
  return existsSync(folder) ? readdirSync(folder) : []
}

describe('a run that is killed', () => {
  test('goes on where it was, asks hardly anything twice, and ends in the same bytes', {
    timeout: 240_000,
  }, async () => {
    await using under = await startOrgUnderTest({ conversations: 60, longEntries: 600 })
    const elsewhere = join(under.folder, 'undisturbed')
    expect((await under.archive(['--out', elsewhere])).code).toBe(0)
    const undisturbed = asked(under)
    const [zip = ''] = readdirSync(elsewhere)
    const manifest = openArchive(join(elsewhere, zip)).file('manifest-sha256.txt')

    let kills = 0
    const before = asked(under)
    for (const pages of process.env['SLOW']
      ? Array.from({ length: 40 }, (_, at) => 1 + ((at * 7) % 23))
      : [3, 20, 11]) {
      if (await killed(under, pages)) kills += 1
      // Nothing half-written bears the final name.
      if (!existsSync(under.zip)) continue
      openArchive(under.zip)
      break
    }
    expect(kills).toBeGreaterThan(1)
    const [run = ''] = runsOf(under)
    const journal = readFileSync(join(under.folder, '.custody', 'shop', 'runs', run, 'answers.journal'))
    for (const { name } of under.org.truth.endUsers()) expect(journal.includes(name)).toBe(false)

    const last = await under.archive(['--json'])
    expect(last.code).toBe(0)
    expect(JSON.parse(last.stdout.split('\n')[0] ?? '')).toMatchObject({ type: 'job-start', runId: run })
    expect(openArchive(under.zip).file('manifest-sha256.txt')).toBe(manifest)
    // A page for each lane and kill, and what was on its way to the disk.
    expect(asked(under) - before).toBeLessThanOrEqual(undisturbed + 2 * lanes * kills)
    expect(runsOf(under)).toEqual([])
    expect(readdirSync(under.archives)).toEqual([under.zip.split('/').at(-1)])
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
