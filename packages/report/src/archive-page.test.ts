import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eraseRecords, verify } from '@custody/archive'
import type { Conversation } from '@custody/model'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reportPage } from './archive-page.ts'
import {
  conversation,
  entry,
  figuresOf,
  lacking,
  numberOf,
  october,
  refused,
  tableOf,
  writeArchive,
} from './testing/sample-archive.ts'

const day = (number: number, time = '12:00:00.000'): string => `2026-10-${String(number).padStart(2, '0')}T${time}Z`
const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)

/** A count of one's own: of the lines of the master, and of the rows of two tables, by nothing that the report uses. */
function recount(folder: string): Record<string, number | Record<string, number>> {
  const text = (path: string): string => readFileSync(join(folder, path), 'utf8')
  const parts = readdirSync(join(folder, 'data/conversations')).sort()
  const lines = parts.flatMap((part) => text(`data/conversations/${part}`).split('\n').slice(0, -1))
  const all = lines.map((line) => JSON.parse(line)).filter((line) => line.erased === undefined)
  const messages: Record<string, number> = {}
  let missing = 0
  for (const row of text('data/reports/reconciliation.csv').split('\r\n').slice(1, -1)) {
    const [, , verdict, , , , ea = '', da = '', ee = '', de = ''] = row.split(',')
    if (verdict !== 'matched' && verdict !== 'excluded' && da !== '')
      missing += Math.max(0, Number(ea) - Number(da)) + Math.max(0, Number(ee) - Number(de))
  }
  for (const { entries } of all) {
    for (const { kind, sentAt } of entries) {
      if (kind === 'message') messages[sentAt.slice(0, 10)] = (messages[sentAt.slice(0, 10)] ?? 0) + 1
    }
  }
  const gapRows = text('data/reports/gaps.csv').split('\r\n').length - 2
  return {
    conversations: all.length,
    entries: sum(all.map(({ entries }) => entries.length)),
    messages,
    missing,
    gapRows,
  }
}

const anyConversation = (index: number): fc.Arbitrary<Conversation> =>
  fc
    .record({
      days: fc.array(fc.integer({ min: 1, max: 31 }), { maxLength: 6 }),
      events: fc.integer({ min: 0, max: 2 }),
      fate: fc.constantFrom('matched', 'missing', 'excluded', 'unknown'),
      lost: fc.integer({ min: 0, max: 3 }),
      channelName: fc.constantFrom('Shop', 'Support', null),
    })
    .map(({ days, events, fate, lost, channelName }) => {
      const times = days.sort((a, b) => a - b).map((each) => day(each))
      const made = { ...lacking(index, times, lost), channelName }
      const extra = Array.from({ length: events }, (_, at) =>
        at === 0 ? entry(`${index}-b`, day(31), 'bot') : entry(`${index}-e${at}`, day(31), 'system', 'routing'),
      )
      const { reconciliation } = made
      if (fate === 'excluded') return { ...made, reconciliation: { ...reconciliation, verdict: fate } } as Conversation
      const entries = [...made.entries, ...extra]
      return { ...made, entries, reconciliation: { ...reconciliation, verdict: fate } } as Conversation
    })

