import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { smallDisk } from '../../../packages/ledger/src/testing/small-disk.ts'
import type { ArchiveJob } from './archive-job/archive-job.ts'
import { assertDiskSpace } from './archive-job/disk-space.ts'
import type { Console } from './console.ts'
import { openArchive } from './testing/opened-archive.ts'
import { type OrgUnderTest, startOrgUnderTest } from './testing/org-under-test.ts'
import { launcher, type Ran, runCommand } from './testing/run-custody.ts'
import { runInProcess } from './testing/run-program.ts'

interface Places {
  readonly archives: string
  readonly state: string
}

/** An org whose archives and state are where the test wants them. */
async function startAt(places: (folder: string) => Partial<Places>): Promise<OrgUnderTest & Places> {
  const under = await startOrgUnderTest({ conversations: 30, longEntries: 300 })
  const { archives = under.archives, state = join(under.folder, 'state') } = places(under.folder)
  const text = readFileSync(under.config, 'utf8').replace(under.archives, archives)
  writeFileSync(under.config, `${text}state: { directory: ${state} }\n`)
  return { ...under, archives, state, zip: under.zip.replace(under.archives, archives) }
}

const run = ({ org: { window }, config, env }: OrgUnderTest, flags: readonly string[] = []): Promise<Ran> =>
  runInProcess(['archive', '--from', window.from, '--to', window.to, '--config', config, ...flags], env)

const asked = ({ org }: OrgUnderTest): number => org.calls['conversation-entries'].count

const remount = (disk: string, options: string): void => void execFileSync('mount', ['-o', `remount,${options}`, disk])

/** The same window, archived where nothing is in the way: what the disturbed run has to end in. */
async function undisturbed(under: OrgUnderTest & Places): Promise<string> {
  const out = join(under.folder, 'undisturbed')
  expect((await run(under, ['--out', out])).code).toBe(0)
  return openArchive(join(out, readdirSync(out)[0] ?? '')).file('manifest-sha256.txt')
}

const manifest = ({ zip }: OrgUnderTest): string => openArchive(zip).file('manifest-sha256.txt')

const disk = (kibibytes: number, skip: (why: string) => never) => smallDisk(kibibytes) ?? skip('mounting needs root')

describe('a disk that fills up', { timeout: 60_000 }, () => {
  test('under the archive: nothing half-written stays, and what was read is not asked for again', async ({ skip }) => {
    const small = disk(400, skip)
    try {
      await using under = await startAt(() => ({ archives: join(small.path, 'archives') }))
      const full = await run(under)
      expect(full).toMatchObject({ code: 1, stderr: expect.stringContaining('(ENOSPC)') })
      expect(full.stderr).toContain('[ARCHIVE_DISK]')
      expect(full.stderr).toMatch(/it may not do/)
      expect(full.stderr).toMatch(/Go on with: custody archive --resume/)
      expect(readdirSync(under.archives)).toEqual([])
      remount(small.path, 'size=8m')
      const before = asked(under)
      expect((await run(under)).code).toBe(0)
      const again = asked(under) - before
      const inAll = before + again
      expect(manifest(under)).toBe(await undisturbed(under))
      expect(asked(under) - inAll).toBe(before + again)
    } finally {
      small.unmount()
    }
  })

  // The ledger, its lock, the limits, the answers: each in turn is what does not fit.
  test.for(process.env['SLOW'] ? [60, 120, 180, 240, 270, 330, 400, 500, 600, 700] : [600])(
    'under the state, of %i KB: said, kept, and gone on with',
    async (kibibytes, { skip }) => {
      const small = disk(kibibytes, skip)
      try {
        await using under = await startAt(() => ({ state: join(small.path, 'state') }))
        const full = await run(under)
        expect([1, 5]).toContain(full.code)
        expect(full.stderr).toMatch(/\[(JOURNAL_DISK|LEDGER_DISK|DISK_TOO_SMALL)\]/)
        expect(existsSync(under.archives) ? readdirSync(under.archives) : []).toEqual([])
        remount(small.path, 'size=16m')
        const done = await run(under)
        expect({ code: done.code, stderr: done.code === 0 ? '' : done.stderr }).toEqual({ code: 0, stderr: '' })
        expect(manifest(under)).toBe(await undisturbed(under))
      } finally {
        small.unmount()
      }
    },
  )

  test('is seen before any conversation is read, where it is sure to', async () => {
    const job = { archive: { directory: '/' }, config: { state: { directory: '/' } } } as unknown as ArchiveJob
    const said: string[] = []
    const console = { event: () => undefined, warn: (line: string) => said.push(line) } as unknown as Console
    // A thousand conversations take 47 MiB.
    const check = (mebibytes: number): Promise<void> =>
      assertDiskSpace(job, 1000, console, async () => mebibytes * 2 ** 20)
    await expect(check(11)).rejects.toMatchObject({ code: 'DISK_TOO_SMALL', kind: 'refused' })
    expect(said).toEqual([])
    await check(12)
    await check(46)
    expect(said).toHaveLength(2)
    await check(47)
    expect(said).toHaveLength(2)
    await assertDiskSpace(job, 0, console, async () => 0)
  })
})

