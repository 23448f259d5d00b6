import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openLedger } from '@custody/ledger'
import { CustodyError } from '@custody/pipeline'
import { describe, expect, test } from 'vitest'
import { type OrgsUnderTest, startOrgsUnderTest, variable } from '../testing/orgs-under-test.ts'
import { type Ran, runCustody } from '../testing/run-custody.ts'
import { sealedWindows } from './org-ledger.ts'
import { owedRereadings, oweRereading } from './owed-rereadings.ts'

const archivesOf = ({ archives }: OrgsUnderTest): readonly string[] => readdirSync(archives).sort()
/** Archives in the order they were written. */
const written = ({ stdout }: Ran): readonly string[] =>
  stdout.split('\n').flatMap((line) => line.match(/[^/]+(?=\.zip$)/) ?? [])
const events = ({ stdout }: Ran): readonly Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
const due = ['archive', '--due', '--allow-empty']

describe('custody archive --due', () => {
  test('archives what an outage of months left, oldest first, and nothing twice, also when the clock jumps back', async () => {
    await using under = await startOrgsUnderTest({ shop: { also: 'schedule: { every: month, start: 2026-08-15 }' } })
    const early = await under.run(due, { at: '2026-09-01T01:59:00Z' })
    expect({ code: early.code, archives: written(early) }).toEqual({ code: 0, archives: [] })
    expect(early.stderr).toContain('nothing was due; next at 2026-09-01T02:00:00.000Z')

    const first = await under.run(due, { at: '2026-12-01T02:00:00Z' })
    const all = [
      'shop-2026-08-15--2026-09-01',
      'shop-2026-09-01--2026-10-01',
      'shop-2026-10-01--2026-11-01',
      'shop-2026-11-01--2026-12-01',
    ]
    expect({ code: first.code, archives: written(first) }).toEqual({ code: 0, archives: all })

    for (const at of ['2026-12-01T01:00:00Z', '2026-12-01T02:10:00Z']) {
      const again = await under.run(due, { at })
      expect({ code: again.code, stdout: again.stdout }).toEqual({ code: 0, stdout: '' })
    }
    expect(archivesOf(under)).toEqual(all.map((name) => `${name}.zip`))
    expect(await sealedWindows(under.state, 'shop')).toHaveLength(4)
  })

  test('cuts days of a zone where its clocks are turned, and waits for elapsed time', async () => {
    const also = 'schedule: { every: day, start: 2026-10-24, timeZone: Europe/Berlin }'
    await using under = await startOrgsUnderTest({ shop: { also } })
    // The day of 25 hours ends at 23:00 UTC; two hours later it has settled.
    const before = await under.run(due, { at: '2026-10-26T00:59:00Z' })
    expect(written(before)).toEqual(['shop-2026-10-23T220000.000Z--2026-10-24T220000.000Z'])
    const after = await under.run(due, { at: '2026-10-26T01:00:00Z' })
    expect(written(after)).toEqual(['shop-2026-10-24T220000.000Z--2026-10-25T230000.000Z'])
    const [one, other] = await sealedWindows(under.state, 'shop')
    expect(other?.from).toBe(one?.to)
  })

  test('archives exactly the rest of a window that was archived in part by hand', async () => {
    await using under = await startOrgsUnderTest({ shop: { also: 'schedule: { every: month, start: 2026-10-01 }' } })
    const byHand = ['archive', '--from', '2026-10-10', '--to', '2026-10-20', '--allow-empty']
    expect((await under.run(byHand, { at: '2026-11-01T02:00:00Z' })).code).toBe(0)
    const ran = await under.run(due, { at: '2026-11-01T02:00:00Z' })
    expect(written(ran)).toEqual(['shop-2026-10-01--2026-10-10', 'shop-2026-10-20--2026-11-01'])
  })

  test('one window that cannot be archived does not hold up those after it', async () => {
    await using under = await startOrgsUnderTest({ shop: { also: 'schedule: { every: month, start: 2026-09-01 }' } })
    mkdirSync(under.archives)
    writeFileSync(join(under.archives, 'shop-2026-09-01--2026-10-01.zip'), 'of somebody else')
    const ran = await under.run([...due, '--json'], { at: '2026-11-15T00:00:00Z' })
    expect(ran.code).toBe(2)
    expect(events(ran).filter(({ type }) => type === 'error' || type === 'org-end')).toEqual([
      expect.objectContaining({ type: 'error', org: 'shop', code: 'ARCHIVE_EXISTS' }),
      expect.objectContaining({ type: 'org-end', org: 'shop', archived: 1, left: 1, errors: ['ARCHIVE_EXISTS'] }),
    ])
    expect(archivesOf(under)).toContain('shop-2026-10-01--2026-11-01.zip')
  })

  test('an org another run is at is left to it, the others go on', async () => {
    const schedule = 'schedule: { every: month, start: 2026-10-01 }'
    await using under = await startOrgsUnderTest({ one: { also: schedule }, two: { also: schedule } })
    const other = await openLedger({ directory: join(under.state, 'one') })
    const both = await under.run(due, { at: '2026-11-02T00:00:00Z' })
    expect({ code: both.code, archives: written(both) }).toEqual({ code: 11, archives: ['two-2026-10-01--2026-11-01'] })
    expect(both.stderr).toMatch(/error: one: .*process \d+ on host .*\[LEDGER_LOCKED]/)
    const alone = await under.run([...due, '--org', 'one'], { at: '2026-11-02T00:00:00Z' })
    expect(alone.code).toBe(11)
    await other.close()
    expect((await under.run(due, { at: '2026-11-02T00:00:00Z' })).code).toBe(0)
  })

  test('two processes started together archive every window once', async () => {
    await using under = await startOrgsUnderTest({ shop: { also: 'schedule: { every: month, start: 2026-08-01 }' } })
    const started = [1, 2].map(() =>
      runCustody([...due, '--config', under.config], { cwd: under.folder, env: under.env }),
    )
    const ran = await Promise.all(started)
    // Who comes second finds the other at work, or its work done.
    expect(ran.filter(({ code }) => code !== 0 && code !== 11)).toEqual([])
    expect(ran.map(({ code }) => code)).toContain(0)
    const names = ran.flatMap(written)
    expect(new Set(names).size).toBe(names.length)
    expect(archivesOf(under)).toEqual([...names].sort().map((name) => `${name}.zip`))
    expect((await sealedWindows(under.state, 'shop')).length).toBe(names.length)
    expect(names.length).toBeGreaterThanOrEqual(3)
  })

  test('reads the time before a window again, also when the run that archived it was stopped before', async () => {
    const also = 'schedule: { every: month, start: 2026-10-01, overlap: 31d, audit: 0 }'
    await using under = await startOrgsUnderTest({ shop: { also } })
    const org = under.orgs['shop']
    const conversation = [...(org?.truth.conversations(org.window) ?? [])][0]?.conversationIdentifier ?? ''
    const first = await under.run(due, { at: '2026-11-02T00:00:00Z' })
    expect(first.stderr).toContain('shop  1 archived  done; next at')
    org?.append(conversation, { sentAt: '2026-10-31T12:00:00.000Z' })
    const second = await under.run([...due, '--json'], { at: '2026-12-02T00:00:00Z' })
    expect(second.code).toBe(0)
    expect(events(second).find(({ type }) => type === 'org-end')).toMatchObject({
      archived: 1,
      reread: { windows: 1, late: 1, changed: 0, vanished: 0 },
    })
    expect(archivesOf(under)).toContain('shop-2026-10-01--2026-11-01-amendment-1.zip')

    const november = { from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' }
    await oweRereading(under.state, 'shop', november)
    const third = await under.run(due, { at: '2026-12-03T00:00:00Z' })
    expect(third.stderr).toContain('shop  0 archived  done; 1 read again: as it was; next at')
    const fourth = await under.run(due, { at: '2026-12-03T00:00:00Z' })
    expect(fourth.stderr).toContain('shop  0 archived  nothing was due; next at')
    expect(await owedRereadings(under.state, 'shop')).toEqual([])
  })

  test('a run that is stopped owes its readings until they are done', async () => {
    const also = 'schedule: { every: month, start: 2026-09-01, overlap: 31d, audit: 0 }'
    await using under = await startOrgsUnderTest({ shop: { also } })
    await under.run(due, { at: '2026-10-02T00:00:00Z' })
    const stopping = new AbortController()
    // November 1: the window is archived, and then the process is stopped.
    const stopped = await under.run(due, {
      at: '2026-11-02T00:00:00Z',
      signal: stopping.signal,
      onStdout: (text) => {
        if (text.includes('.zip')) stopping.abort(new CustodyError('INTERRUPTED', 'Interrupted.'))
      },
    })
    expect({ code: stopped.code, archives: written(stopped) }).toEqual({
      code: 130,
      archives: ['shop-2026-10-01--2026-11-01'],
    })
    const next = await under.run(due, { at: '2026-11-02T01:00:00Z' })
    expect(next.stderr).toContain('shop  0 archived  done; 1 read again: as it was')
  })

  test('is stopped between two orgs, and says which it did not reach', async () => {
    const schedule = 'schedule: { every: month, start: 2026-10-01 }'
    await using under = await startOrgsUnderTest({ one: { also: schedule }, two: { also: schedule } })
    const signal = AbortSignal.abort(new CustodyError('INTERRUPTED', 'Interrupted.'))
    const ran = await under.run([...due, '--json'], { at: '2026-11-02T00:00:00Z', signal })
    expect(ran.code).toBe(130)
    expect(events(ran).at(-1)).toMatchObject({ type: 'orgs-end', notReached: ['two'], exitCode: 130 })
  })

  test.each([
    [['--due', '--from', '2026-10-01'], 'FLAGS_EXCLUDE'],
    [['--due', '--limit', '5'], 'FLAGS_EXCLUDE'],
    [['--due', '--resume', 'x'], 'FLAGS_EXCLUDE'],
    [['--due', '--all-orgs'], 'FLAGS_EXCLUDE'],
    [['--due', '--org', 'shap'], 'ORG_UNKNOWN'],
    [['--due'], 'SCHEDULE_NONE'],
    [['--all-orgs'], 'OPTION_MISSING'],
    [['--all-orgs', '--from', '2026-10-01', '--to', '2026-09-01'], 'WINDOW_REVERSED'],
    [['--all-orgs', '--org', 'shop', '--from', '2026-10-01', '--to', '2026-10-02'], 'FLAGS_EXCLUDE'],
  ])('refuses %j with %s', async (flags, code) => {
    await using under = await startOrgsUnderTest({ shop: {} })
    const ran = await under.run(['archive', ...flags], { at: '2026-11-02T00:00:00Z' })
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain(`[${code}]`)
  })
})

describe('ten orgs, three of them failing in different ways', () => {
  const aliases = Array.from({ length: 10 }, (_, index) => `org-${index + 1}`)
  const [wrongSecret, switchedOff, noDisk] = ['org-2', 'org-5', 'org-9'] as const

  test('seven archives, a clear table, exit 3', { timeout: 60_000 }, async () => {
    const specs = aliases.map((alias) => {
      const isOff = alias === switchedOff
      return [
        alias,
        { emulator: isOff ? { conversations: 40, scenario: 'api-switched-off' } : { conversations: 3 } },
      ] as const
    })
    await using under = await startOrgsUnderTest(
      Object.fromEntries(specs),
      'schedule: { every: month, start: 2026-10-01 }',
    )
    mkdirSync(under.state)
    writeFileSync(join(under.state, noDisk), 'no directory')
    const env = { [variable(wrongSecret, 'SECRET')]: 'wrong' }
    const ran = await under.run(['archive', '--due', '--quiet'], { at: '2026-11-02T00:00:00Z', env })
    expect(ran.code).toBe(3)
    const failing: readonly string[] = [wrongSecret, switchedOff, noDisk]
    const good = aliases.filter((alias) => !failing.includes(alias))
    expect(written(ran)).toEqual(good.map((alias) => `${alias}-2026-10-01--2026-11-01`))
    expect(archivesOf(under)).toHaveLength(7)
    const table = ran.stderr.split('\n').filter((line) => /^ {2}org-/.test(line))
    const of = (alias: string): string | undefined => table.find((line) => line.startsWith(`  ${alias} `))
    expect(table).toHaveLength(10)
    for (const alias of good) expect(of(alias)).toMatch(/1 archived {2}done; next at 2026-12-01T02:00:00.000Z$/)
    expect(of(wrongSecret)).toMatch(/0 archived {2}SIGN-IN OR PERMISSION \[AUTH_INVALID_CLIENT]; 1 still due$/)
    expect(of(switchedOff)).toMatch(/0 archived {2}FAILED \[ENTRIES_NOT_FOUND]; 1 still due$/)
    expect(of(noDisk)).toMatch(/0 archived {2}FAILED \[FILE_SYSTEM_REFUSED]; 1 still due$/)
  })
})

describe('custody archive --all-orgs', () => {
  test('archives one window of each org, and goes on after one that fails', async () => {
    await using under = await startOrgsUnderTest({
      'org-1': { emulator: { conversations: 3 } },
      'org-2': { emulator: { conversations: 3 } },
      'org-3': { emulator: { conversations: 3 } },
    })
    const flags = ['--all-orgs', '--from', '2026-10-01', '--to', '2026-11-01', '--json']
    const env = { [variable('org-2', 'SECRET')]: 'wrong' }
    const ran = await under.run(['archive', ...flags], { at: '2026-11-02T00:00:00Z', env })
    expect(ran.code).toBe(3)
    expect(archivesOf(under)).toEqual(['org-1-2026-10-01--2026-11-01.zip', 'org-3-2026-10-01--2026-11-01.zip'])
    expect(events(ran).filter(({ type }) => type === 'org-end')).toEqual([
      expect.objectContaining({ org: 'org-1', exitCode: 0, archived: 1 }),
      expect.objectContaining({ org: 'org-2', exitCode: 6, archived: 0, errors: ['AUTH_INVALID_CLIENT'] }),
      expect.objectContaining({ org: 'org-3', exitCode: 0, archived: 1 }),
    ])
    expect(events(ran).at(-1)).toEqual({ type: 'orgs-end', orgs: 3, failed: 1, notReached: [], exitCode: 3 })
  })
})