test('every number is that of run.json, and of the files counted by other code', async () => {
  const some = fc
    .integer({ min: 0, max: 6 })
    .chain((size) => fc.tuple(...Array.from({ length: size }, (_, i) => anyConversation(i))))
  await fc.assert(
    fc.asyncProperty(some, fc.integer({ min: 0, max: 2 }), async (conversations, lost) => {
      const rejects = Array.from({ length: lost }, (_, index) => refused(`lost-${index}`))
      const { path, page } = await writeArchive(conversations, {}, rejects)
      const { counts } = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'))
      const own = recount(path)
      const told = figuresOf(page)
      expect(told).toEqual({
        'Conversations found': counts.found,
        Archived: counts.conversations,
        'Nothing in this period': counts.excluded,
        'Refused, not archived': lost,
        Gaps: counts.gaps,
        'Entries archived': counts.entries,
        Files: counts.attachments,
      })
      expect([counts.conversations, counts.entries, counts.gaps]).toEqual([
        own['conversations'],
        own['entries'],
        own['gapRows'],
      ])
      expect(told['Conversations found']).toBe(
        sum([told['Archived'], told['Nothing in this period'], lost].map(Number)),
      )
      const byDay = tableOf(page, 'Messages per day')
      const messages = Object.fromEntries(
        byDay.map(([key, ...rest]) => [key, sum(rest.slice(0, 3).map(numberOf))]).filter(([, number]) => number !== 0),
      )
      expect(messages).toEqual(own['messages'])
      const undatedMissing = numberOf(/counts ([\d,]+) messages? of them that nobody/.exec(page)?.[1])
      expect(sum(byDay.map((row) => numberOf(row[4]))) + undatedMissing).toBe(own['missing'])
      const begun = sum(tableOf(page, 'Conversations per day').flatMap((row) => row.slice(1).map(numberOf)))
      const undated = numberOf(/Not drawn: ([\d,]+) of [\d,]+ archived/.exec(page)?.[1])
      expect(begun + undated).toBe(counts.conversations)
      expect(sum(tableOf(page, 'Archived conversations by channel').map((row) => numberOf(row[1])))).toBe(
        counts.conversations,
      )
      expect(sum(tableOf(page, 'Gaps by what happened').map((row) => numberOf(row[1])))).toBe(counts.gaps)
    }),
    { numRuns: 25 },
  )
})

describe('what it says first', () => {
  test.each([
    ['empty', [], [], 'Empty'],
    ['counted', [conversation(1, [day(1), day(2)])], [], 'Counted'],
    ['incomplete', [lacking(1, [day(1)], 4)], [refused('lost')], 'Incomplete'],
  ] as const)('of an archive that is %s', async (_name, conversations, rejects, word) => {
    const { page } = await writeArchive(conversations, {}, rejects)
    const first = page.indexOf('<h2')
    expect(page.slice(first, first + 60)).toContain(`>${word}</h2>`)
  })

  test('a gap is seen as one: where it is, how large, what to do', async () => {
    const { page } = await writeArchive([conversation(1, [day(3)]), lacking(2, [day(5)], 4)], {}, [refused('lost')])
    expect(tableOf(page, 'Messages per day')[4]).toEqual(['2026-10-05', '0', '1', '0', '4'])
    expect(tableOf(page, 'Conversations per day')[4]).toEqual(['2026-10-05', '0', '1'])
    expect(page.match(/class="hatched"/g)).toHaveLength(2)
    expect(page).toContain('4 messages that Salesforce counts and nobody delivered')
    expect(page).toContain('Not drawn: 1 conversation that Salesforce names')
    expect(tableOf(page, 'Gaps by what happened').map(([code]) => code)).toEqual([
      'RECONCILIATION_MISSING',
      'ENTRIES_NOT_FOUND',
    ])
  })
})

describe('windows of every length', () => {
  test.each([
    ['2026-10-01T00:00:00.000Z', '2026-10-02T00:00:00.000Z', 'hour', 24],
    ['2026-10-01T00:00:00.000Z', '2026-10-04T00:00:00.000Z', 'day', 3],
    ['2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z', 'day', 365],
    ['2020-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z', 'month', 84],
  ])('%s to %s', async (from, to, unit, bins) => {
    const { page } = await writeArchive([conversation(1, [from])], { window: { from, to } })
    const rows = tableOf(page, `Messages per ${unit}`)
    expect(rows).toHaveLength(bins)
    expect(rows[0]?.slice(1)).toEqual(['0', '1', '0', '0'])
    expect(page.length).toBeLessThan(200_000)
  })
})

test('thousands of gaps are all counted, some are shown, and it says how many are not', async () => {
  const rejects = Array.from({ length: 3_456 }, (_, index) => refused(`lost-${index}`))
  const { page } = await writeArchive(
    [conversation(1, [day(1)])],
    { pages: { report: reportPage({ findingRows: 100 }) } },
    rejects,
  )
  expect(tableOf(page, 'Gaps by what happened')).toEqual([
    ['ENTRIES_NOT_FOUND', '3,456', '', expect.stringContaining('archive this window again')],
  ])
  expect(tableOf(page, 'Gaps: the first 100 of 3,456')).toHaveLength(100)
  expect(page).toContain(
    '<strong>3,356 further rows are not shown here.</strong> All are in <code>data/reports/gaps.csv</code>',
  )
})

