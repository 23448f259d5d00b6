import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EmulatorOptions } from '@custody/emulator'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type OpenedArchive, openArchive } from './testing/opened-archive.ts'
import { type OrgUnderTest, startOrgUnderTest } from './testing/org-under-test.ts'

interface Archived {
  /** By identifier, in order: what people read. */
  readonly texts: ReadonlyMap<string, readonly string[]>
  readonly ids: readonly string[]
}

async function contentOf(archive: OpenedArchive): Promise<Archived> {
  const texts = new Map<string, readonly string[]>()
  const ids: string[] = []
  for await (const { conversation, entries } of archive.conversations()) {
    ids.push(...entries.map(({ entryId }) => entryId))
    texts.set(
      conversation.identifier,
      entries.flatMap(({ kind, sender, text, sentAt }) =>
        kind === 'message' && (sender.role === 'agent' || sender.role === 'end-user') && text !== null
          ? [`${sentAt} ${sender.role} ${text}`]
          : [],
      ),
    )
  }
  return { texts, ids }
}

/** The export of an org's transcripts, in a fresh folder. */
async function exported({ org, folder }: OrgUnderTest, layout: 'csv' | 'ndjson' | 'nested-zip'): Promise<string> {
  const paths = await org.transcriptExport({ layout, directory: mkdtempSync(join(folder, 'export-')) })
  return paths.join(',')
}

const plain = ['--redact', 'none', '--no-attachments']

describe('the same window through each source', () => {
  test('gives the same conversations and the same message texts', { timeout: 180_000 }, async () => {
    await using under = await startOrgUnderTest({ conversations: 40, longEntries: 200 })
    const run = async (flags: readonly string[]) => {
      const ran = await under.archive([...plain, '--replace', ...flags])
      expect(ran.stderr).not.toContain('error:')
      const archive = openArchive(under.zip)
      return { code: ran.code, archive, ...(await contentOf(archive)) }
    }
    const whole = await run([])
    expect(whole.code).toBe(0)
    expect(whole.texts.size).toBeGreaterThan(30)

    // A conversation without any entry is in no result of a query: whether it is empty, only the other source can tell.
    const asked = ['--allow-fallback', 'conversation-data']
    for (const api of ['v3', 'connect', 'v2']) {
      const other = await run(['--source', 'data360', '--api', api, ...asked])
      expect({ api, code: other.code, texts: other.texts }).toEqual({ api, code: 0, texts: whole.texts })
    }
    for (const layout of ['csv', 'ndjson', 'nested-zip'] as const) {
      const other = await run(['--source', 'transcript-export', '--export', await exported(under, layout), ...asked])
      expect({ layout, code: other.code, texts: other.texts }).toEqual({ layout, code: 0, texts: whole.texts })
    }

    // Connect gives no bots and no rich content: it is told, and what it gives is the same.
    const poor = await run(['--source', 'connect'])
    expect(poor.code).toBe(3)
    expect([...poor.texts.keys()].sort()).toEqual([...whole.texts.keys()].sort())
    for (const [identifier, texts] of poor.texts) {
      const known = new Set(whole.texts.get(identifier))
      expect(texts.filter((text) => !known.has(text))).toEqual([])
    }
    const [header = [], ...rows] = poor.archive.csv('data/reports/reconciliation.csv')
    const limits = rows.map((row) =>
      [row[header.indexOf('sources')], row[header.indexOf('not_given_by_sources')]].join(': '),
    )
    // A conversation without entries has no source either.
    expect(new Set(limits)).toEqual(new Set(['connect: bot-messages rich-content events', ': ']))
    expect(poor.archive.csv('data/reports/gaps.csv').length).toBeGreaterThan(1)
  })
})

