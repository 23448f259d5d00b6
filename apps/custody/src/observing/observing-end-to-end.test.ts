import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Scraped, scrape } from '../testing/exposition.ts'
import { startOrgsUnderTest, variable } from '../testing/orgs-under-test.ts'
import { runInProcess } from '../testing/run-program.ts'

const read = (file: string): Scraped => scrape(readFileSync(file, 'utf8'))
const at = '2026-12-01T03:00:00Z'
const october = ['--from', '2026-10-01', '--to', '2026-11-01']

describe('--metrics-file', () => {
  test('says of each org how its runs went, what they asked for, and how far its archives go', {
    timeout: 60_000,
  }, async () => {
    const also = 'schedule: { every: month, start: 2026-10-01 }'
    const retried = {
      rules: [
        { match: { endpoint: 'conversation-entries', nth: 1 }, action: { type: 'status', status: 503 } } as const,
      ],
    }
    await using under = await startOrgsUnderTest({
      shop: { also, emulator: { scenario: retried } },
      acme: { also },
    })
    const file = join(under.folder, 'metrics', 'custody.prom')
    const flags = ['--metrics-file', file]
    const due = ['archive', '--due', '--allow-empty', ...flags]

    const wrong = { [variable('acme', 'SECRET')]: 'wrong' }
    expect((await under.run(due, { at, env: wrong })).code).toBe(3)
    const first = read(file)
    const { counts } = {
      counts: under.orgs['shop']?.truth.counts({ from: '2026-10-01T00:00:00Z', to: '2026-12-01T00:00:00Z' }),
    }
    const archived = { org: 'shop', command: 'archive', source: 'conversation-data' }
    expect(first.value('custody_last_run_exit_code', { org: 'shop' })).toBe(0)
    expect(first.value('custody_last_run_exit_code', { org: 'acme' })).toBe(6)
    expect(first.value('custody_last_success_timestamp_seconds', { org: 'shop' })).toBeCloseTo(
      Date.parse(at) / 1000,
      -2,
    )
    expect(first.value('custody_last_success_timestamp_seconds', { org: 'acme' })).toBeUndefined()
    expect(first.value('custody_last_run_duration_seconds', { org: 'shop' })).toBeGreaterThan(0)
    expect(first.value('custody_runs_total', { ...archived, status: 'counted' })).toBe(1)
    expect(first.value('custody_runs_total', { org: 'acme', status: 'sign-in' })).toBe(1)
    expect(first.value('custody_conversations_archived_total', { org: 'shop' })).toBe(counts?.conversations)
    expect(first.value('custody_entries_archived_total', { org: 'shop' })).toBe(counts?.entries)
    expect(
      first.value('custody_http_requests_total', { org: 'shop', endpoint: 'conversation-entries', status: '5xx' }),
    ).toBe(1)
    expect(first.value('custody_http_retries_total', { org: 'shop', endpoint: 'conversation-entries' })).toBe(1)
    expect(first.value('custody_windows', { org: 'shop', state: 'sealed' })).toBe(2)
    expect(first.value('custody_windows', { org: 'acme', state: 'overdue' })).toBe(1)
    expect(first.value('custody_windows', { org: 'acme', state: 'due' })).toBe(1)
    expect(first.value('custody_open_gaps', { org: 'shop' })).toBe(0)
    // December has begun three hours ago; of the other org October is not archived.
    expect(first.value('custody_window_lag_seconds', { org: 'shop' })).toBeCloseTo(3 * 3600, -2)
    expect(first.value('custody_window_lag_seconds', { org: 'acme' })).toBeCloseTo((61 * 24 + 3) * 3600, -2)

    // The one that failed is tried again by itself: what is known of the other stays.
    expect((await under.run([...due, '--org', 'acme'], { at })).code).toBe(0)
    const second = read(file)
    expect(second.value('custody_last_run_exit_code', { org: 'acme' })).toBe(0)
    expect(second.value('custody_runs_total', { org: 'acme', status: 'sign-in' })).toBe(1)
    const ofShop = ({ samples }: Scraped): unknown => samples.filter(({ labels }) => labels['org'] === 'shop')
    expect(ofShop(second)).toEqual(ofShop(first))

    // Verification is a command of its own: it says nothing of when archives were made.
    const archive = join(under.archives, readdirSync(under.archives).find((name) => name.startsWith('shop')) ?? '')
    expect((await runInProcess(['verify', archive, ...flags])).code).toBe(0)
    const success = (command: string): number | undefined =>
      read(file).value('custody_last_success_timestamp_seconds', { org: 'shop', command })
    const verifiedAt = success('verify')
    expect(verifiedAt).toBeCloseTo(Date.now() / 1000, -2)
    writeFileSync(archive, 'broken')
    const broken = await runInProcess(['verify', archive, ...flags])
    expect(broken.code).not.toBe(0)
    const third = read(file)
    expect(third.value('custody_runs_total', { command: 'verify', status: 'done' })).toBe(1)
    expect([success('archive'), success('verify')]).toEqual([
      first.value('custody_last_success_timestamp_seconds', { org: 'shop' }),
      verifiedAt,
    ])
    // Labels are names of things.
    const names = new Set(third.samples.flatMap(({ labels }) => Object.keys(labels)))
    expect([...names].sort()).toEqual(['command', 'endpoint', 'org', 'reason', 'source', 'state', 'status'])
    const text = readFileSync(file, 'utf8')
    for (const { conversationIdentifier } of under.orgs['shop']?.truth.conversations() ?? []) {
      expect(text).not.toContain(conversationIdentifier)
    }
  })

  test('is written by a run that fails before it begins, and by one that is interrupted', {
    timeout: 60_000,
  }, async () => {
    await using under = await startOrgsUnderTest({ shop: {} })
    const file = join(under.folder, 'custody.prom')
    const flags = ['archive', ...october, '--metrics-file', file]
    expect((await under.run([...flags, '--source', 'nonsense'], { at })).code).toBe(2)
    expect(read(file).value('custody_last_run_exit_code', { org: 'shop', command: 'archive' })).toBe(2)

    const stop = new AbortController()
    const { CustodyError } = await import('@custody/pipeline')
    const onStdout = (text: string): void => {
      if (text.includes('"job-start"')) stop.abort(new CustodyError('INTERRUPTED', 'Interrupted.'))
    }
    expect((await under.run([...flags, '--json'], { at, signal: stop.signal, onStdout })).code).toBe(130)
    expect(read(file).value('custody_last_run_exit_code', { org: 'shop' })).toBe(130)
    expect(read(file).value('custody_runs_total', { org: 'shop', status: 'interrupted' })).toBe(1)
  })

  test('that cannot be written is told of, and changes nothing else', { timeout: 60_000 }, async () => {
    await using under = await startOrgsUnderTest({ shop: {} })
    for (const place of ['/dev/full/m.prom', under.folder]) {
      const ran = await under.run(['archive', ...october, '--limit', '1', '--replace', '--metrics-file', place], { at })
      expect(ran.code).toBe(3)
      expect(ran.stderr).toMatch(/^The metrics file .* was not written: /m)
    }
  })
})

