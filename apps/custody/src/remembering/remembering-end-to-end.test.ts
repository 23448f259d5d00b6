import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Org } from '@custody/emulator'
import { openLedger } from '@custody/ledger'
import { systemClock } from '@custody/pipeline'
import { describe, expect, test } from 'vitest'
import { prepareArchiveJob } from '../archive-job/archive-job.ts'
import { connectOrg } from '../archive-job/connect-org.ts'
import { assembleArchive } from '../archive-job/run-archive.ts'
import { createConsole } from '../console.ts'
import { openResumableRun } from '../resuming/resumable-run.ts'
import { openArchive } from '../testing/opened-archive.ts'
import { type OrgsUnderTest, startOrgsUnderTest } from '../testing/orgs-under-test.ts'
import { openJobLedger } from './org-ledger.ts'
import { rememberRun } from './remember-run.ts'

const at = '2026-11-02T00:00:00.000Z'
const october = ['--from', '2026-10-01', '--to', '2026-11-01']
const archive = (under: OrgsUnderTest, ...flags: string[]) => under.run(['archive', ...october, ...flags], { at })
const amend = (under: OrgsUnderTest) => archive(under, '--amend')
const zip = (under: OrgsUnderTest, suffix = '') => join(under.archives, `shop-2026-10-01--2026-11-01${suffix}.zip`)
const start = () => startOrgsUnderTest({ shop: { emulator: { conversations: 10, longEntries: 30 } } })

async function remembered(under: OrgsUnderTest) {
  await using ledger = await openLedger({ directory: join(under.state, 'shop'), readOnly: true })
  const windows = await ledger.windows({ org: 'shop' })
  return {
    runs: (await ledger.runs()).map(({ state, archive, verdict }) => ({ state, archive, verdict })),
    sealed: windows.filter(({ state }) => state === 'sealed').map(({ archive }) => archive),
    findings: await ledger.check(),
  }
}

/** A message that comes late, by its identifier. */
function comeLate(org: Org): string {
  const [first] = org.truth.entries(org.window)
  if (!first) throw new Error('the org has entries')
  const sentAt = new Date(Date.parse(first.sentAt) + 1_000).toISOString()
  return org.append(first.conversationIdentifier, { text: 'Late, but here.', sentAt })
}

const shop = (under: OrgsUnderTest): Org => under.orgs['shop'] as Org