describe('any number of jobs', () => {
  test('gives the same archive, byte for byte, with the files of its messages', { timeout: 60_000 }, async () => {
    await using under = await startOrgUnderTest({ conversations: 20, longEntries: 60 })
    const source = ['--source', 'transcript-export', '--export', await exported(under, 'csv')]
    const manifest = async (...flags: readonly string[]): Promise<string> => {
      const ran = await under.archive([...source, '--replace', '--formats', 'jsonl,csv', ...flags])
      expect(ran.stderr).not.toContain('error:')
      return openArchive(under.zip).file('manifest-sha256.txt')
    }
    const received = ['--redact', 'none', '--attachments', '--jobs']
    const one = await manifest(...received, '1')
    expect(one).toContain('data/attachments/')
    expect(await manifest(...received, '2')).toBe(one)
    const redacted = await manifest('--redact', 'default', '--jobs', '1')
    expect(redacted).not.toBe(one)
    expect(await manifest('--redact', 'default', '--jobs', '2')).toBe(redacted)
  })

  test('of at least one', async () => {
    await using under = await startOrgUnderTest({ conversations: 1 })
    expect(await under.archive(['--jobs', '0'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--jobs') })
  })
})

describe('a further witness', () => {
  test('that agrees leaves the archive complete, and says what it said', async () => {
    await using under = await startOrgUnderTest({ conversations: 25 })
    const ran = await under.archive([...plain, '--witness', 'data360'])
    expect({ code: ran.code, complete: ran.stderr.includes('verdict: complete') }).toEqual({ code: 0, complete: true })
    const archive = openArchive(under.zip)
    const [header = [], ...rows] = archive.csv('data/reports/witnesses.csv')
    expect(rows.length).toBeGreaterThan(20)
    expect(new Set(rows.map((row) => row[header.indexOf('answer')]))).toEqual(new Set(['given', 'absent']))
    expect(archive.csv('data/reports/differences.csv')).toHaveLength(1)
  })

  test('that gives less by its nature, as Connect does, is not blamed for it', { timeout: 60_000 }, async () => {
    await using under = await startOrgUnderTest({ conversations: 20, longEntries: 100 })
    const ran = await under.archive([...plain, '--witness', 'connect'])
    const archive = openArchive(under.zip)
    expect(archive.csv('data/reports/gaps.csv').slice(1)).toEqual([])
    expect(ran.code).toBe(0)
    // Nor does it prove what it cannot see.
    expect(ran.stderr).toContain('verdict: counted')
  })

  test('that nobody asked leaves bots and events on one source: that passes only when somebody says so', async () => {
    await using under = await startOrgUnderTest({ conversations: 8 })
    writeFileSync(under.config, readFileSync(under.config, 'utf8').replace(', allowCounted: true', ''))
    const strict = await under.archive(plain)
    expect(strict.code).toBe(3)
    expect(strict.stderr).toContain('verdict: counted')
    expect(strict.stderr).toContain('--allow-counted')
    const allowed = await under.archive([...plain, '--replace', '--allow-counted'])
    expect(allowed.code).toBe(0)
    const run = JSON.parse(openArchive(under.zip).file('run.json'))
    expect(run).toMatchObject({ verdict: 'counted', run: { asked: { allowCounted: true } } })
    expect(run.counts.countedOnly).toBeGreaterThan(3)
  })

  test('finds what the source lost, whatever kind of entry it was', { timeout: 120_000 }, async () => {
    await using under = await startOrgUnderTest({
      conversations: 25,
      lossy: { 'conversation-data': { every: 7 } },
    })
    const ran = await under.archive([...plain, '--witness', 'data360'])
    const archive = openArchive(under.zip)
    const { ids } = await contentOf(archive)
    const held = [...under.org.truth.entries(under.org.window)].map(({ entryId }) => entryId)
    expect(ids.toSorted()).toEqual(held.toSorted())
    expect(archive.csv('data/reports/differences.csv').length).toBeGreaterThan(held.length / 10)
    expect(ran.code).toBe(0)
  })

  test('is asked about the window alone by custody reconcile', async () => {
    await using under = await startOrgUnderTest({ conversations: 20 })
    const window = ['--from', under.org.window.from, '--to', under.org.window.to]
    const agreed = await under.custody(['reconcile', ...window, '--witness', 'data360'])
    expect({ code: agreed.code, stderr: agreed.stderr }).toEqual({ code: 0, stderr: '' })
    expect(agreed.stdout).toMatch(/^\d+ conversations: .*; 0 findings\n$/)
  })
})

describe('a source made lossy on purpose', () => {
  const seen = async (options: EmulatorOptions, flags: readonly string[] = []) => {
    await using under = await startOrgUnderTest({ conversations: 25, longEntries: 120, ...options })
    // As strict as it is where nobody said otherwise.
    writeFileSync(under.config, readFileSync(under.config, 'utf8').replace(', allowCounted: true', ''))
    const ran = await under.archive([...plain, ...flags])
    const archive = openArchive(under.zip)
    const { ids } = await contentOf(archive)
    const archived = new Set(ids)
    const lost = [...under.org.truth.entries(under.org.window)].filter(({ entryId }) => !archived.has(entryId))
    return { code: ran.code, lost, verdict: JSON.parse(archive.file('run.json')).verdict as string }
  }

  test.each<[string, EmulatorOptions, readonly string[]]>([
    ['every 40th entry', { lossy: { 'conversation-data': { every: 40 } } }, []],
    ['a conversation', { lossy: { 'conversation-data': { conversation: 12 } } }, []],
    ['every 40th entry of Data 360', { lossy: { data360: { every: 40 } } }, ['--source', 'data360']],
    [
      'a conversation without messages of Data 360',
      { lossy: { data360: { conversation: 7 } } },
      ['--source', 'data360'],
    ],
    ['a conversation of Data 360', { lossy: { data360: { conversation: 12 } } }, ['--source', 'data360']],
    [
      'the last page of Data 360',
      { lossy: { data360: { lastPage: true } }, data360: { batchRows: 60 } },
      ['--source', 'data360', '--api', 'v2'],
    ],
  ])('never passes for complete: %s', { timeout: 60_000 }, async (_name, options, flags) => {
    const { code, lost, verdict } = await seen(options, flags)
    expect(lost.length).toBeGreaterThan(0)
    expect(verdict).not.toBe('complete')
    expect(code).toBe(3)
  })

  const anyLoss = [fc.integer({ min: 1, max: 1_000 }), fc.nat(1_000_000)] as const
  const losing =
    (modulus: number, seed: number) =>
    (entryId: string): boolean =>
      (Number.parseInt(entryId.slice(0, 8), 16) + seed) % modulus === 0

  test('never passes for complete, whatever it loses: bots and events are nobody else’s word', {
    timeout: process.env['SLOW'] ? 1_200_000 : 180_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(...anyLoss, async (modulus, seed) => {
        const entries = losing(modulus, seed)
        const { code, lost, verdict } = await seen({ conversations: 12, lossy: { 'conversation-data': { entries } } })
        expect(verdict).not.toBe('complete')
        expect(code).toBe(3)
        const counted = lost.filter(({ isMessage, role }) => isMessage && (role === 'Agent' || role === 'EndUser'))
        // Where a message of a person is lost, that is seen, not only not ruled out.
        expect(verdict).toBe(counted.length > 0 ? 'incomplete' : 'counted')
      }),
      { numRuns: process.env['SLOW'] ? 60 : 6 },
    )
  })

  test('is made up for by a witness, whatever it loses', {
    timeout: process.env['SLOW'] ? 1_200_000 : 180_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(...anyLoss, fc.boolean(), async (modulus, seed, isWitness) => {
        const entries = losing(modulus, seed)
        const lossy = isWitness ? { data360: { entries } } : { 'conversation-data': { entries } }
        const { code, lost, verdict } = await seen({ conversations: 12, lossy }, ['--witness', 'data360'])
        expect(lost).toEqual([])
        // A witness that lost all of a conversation proves nothing about it.
        if (verdict !== 'counted' || !isWitness) expect({ code, verdict }).toEqual({ code: 0, verdict: 'complete' })
      }),
      { numRuns: process.env['SLOW'] ? 60 : 6 },
    )
  })
})

describe('a pool of execution users', () => {
  test('is used evenly, and nobody above the limit', { timeout: 60_000 }, async () => {
    // Three users may ask 84 times a minute between them: one alone would wait for two minutes.
    const options = { conversations: 70, longEntries: 100, executionUsers: 3, limits: { entriesPerMinute: 30 } }
    await using under = await startOrgUnderTest(options, 28)
    expect((await under.archive(plain)).code).toBe(0)
    const calls = Object.values(under.org.callsByUser).map((each) => each['conversation-entries'])
    const counts = calls.map((each) => each?.count ?? 0)
    expect(counts).toHaveLength(3)
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2)
    for (const each of calls) expect(each).toMatchObject({ refused: 0 })
  })

  test('keeps to the limits of Connect and of Data 360 too', { timeout: 60_000 }, async () => {
    await using under = await startOrgUnderTest({ conversations: 30, longEntries: 100, executionUsers: 2 })
    await under.archive([...plain, '--source', 'connect', '--witness', 'data360'])
    for (const calls of Object.values(under.org.callsByUser)) {
      expect(calls.connect?.refused ?? 0).toBe(0)
      expect(calls.connect?.peakPerHour ?? 0).toBeLessThanOrEqual(900)
    }
    expect(under.org.data360.peakConcurrency).toBeLessThanOrEqual(15)
    const counts = Object.values(under.org.callsByUser).map((calls) => calls.connect?.count ?? 0)
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(12)
  })
})