describe('a disk that may only be read', { timeout: 60_000 }, () => {
  test.for(['archives', 'state'] as const)('under %s: said before anything is asked', async (what, { skip }) => {
    const small = disk(4096, skip)
    try {
      await using under = await startAt(() => ({ [what]: join(small.path, what) }))
      remount(small.path, 'ro')
      const refused = await run(under)
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/EROFS.*\[DIRECTORY_NOT_WRITABLE\]/) })
      expect(under.org.calls.token.count).toBe(0)
    } finally {
      small.unmount()
    }
  })
})

describe('a directory that vanishes in the middle of a run', { timeout: 60_000 }, () => {
  test('that of archives: there is no archive that is not whole', async () => {
    await using under = await startAt(() => ({}))
    const away = `${under.archives}-away`
    const gone = vanishing(under.archives, away, () => bytesIn(under.archives) > 0)
    const ran = await run(under)
    expect(gone()).toBe(true)
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('[ARCHIVE_DISK]') })
    expect(existsSync(under.zip)).toBe(false)
    expect((await run(under)).code).toBe(0)
    expect(manifest(under)).toBe(await undisturbed(under))
  })

  test.runIf(process.env['SLOW'])('that of the state: the run ends, and goes on where it comes back', async () => {
    await using under = await startAt(() => ({}))
    const away = `${under.state}-away`
    const gone = vanishing(under.state, away, () => asked(under) > 10)
    // In a process of its own: with it its locks end.
    const ran = await under.archive()
    expect(gone()).toBe(true)
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringMatching(/\[(JOURNAL|LEDGER)_/) })
    expect(existsSync(under.zip)).toBe(false)
    rmSync(under.state, { recursive: true, force: true })
    renameSync(away, under.state)
    expect((await under.archive()).code).toBe(0)
    expect(manifest(under)).toBe(await undisturbed(under))
  })
})

describe.runIf(process.env['SLOW'])('what the system refuses at any moment', { timeout: 600_000 }, () => {
  const calls = { write: 'write,pwrite64,writev,pwritev', flush: 'fsync,fdatasync', name: 'rename,renameat2' }
  const moments = { write: [40, 120, 200, 400, 700], flush: [1, 4, 9, 14, 20, 30], name: [1, 2, 3, 4] }
  const refusals = (Object.keys(calls) as (keyof typeof calls)[]).flatMap((what) =>
    moments[what].flatMap((when) => (['EIO', 'ENOSPC'] as const).map((error) => ({ what, when, error }))),
  )
  test.for(refusals)('$error on $what number $when', async ({ what, when, error }, { skip }) => {
    if (spawnSync('strace', ['-V']).status !== 0) skip('there is no strace')
    await using under = await startAt(() => ({}))
    const { window } = under.org
    const inject = `inject=${calls[what]}:error=${error}:when=${when}+`
    const args = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls[what]}`, '-e', inject, launcher]
    const asked = ['archive', '--from', window.from, '--to', window.to]
    const ran = await runCommand('strace', [...args, ...asked], { cwd: under.folder, env: under.env })
    if (existsSync(under.zip)) openArchive(under.zip)
    else expect(ran.code).not.toBe(0)
    await under.archive()
    expect(manifest(under)).toBe(await undisturbed(under))
  })
})

/** Moves a directory away once the moment has come. Gives whether it has. */
function vanishing(directory: string, away: string, hasCome: () => boolean): () => boolean {
  const watch = setInterval(() => {
    if (!hasCome()) return
    clearInterval(watch)
    renameSync(directory, away)
  }, 1)
  return () => {
    clearInterval(watch)
    return existsSync(away)
  }
}

/** Of all files below a directory. */
function bytesIn(directory: string): number {
  if (!existsSync(directory)) return 0
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
}