describe('--log-file', () => {
  test('has the events, and nothing of the people', { timeout: 60_000 }, async () => {
    const scenario = {
      rules: [
        { match: { endpoint: 'conversation-entries', nth: 2 }, action: { type: 'status', status: 503 } } as const,
      ],
    }
    const emulator = { conversations: 40, longEntries: 120, scenario }
    await using under = await startOrgsUnderTest({ shop: { emulator } })
    const file = join(under.folder, 'logs', 'custody.ndjson')
    const flags = ['--log-file', file, '--log-level', 'debug']
    const [run, again] = [
      ['archive', ...october, '--redact', 'none', ...flags],
      ['reconcile', ...october, '--witness', 'connect', ...flags],
    ]
    expect((await under.run([...run, '--json'], { at })).code).toBe(0)
    const others = await under.run(again, { at })
    expect(others.stdout).toContain('conversations:')
    const text = readFileSync(file, 'utf8')
    const events = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    for (const event of events) {
      expect(event).toMatchObject({
        level: expect.stringMatching(/^(error|warn|info|debug)$/),
        command: expect.stringMatching(/^(archive|reconcile)$/),
        pid: process.pid,
      })
      expect(Date.parse(String(event['time']))).toBeGreaterThanOrEqual(Date.parse(at))
    }
    const types = new Set(events.map(({ type }) => type))
    for (const type of ['job-start', 'run-start', 'request-end', 'request-retry', 'run-end', 'job-end', 'command-end'])
      expect(types).toContain(type)
    expect(events.find(({ type }) => type === 'job-end')).toMatchObject({
      org: 'shop',
      level: 'info',
      counts: { entries: expect.any(Number) },
    })

    const org = under.orgs['shop']
    const literals = new Set<string>()
    for (const { name, phones, emails, addresses, platformKey, recordId } of org?.truth.endUsers() ?? []) {
      for (const literal of [name, ...phones, ...emails, ...addresses, platformKey, recordId]) literals.add(literal)
    }
    for (const { literal: mention } of org?.truth.mentions() ?? []) literals.add(mention)
    for (const { conversationIdentifier } of org?.truth.conversations() ?? []) literals.add(conversationIdentifier)
    for (const { entryId } of org?.truth.entries() ?? []) literals.add(entryId)
    for (const secret of Object.values(under.env)) literals.add(secret)
    expect(literals.size).toBeGreaterThan(200)
    expect([...literals].filter((literal) => literal.length > 2 && text.includes(literal))).toEqual([])
  })

  test('says less when told to, and refuses a level there is not', async () => {
    await using under = await startOrgsUnderTest({ shop: {} })
    const file = join(under.folder, 'custody.ndjson')
    const run = ['archive', ...october, '--log-file', file, '--log-level']
    expect((await under.run([...run, 'loud'], { at })).code).toBe(2)
    expect(existsSync(file)).toBe(false)
    expect((await under.run([...run, 'warn'], { at })).code).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe('')
  })

  test.each(['/dev/full', '/dev/full/log'])(
    'that cannot be written is told of once, and fails nothing: %s',
    async (file) => {
      await using under = await startOrgsUnderTest({ shop: {} })
      const ran = await under.run(['archive', ...october, '--log-file', file, '--log-level', 'debug'], { at })
      expect(ran.code).toBe(0)
      expect(ran.stderr.match(/The log .* cannot be written/g)).toHaveLength(1)
    },
  )

  test('that nobody reads holds nobody up', async () => {
    await using under = await startOrgsUnderTest({ shop: {} })
    const pipe = join(mkdtempSync(join(tmpdir(), 'custody-pipe-')), 'log')
    const { execFileSync } = await import('node:child_process')
    execFileSync('mkfifo', [pipe])
    const ran = await under.run(['archive', ...october, '--log-file', pipe], { at })
    expect({ code: ran.code, told: ran.stderr.includes('ENXIO') }).toEqual({ code: 0, told: true })
  })
})