describe('custody reconcile on an archive', () => {
  test('finds what was said since, and is content before', { timeout: 60_000 }, async () => {
    await using under = await startOrgUnderTest({ conversations: 25 })
    expect((await under.archive()).code).toBe(0)
    const before = await under.custody(['reconcile', under.zip])
    expect({ code: before.code, stderr: before.stderr }).toEqual({ code: 0, stderr: '' })
    expect(before.stdout).toContain('every count agrees')

    under.org.append(5)
    const after = await under.custody(['reconcile', under.zip])
    expect(after.code).toBe(4)
    expect(after.stdout.trimEnd().split('\n')).toHaveLength(2)
    expect(after.stdout).toMatch(/^COUNTS_DIFFER {2}\S+ {2}archived /)
  })
})

describe('--source auto and --plan', () => {
  test('say which source for which part, and what it costs', async () => {
    await using under = await startOrgUnderTest({ conversations: 30 })
    const window = ['--from', under.org.window.from, '--to', under.org.window.to]
    const planned = await under.custody(['archive', ...window, '--plan', '--source', 'auto'])
    expect(planned.code).toBe(0)
    expect(planned.stdout).toContain('Conversation Data API, one by one')
    expect(planned.stdout).toMatch(/calls left today +[\d,]+/)
    expect(under.org.calls['conversation-entries'].count).toBe(0)
  })

  test('what is wrong about sources is said before anything is asked', async () => {
    await using under = await startOrgUnderTest({ conversations: 5 })
    const refusals = [
      [['--source', 'transcript-export'], 'EXPORT_FILES'],
      [['--witness', 'conversation-data'], 'WITNESS_IS_SOURCE'],
      [['--source', 'connect', '--allow-fallback', 'connect'], 'FALLBACK_UNUSED'],
      [['--source', 'data360', '--allow-fallback', 'connect'], 'OPTION_UNKNOWN_VALUE'],
      [['--source', 'bulk'], 'OPTION_UNKNOWN_VALUE'],
    ] as const
    for (const [flags, code] of refusals) {
      const ran = await under.archive([...flags])
      expect(ran.code).toBe(2)
      expect(ran.stderr).toContain(`[${code}]`)
    }
    expect(under.org.calls.token.count).toBe(0)
  })
})

