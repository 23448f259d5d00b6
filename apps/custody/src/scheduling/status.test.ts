import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Ledger, openLedger } from '@custody/ledger'
import { describe, expect, test } from 'vitest'
import { keepRunRecord, runFolder } from '../resuming/run-record.ts'
import { type OrgsUnderTest, startOrgsUnderTest } from '../testing/orgs-under-test.ts'
import type { Ran } from '../testing/run-custody.ts'

const monthly = 'schedule: { every: month, start: 2026-08-01 }'
const key = new Uint8Array(32).fill(7)
const august = { from: '2026-08-01T00:00:00.000Z', to: '2026-09-01T00:00:00.000Z' }
const september = { from: august.to, to: '2026-10-01T00:00:00.000Z' }

const openOf = ({ state }: OrgsUnderTest, org = 'shop'): Promise<Ledger> =>
  openLedger({ directory: join(state, org), key })

async function seal(ledger: Ledger, window: typeof august, org = 'shop'): Promise<void> {
  const id = `run-${window.from.slice(0, 7)}`
  await ledger.beginRun({ id, org, window, jobDigest: 'monthly' })
  const opened = await ledger.openWindow({ org, ...window })
  await ledger.settleWindow(opened.id)
  const seals = [{ window: opened.id, sealDigest: 'ab' }]
  await ledger.commitRun(id, { archive: `${org}-${window.from.slice(0, 7)}`, verdict: 'complete', seals })
}

const last = ({ stdout }: Ran): unknown => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
const first = ({ stdout }: Ran): Record<string, unknown> => JSON.parse(stdout.split('\n')[0] ?? '')

describe('custody status', () => {
  test('ends with 0 while windows are due, and with 4 from the moment one is overdue', async () => {
    await using under = await startOrgsUnderTest({ shop: { also: monthly } })
    await using ledger = await openOf(under)
    await seal(ledger, august)
    // September settles for two hours and is overdue three days later.
    const due = await under.run(['status'], { at: '2026-10-04T01:59:00Z' })
    expect(due.code).toBe(0)
    expect(due.stdout).toContain(
      'shop: every month of UTC, from 2026-08-01T00:00:00.000Z on\n  windows     1 sealed, 0 overdue, 1 due, 0 settling, 1 open',
    )
    expect(due.stdout).toContain('due         2026-09-01T00:00:00.000Z to 2026-10-01T00:00:00.000Z')
    expect(due.stdout).toContain('next due    2026-11-01T02:00:00.000Z')
    expect(due.stdout).toMatch(/last run {4}run-2026-08 wrote shop-2026-08 \(complete\) at /)

    const overdue = await under.run(['status'], { at: '2026-10-04T02:00:00Z' })
    expect(overdue.code).toBe(4)
    expect(overdue.stdout).toContain('OVERDUE     2026-09-01T00:00:00.000Z to 2026-10-01T00:00:00.000Z')
    expect(overdue.stderr).toContain(`One window is overdue. Archive what is due: custody archive --due`)

    await seal(ledger, september)
    expect((await under.run(['status'], { at: '2026-10-04T02:00:00Z' })).code).toBe(0)
  })

  test('needs no secret, and leaves nothing behind where nothing was ever archived', async () => {
    await using under = await startOrgsUnderTest({ shop: {}, other: { also: monthly } })
    const ran = await under.run(['status', '--json'], { at: '2026-08-20T00:00:00Z', env: { SHOP_KEY: '' } })
    expect(ran.code).toBe(0)
    expect(first(ran)).toMatchObject({ org: 'shop', schedule: null, ledger: { state: 'none' }, lastRun: null })
    expect(last(ran)).toEqual({
      type: 'status',
      orgs: 2,
      overdue: 0,
      overdueErasures: 0,
      unsound: 0,
      locked: 0,
      exitCode: 0,
    })
    expect((await under.run(['status', '--repair'], { at: '2026-08-20T00:00:00Z' })).code).toBe(0)
    expect(existsSync(under.state)).toBe(false)
    expect((await under.run(['status', '--org', 'shup'], { at: '2026-08-20T00:00:00Z' })).code).toBe(2)
  })

  test('looks while another run is at work, and says who it is', async () => {
    await using under = await startOrgsUnderTest({ shop: { also: monthly } })
    await using ledger = await openOf(under)
    await ledger.beginRun({ id: 'run-now', org: 'shop', window: august, jobDigest: 'monthly' })
    const ran = await under.run(['status'], { at: '2026-09-01T03:00:00Z' })
    expect(ran.code).toBe(0)
    expect(ran.stdout).toMatch(new RegExp(`at work {5}process ${process.pid} on host .*, run run-now`))
    const repair = await under.run(['status', '--repair'], { at: '2026-09-01T03:00:00Z' })
    expect(repair.code).toBe(11)
    expect(repair.stderr).toMatch(/error: shop: .*process \d+.* for run run-now\. \[LEDGER_LOCKED]/)
  })

  test('tells of runs that were stopped, with the command that goes on, of gaps and of amendments', async () => {
    await using under = await startOrgsUnderTest({ shop: { also: monthly } })
    await using ledger = await openOf(under)
    await ledger.beginRun({ id: 'r1', org: 'shop', window: august, jobDigest: 'monthly' })
    const gap = (conversation: string) => ({ window: august, code: 'RECONCILIATION_MISSING', conversation })
    await ledger.recordGaps('r1', [gap('a'), gap('b'), { window: august, code: 'DROPPED' }])
    const { id } = await ledger.openWindow({ org: 'shop', ...august })
    await ledger.settleWindow(id)
    await ledger.commitRun('r1', { archive: 'a1', seals: [{ window: id, sealDigest: 'ab' }] })
    await ledger.beginRun({ id: 'r2', org: 'shop', window: august, jobDigest: 'again' })
    const entry = { conversation: 'c', entryId: 'e', sentAt: august.from, digest: new Uint8Array(32) }
    await ledger.compareEntries({ run: 'r2', window: august, rows: [entry], complete: false })
    await ledger.commitRun('r2', { archive: 'a1-amendment-1' })
    const startedAt = '2026-09-02T00:00:00.000Z'
    await keepRunRecord(runFolder(under.state, 'shop', 'r3'), { v: 1, runId: 'r3', digest: 'd', startedAt, flags: {} })

    const ran = await under.run(['status'], { at: '2026-09-02T03:00:00Z' })
    expect(ran.code).toBe(0)
    expect(ran.stdout).toContain('gaps        3 open: RECONCILIATION_MISSING 2, DROPPED 1')
    expect(ran.stdout).toContain('amendments  1 late, 0 changed, 0 vanished; last in a1-amendment-1')
    expect(ran.stdout).toContain(`unfinished  since ${startedAt}: custody archive --resume r3 --config ${under.config}`)
  })
})