test('what is erased is gone from the page, which says that something was', async () => {
  const gone = lacking(2, [day(5)], 4)
  const { path } = await writeArchive([conversation(1, [day(3)]), gone, conversation(3, [day(3)])])
  await eraseRecords({
    archive: path,
    conversations: [gone.identifier],
    basis: 'gdpr-17-1-b',
    reference: null,
    operator: 'cli',
    pages: { report: reportPage() },
  })
  expect((await verify(path)).findings).toEqual([])
  const page = readFileSync(join(path, 'report.html'), 'utf8')
  expect(page).not.toContain(gone.identifier)
  expect(page).toContain('1 conversation was erased from this archive')
  expect(tableOf(page, 'Conversations per day')[2]?.slice(1)).toEqual(['2', '0'])
  expect(figuresOf(page)['Archived']).toBe(3)
})

describe('a page is text and one style, whatever an archive holds', () => {
  const hostile = [
    `<script>alert(1)</script>`,
    `"><img src=x onerror=alert(1)>`,
    `</style><script>`,
    `javascript:alert(1)`,
    `\u202egnp.exe\u0007`,
    `=1+1`,
    `__proto__`,
    `constructor`,
    '\uD800',
  ]

  test('identifiers, channels and messages of rejects are never HTML', async () => {
    const conversations = hostile.map((each, index) => {
      return { ...lacking(index, [day(1)], 1), identifier: each, channelName: each, channelType: each }
    })
    const rejects = hostile.map((each) => ({ ...refused(`r${each}`), code: 'ODD', message: each }))
    const { page } = await writeArchive(conversations, {}, rejects)
    expect(page.match(/<(?:script|img|iframe|object|link|base|form)\b/gi)).toBeNull()
    expect(page.match(/<[^>]*\s(?:on\w+|style|href|src)=/gi)).toBeNull()
    for (const raw of ['\u202e', '\u0007', '<img', '</style><']) expect(page.split('</head>')[1]).not.toContain(raw)
    expect(page).toContain('\\u202egnp.exe\\u0007')
    expect(figuresOf(page)['Archived']).toBe(hostile.length)
    expect(tableOf(page, 'Archived conversations by channel')).toHaveLength(hostile.length)
  })

  test('nothing may be loaded, run or sent: the policy allows the one style by its hash', async () => {
    const { page } = await writeArchive([])
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    )
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'))
    expect(page.match(/https?:/g)).toBeNull()
  })
})

test('what the command line notes of a run is told; what is in another form is left out', async () => {
  const asked = { source: 'auto', witnesses: ['data360'], limit: 5, attachments: false }
  const cost = {
    elapsedMs: 65_000,
    requests: 1_234,
    retries: 2,
    rateLimited: 0,
    tokensRenewed: 0,
    waitingForLimitsMs: 500,
    byEndpoint: { query: { requests: 1_234, ms: 900 } },
    stages: [{ stage: 'census', ownMs: 2_000 }],
    limits: [{ name: 'entriesPerMinute', setting: 85, used: 1_234, waits: 3, waitedMs: 500 }],
    answersKept: 7,
  }
  const objects = [{ object: 'VoiceCall', visible: true, hiddenFields: ['Secret__c'], apart: 9 }]
  const run = { runId: 'run-1', tool: 'test/1.0.0', startedAt: october.to, asked, cost, sources: ['connect'], objects }
  const { page } = await writeArchive([], { run })
  for (const told of [
    ...['1 min 5 s until this page', '1,234 requests, 2 repeated', '7 answers of Salesforce', 'only the first 5 conv'],
    ...['9 VoiceCall', 'VoiceCall.Secret__c', 'connect, chosen by the size'],
  ]) {
    expect(page).toContain(told)
  }
  expect(tableOf(page, 'Limits that were kept to')).toEqual([['entriesPerMinute', '85', '1,234', '3', '500 ms']])
  const copy = await writeArchive([], { run: { ...run, cost: { ...cost, requests: 0, byEndpoint: {}, limits: [] } } })
  expect(copy.page).toContain('1 min 5 s until this page was made; nothing was requested.')
  const other = await writeArchive([], {
    run: { ...run, asked: 'x', cost: { elapsedMs: -1 }, sources: 5, objects: 'y' },
  })
  expect(other.page).not.toContain('Where the time went')
})