describe('Data 360, however it answers', () => {
  test.each<[string, EmulatorOptions['data360'], string]>([
    ['standard names, plain texts, local wall time', { dmoNames: 'std', payloadText: 'plain' }, 'v3'],
    ['chunks of few rows, the first one empty', { chunkRows: 50, emptyFirstChunk: true, adaptive: 'timeout' }, 'v3'],
    ['status in the body alone, still running', { statusIn: 'body', runningPolls: 3 }, 'v3'],
    ['small pages cut by bytes', { firstPageRows: 20, pageBytes: 20_000, runningPolls: 2 }, 'connect'],
    ['query ids with a slash, status nested', { queryIds: 'slash', getStatus: 'nested' }, 'connect'],
    [
      'batches of varied sizes, an empty last one',
      { batchRows: 70, batchSizes: 'varied', emptyLastBatch: 'always' },
      'v2',
    ],
    ['rows twice, and the tenant as a bare host', { duplicateEveryNthEntry: 5, tenantUrl: 'bare-host' }, 'v2'],
    ['one request at a time', { concurrentRequests: 1 }, 'v3'],
  ])('gives everything: %s', { timeout: 60_000 }, async (_name, data360, api) => {
    await using under = await startOrgUnderTest({ conversations: 20, longEntries: 150, ...(data360 && { data360 }) })
    const flags = [...plain, '--source', 'data360', '--api', api, '--allow-fallback', 'conversation-data']
    const ran = await under.archive(flags)
    expect({ code: ran.code, stderr: ran.stderr.includes('error:') }).toEqual({ code: 0, stderr: false })
    const { ids } = await contentOf(openArchive(under.zip))
    const held = [...under.org.truth.entries(under.org.window)].map(({ entryId }) => entryId)
    expect(ids.toSorted()).toEqual(held.toSorted())
  })

  test.each(['error-status', 'error-in-200', 'login-page'] as const)(
    'a refused exchange (%s) is about signing in',
    async (exchange) => {
      await using under = await startOrgUnderTest({ conversations: 5, data360: { exchange } })
      const ran = await under.archive([...plain, '--source', 'data360'])
      expect(ran.code).toBe(6)
      expect(ran.stderr).toMatch(/\[AUTH_[A-Z0-9_]+\]/)
    },
  )
})