describe('custody status --repair', () => {
  test('removes what never counted, and says so', async () => {
    await using under = await startOrgsUnderTest({ shop: {} })
    const ledger = await openOf(under)
    await ledger.beginRun({ id: 'r1', org: 'shop', window: august, jobDigest: 'monthly' })
    await ledger.recordGaps('r1', [{ window: august, code: 'DROPPED' }])
    await ledger.close()
    const { DatabaseSync } = await import('node:sqlite')
    const file = join(under.state, 'shop', 'ledger.sqlite')
    // As a process leaves it that is killed between giving a run up and removing its rows.
    const database = new DatabaseSync(file)
    database.exec("update run set state = 'abandoned', ended_at = started_at")
    database.close()

    const before = await under.run(['status'], { at: '2026-09-02T03:00:00Z' })
    expect({ code: before.code, said: before.stdout.includes('[left-over]') }).toEqual({ code: 4, said: true })
    const repaired = await under.run(['status', '--repair'], { at: '2026-09-02T03:00:00Z' })
    expect(repaired.code).toBe(0)
    expect(repaired.stdout).toMatch(/repaired {4}The rows of given-up runs.*\n {2}ledger {6}checked: nothing is wrong/)
    expect((await under.run(['status'], { at: '2026-09-02T03:00:00Z' })).code).toBe(0)
  })

  test.each(['cut', 'overwritten'])('a ledger that is %s is found, with 4, and other orgs are told of', async (how) => {
    await using under = await startOrgsUnderTest({ shop: { also: monthly }, other: { also: monthly } })
    for (const org of ['shop', 'other']) {
      await using ledger = await openOf(under, org)
      await seal(ledger, august, org)
    }
    const file = join(under.state, 'shop', 'ledger.sqlite')
    const bytes = readFileSync(file)
    writeFileSync(file, how === 'cut' ? bytes.subarray(0, bytes.length / 2) : bytes.fill(0xff, 4096))
    for (const flags of [[], ['--repair']]) {
      const ran = await under.run(['status', '--json', ...flags], { at: '2026-09-02T03:00:00Z' })
      expect(ran.code).toBe(4)
      expect(first(ran)).toMatchObject({ org: 'shop', ledger: { state: 'findings' } })
      expect(last(ran)).toMatchObject({ orgs: 2, unsound: 1, overdue: 0 })
    }
  })

  test('a ledger of another program is a finding, and is left as it is', async () => {
    await using under = await startOrgsUnderTest({ shop: {} })
    mkdirSync(join(under.state, 'shop'), { recursive: true })
    const file = join(under.state, 'shop', 'ledger.sqlite')
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(file)
    database.exec('create table other (n); pragma application_id = 7')
    database.close()
    const bytes = readFileSync(file)
    const ran = await under.run(['status', '--repair'], { at: '2026-09-02T03:00:00Z' })
    expect({ code: ran.code, said: ran.stdout.includes('[LEDGER_FOREIGN]') }).toEqual({ code: 4, said: true })
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })
})