describe('the ledger of an org', () => {
  test('seals the window of the first archive; others of its time stand beside, and what came late is found all the same', {
    timeout: 60_000,
  }, async () => {
    await using under = await start()
    const limited = await archive(under, '--limit', '2', '--out', join(under.folder, 'few'))
    expect(limited).toMatchObject({ code: 3, stderr: expect.stringContaining('seals no window') })
    expect(await archive(under)).toMatchObject({ code: 0 })
    const late = comeLate(shop(under))
    const second = await archive(under, '--redact', 'none', '--no-attachments', '--out', join(under.folder, 'plain'))
    expect(second).toMatchObject({ code: 0, stderr: expect.stringContaining('sealed already') })
    const across = ['archive', '--from', '2026-09-15', '--to', '2026-10-15', '--allow-empty']
    expect(await under.run(across, { at })).toMatchObject({ code: 0, stderr: expect.stringContaining('other bounds') })
    expect(await remembered(under)).toMatchObject({ sealed: ['shop-2026-10-01--2026-11-01'], findings: [] })

    expect(await amend(under)).toMatchObject({ code: 0, stdout: `${zip(under, '-amendment-1')}\n` })
    const amendment = openArchive(zip(under, '-amendment-1'))
    expect(amendment.file('data/reports/amendments.csv')).toContain(`${late},`)
    const page = amendment.file('report.html')
    expect(page).toContain('Amendment of an archive of messaging conversations')
    expect(page).toContain('It amends the archive <code>shop-2026-10-01--2026-11-01</code>')
    expect(page).toContain('1 entry came late, 0 had been changed, 0 had vanished')
    expect(page).toMatch(new RegExp(`Amended entries</caption>[^]*<td>late</td>[^]*${late}`))
    // What was read to be compared counts: it is archived from what was kept.
    const costOf = (file: ReturnType<typeof openArchive>) => JSON.parse(file.file('run.json')).run.cost
    const cost = costOf(amendment)
    const once = costOf(openArchive(zip(under))).byEndpoint['conversation-entries'].requests
    const stages = cost.stages.map(({ stage }: { readonly stage: string }) => stage)
    expect(stages).toEqual(expect.arrayContaining(['census', 'amended-entries']))
    expect(cost.byEndpoint['conversation-entries'].requests).toBeGreaterThanOrEqual(once)
    expect(page).toContain(`${cost.requests.toLocaleString('en-US')} requests`)
    expect(await amend(under)).toMatchObject({ code: 0, stdout: '' })
  })

  test('is of one process at a time: another one ends with 11 and names the run', async () => {
    await using under = await start()
    const ledger = await openLedger({ directory: join(under.state, 'shop') })
    const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }
    await ledger.beginRun({ id: 'the-other-run', org: 'shop', window, jobDigest: 'job' })
    const refused = await archive(under)
    expect({ code: refused.code, asked: shop(under).calls['conversation-entries'].count }).toEqual({
      code: 11,
      asked: 0,
    })
    expect(refused.stderr).toMatch(/in use by process \d+ .* the-other-run\. \[LEDGER_LOCKED\]/)
    await ledger.close()
  })

  test('takes an archive in whose process died before it could', { timeout: 60_000 }, async () => {
    await using under = await start()
    const flags = { config: under.config, from: '2026-10-01', to: '2026-11-01' }
    const clock = { ...systemClock, now: () => Date.parse(at) }
    const { signal } = new AbortController()
    const job = prepareArchiveJob(flags, under.env, clock)
    const silent = createConsole({ write: () => 0 }, { write: () => 0 }, { quiet: true })
    {
      await using ledger = await openJobLedger(job, { clock, signal }, silent)
      const run = await openResumableRun(job, flags, clock)
      const { stages } = await rememberRun(ledger, run.job)
      const options = { stateDirectory: under.state, env: under.env, clock, connections: 2, onEvent: () => undefined }
      const connection = await connectOrg('shop', job.org, options)
      const pipeline = assembleArchive(run.job, connection, clock, [], { sealing: null, ledger: stages })
      await pipeline.run({ signal, onEvent: () => undefined })
      await connection.close()
      await run.close()
    }
    expect(await remembered(under)).toMatchObject({ sealed: [], runs: [{ state: 'running' }] })
    const asked = shop(under).calls['conversation-entries'].count
    expect(await archive(under)).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing is left to do') })
    expect(await remembered(under)).toMatchObject({
      sealed: ['shop-2026-10-01--2026-11-01'],
      runs: [{ state: 'archived' }],
      findings: [],
    })
    expect(shop(under).calls['conversation-entries'].count).toBe(asked)
    // Nothing of it was lost on the way.
    expect(await amend(under)).toMatchObject({ code: 0, stdout: '' })
  })

  test('that is lost is made anew from the archives, and says so: what comes late or goes is found as ever', {
    timeout: 60_000,
  }, async () => {
    await using under = await start()
    expect(await archive(under)).toMatchObject({ code: 0 })
    comeLate(shop(under))
    expect(await amend(under)).toMatchObject({ code: 0, stdout: expect.stringContaining('-amendment-1') })
    const loseLedger = async () => {
      for (const file of readdirSync(join(under.state, 'shop')).filter((name) => name.startsWith('ledger')))
        await rm(join(under.state, 'shop', file), { recursive: true })
    }
    await loseLedger()
    // A process that dies over making it anew leaves one that does not pass for whole.
    writeFileSync(join(under.state, 'shop', 'ledger.rebuilding'), '')
    const late = comeLate(shop(under))
    const found = await amend(under)
    expect(found.stderr).toContain('It was made anew from 2 archives')
    expect(found).toMatchObject({ code: 0, stdout: `${zip(under, '-amendment-2')}\n` })
    const rows = openArchive(zip(under, '-amendment-2')).csv('data/reports/amendments.csv')
    expect(rows.slice(1).map(([kind, , , entryId]) => [kind, entryId])).toEqual([['late', late]])
    expect(existsSync(join(under.state, 'shop', 'ledger.rebuilding'))).toBe(false)
    // What texts are is known again since: an edit shows.
    const [first] = [...shop(under).truth.entries(shop(under).window)].filter(({ entryId }) => entryId === late)
    shop(under).edit(first?.entryId ?? '', 'Taken back.')
    expect(await amend(under)).toMatchObject({ code: 0, stderr: expect.stringContaining('1 changed') })
    expect((await remembered(under)).findings).toEqual([])
  })
})

describe('custody archive --amend', () => {
  test('is for sealed windows, and takes nothing that has no meaning for them', async () => {
    await using under = await start()
    expect(await amend(under)).toMatchObject({ code: 5, stderr: expect.stringContaining('[AMEND_NOT_SEALED]') })
    expect(await archive(under, '--amend', '--limit', '3')).toMatchObject({ code: 2 })
  })

  test('does not call gone what it was not allowed to see', async () => {
    await using under = await start()
    expect(await archive(under)).toMatchObject({ code: 0 })
    const unseen = {
      match: { endpoint: 'conversation-entries' },
      times: 'always',
      action: { type: 'status', status: 404 },
    }
    shop(under).setFaults([unseen as Parameters<Org['setFaults']>[0][number]])
    const blind = await amend(under)
    expect({ code: blind.code, stdout: blind.stdout }).toEqual({ code: 3, stdout: '' })
    shop(under).setFaults([])
    expect(await amend(under)).toMatchObject({ code: 0, stderr: expect.stringContaining('gaps are filled') })
  })

  test('that fails writes nothing, and goes on when it is asked for again', async () => {
    await using under = await start()
    expect(await archive(under)).toMatchObject({ code: 0 })
    comeLate(shop(under))
    const org = shop(under)
    const gone = { match: { endpoint: 'query', nth: 12 }, times: 'always', action: { type: 'status', status: 403 } }
    org.setFaults([gone as Parameters<Org['setFaults']>[0][number]])
    expect((await amend(under)).code).not.toBe(0)
    expect(readdirSync(under.archives).filter((name) => name.includes('amendment'))).toEqual([])
    org.setFaults([])
    expect(await amend(under)).toMatchObject({ code: 0, stdout: `${zip(under, '-amendment-1')}\n` })
  })
})