describe('files that messages carry', () => {
  test('are fetched from the org alone, once each, and stand in the archive', { timeout: 60_000 }, async () => {
    await using under = await startOrgUnderTest({ conversations: 60 })
    const ran = await under.archive(['--redact', 'none'])
    const archive = openArchive(under.zip)
    const files = [...archive.files()].filter(([path]) => path.startsWith('data/attachments/'))
    expect(files.length).toBeGreaterThan(3)
    const run = JSON.parse(archive.file('run.json'))
    expect(run.counts.attachments).toBe(files.length)
    const master = archive.file('data/conversations/part-00001.jsonl')
    for (const [path] of files) expect(master).toContain(path.slice('data/attachments/'.length, 17 + 64))
    expect(under.org.foreignRequests.count).toBe(0)
    const codes = archive
      .csv('data/reports/gaps.csv')
      .slice(1)
      .map((row) => row[4])
    expect(codes.every((code) => code?.startsWith('ATTACHMENT_'))).toBe(true)
    expect(ran.code).toBe(codes.length > 0 ? 3 : 0)
  })

  test('stay out beside redacted texts, unless somebody says so; either way it is on record', {
    timeout: 60_000,
  }, async () => {
    await using under = await startOrgUnderTest({ conversations: 30 })
    const without = await under.archive()
    expect(without.stderr).toContain('Files that messages carry are left out')
    expect(JSON.parse(openArchive(under.zip).file('run.json')).run.asked.attachments).toBe(false)
    await under.archive(['--replace', '--attachments'])
    const archive = openArchive(under.zip)
    expect(JSON.parse(archive.file('run.json')).run.asked.attachments).toBe(true)
    expect([...archive.files()].some(([path]) => path.startsWith('data/attachments/'))).toBe(true)
  })
})

describe('a census by Bulk API jobs', () => {
  test('finds the same as one by queries', { timeout: 60_000 }, async () => {
    await using under = await startOrgUnderTest({ conversations: 40 })
    const config = readFileSync(under.config, 'utf8')
    writeFileSync(under.config, config.replace('    data360:', '    bulk: always\n    data360:'))
    expect((await under.archive(plain)).code).toBe(0)
    expect(under.org.calls['bulk-job'].count).toBeGreaterThan(2)
    const { ids } = await contentOf(openArchive(under.zip))
    const held = [...under.org.truth.entries(under.org.window)].map(({ entryId }) => entryId)
    expect(ids.toSorted()).toEqual(held.toSorted())
  })
})

describe('chats of the legacy product', () => {
  test('are counted and left out, or read when asked for', { timeout: 60_000 }, async () => {
    await using under = await startOrgUnderTest({ conversations: 60 })
    const without = await under.archive(plain)
    const left = /(\d+) legacy chats are left out/.exec(without.stderr)?.[1]
    expect(Number(left)).toBeGreaterThan(0)
    const ran = await under.archive([...plain, '--replace', '--legacy-chats'])
    const { counts } = JSON.parse(openArchive(under.zip).file('run.json'))
    expect(counts.entriesBySource.records).toBe(Number(left))
    expect(ran.stderr).not.toContain('legacy chats are left out')
    expect([0, 3]).toContain(ran.code)
  })
})

describe('custody export inspect', () => {
  test('says what an export holds, without any of its content', { timeout: 60_000 }, async () => {
    await using under = await startOrgUnderTest({ conversations: 20 })
    const paths = (await exported(under, 'nested-zip')).split(',')
    const ran = await under.custody(['export', 'inspect', ...paths])
    expect(ran.code).toBe(0)
    expect(ran.stdout).toContain('utf-16')
    expect(ran.stdout).toContain('A mapping file to start from')
    for (const person of under.org.truth.endUsers()) expect(ran.stdout).not.toContain(person.name)
    const classic = await under.org.dataExport({ directory: mkdtempSync(join(under.folder, 'classic-')) })
    const inventory = await under.custody(['export', 'inspect', ...classic])
    expect(inventory.stdout).toMatch(/Conversation: 20 rows/)
  })
})
