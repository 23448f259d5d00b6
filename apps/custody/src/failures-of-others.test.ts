import { describe, expect, test } from 'vitest'
import { openArchive } from './testing/opened-archive.ts'
import { type OrgUnderTest, startOrgUnderTest } from './testing/org-under-test.ts'

// The ways in which public tools for the same job lose data without a word. Here each ends in complete data or in exit code 3.

const plain = ['--redact', 'none', '--no-attachments']

async function idsIn({ zip }: OrgUnderTest): Promise<readonly string[]> {
  const ids: string[] = []
  for await (const { entries } of openArchive(zip).conversations()) ids.push(...entries.map(({ entryId }) => entryId))
  return ids.toSorted()
}

function idsOf({ org }: OrgUnderTest): readonly string[] {
  return [...org.truth.entries(org.window)].map(({ entryId }) => entryId).toSorted()
}

/** Texts people typed, which every source gives. */
async function textsIn({ zip }: OrgUnderTest): Promise<number> {
  let texts = 0
  for await (const { entries } of openArchive(zip).conversations()) {
    texts += entries.filter(({ sender, text }) => sender.role === 'end-user' && text !== null).length
  }
  return texts
}

describe('what other tools lose', () => {
  test('the default limit of 25: a long conversation from Connect is read to its beginning', {
    timeout: 60_000,
  }, async () => {
    await using under = await startOrgUnderTest({ conversations: 12, longEntries: 400 })
    await under.archive(plain)
    const whole = await textsIn(under)
    const ran = await under.archive([...plain, '--replace', '--source', 'connect'])
    expect(ran.code).toBe(3)
    const rich = openArchive(under.zip)
      .csv('data/reports/gaps.csv')
      .slice(1)
      .filter((row) => row[4] === 'CONNECT_TEXT_ONLY')
    // What is not there as text is told; nothing else is missing.
    expect(await textsIn(under)).toBeGreaterThan(whole * 0.8)
    expect(rich.length).toBeGreaterThan(0)
    expect(
      openArchive(under.zip)
        .csv('data/reports/gaps.csv')
        .slice(1)
        .map((row) => row[4]),
    ).not.toContain('RECONCILIATION_MISSING')
  })

  test('fragments: a conversation that began before the window is counted whole', async () => {
    await using under = await startOrgUnderTest({ conversations: 40 })
    expect((await under.archive(plain)).code).toBe(0)
    const archive = openArchive(under.zip)
    const [header = [], ...rows] = archive.csv('data/reports/reconciliation.csv')
    const delivered = header.indexOf('entries_delivered')
    const inWindow = header.indexOf('entries_in_window')
    expect(rows.some((row) => Number(row[delivered]) > Number(row[inWindow]))).toBe(true)
    expect(await idsIn(under)).toEqual(idsOf(under))
  })

  test('a short page taken for the last one', { timeout: 60_000 }, async () => {
    await using under = await startOrgUnderTest({
      conversations: 30,
      data360: { firstPageRows: 40, pageBytes: 15_000, runningPolls: 1 },
    })
    const flags = ['--source', 'data360', '--api', 'connect', '--allow-fallback', 'conversation-data']
    expect((await under.archive([...plain, ...flags])).code).toBe(0)
    expect(under.org.calls['data360-rows'].count).toBeGreaterThan(5)
    expect(await idsIn(under)).toEqual(idsOf(under))
  })

  test('a silent downgrade after an error', { timeout: 90_000 }, async () => {
    const rules = [
      {
        match: { endpoint: 'conversation-entries', conversation: 3 },
        times: 'always',
        action: { type: 'status', status: 400 },
      },
    ] as const
    await using under = await startOrgUnderTest({ conversations: 12, scenario: { rules } as never })
    const refused = await under.archive(plain)
    expect(refused.code).toBe(3)
    expect(JSON.parse(openArchive(under.zip).file('run.json')).counts.entriesBySource).not.toHaveProperty('connect')

    const allowed = await under.archive([...plain, '--replace', '--allow-fallback', 'connect'])
    expect(allowed.code).toBe(3)
    const archive = openArchive(under.zip)
    expect(JSON.parse(archive.file('run.json')).counts.entriesBySource).toHaveProperty('connect')
    const codes = archive
      .csv('data/reports/gaps.csv')
      .slice(1)
      .map((row) => row[4])
    expect(codes).toContain('ENTRIES_BY_FALLBACK')
  })

  test('a watermark without overlap: what arrives late is found by counting again', { timeout: 60_000 }, async () => {
    await using under = await startOrgUnderTest({ conversations: 25 })
    expect((await under.archive(plain)).code).toBe(0)
    const late = under.org.append(6)
    expect((await under.custody(['reconcile', under.zip])).code).toBe(4)
    expect((await under.archive([...plain, '--replace'])).code).toBe(0)
    expect(await idsIn(under)).toContain(late)
    expect((await under.custody(['reconcile', under.zip])).code).toBe(0)
  })

  test('equal timestamps at a cursor', { timeout: 60_000 }, async () => {
    await using under = await startOrgUnderTest({
      conversations: 15,
      longEntries: 300,
      scenario: { world: { ties: ['long'] } },
      switches: { pageTokens: false, pageCap: 100 },
    })
    const ran = await under.archive(plain)
    if (ran.code === 0) expect(await idsIn(under)).toEqual(idsOf(under))
    else {
      expect(ran.code).toBe(3)
      expect(openArchive(under.zip).file('data/reports/gaps.csv')).toContain('ENTRIES_TIES_EXCEED_PAGE')
    }
  })

  test.each([
    ['the Conversation Data API', { endpoint: 'conversation-entries', nth: 9 }, 'revoke-tokens', []],
    [
      'Data 360',
      { endpoint: 'data360-rows', nth: 2 },
      'revoke-data360-tokens',
      ['--source', 'data360', '--api', 'v3', '--allow-fallback', 'conversation-data'],
    ],
  ] as const)('a token that expires in mid-run: %s', { timeout: 60_000 }, async (_name, match, type, flags) => {
    await using under = await startOrgUnderTest({
      conversations: 25,
      data360: { chunkRows: 60, adaptive: 'timeout' },
      scenario: { rules: [{ match, times: 1, action: { type } }] } as never,
    })
    expect((await under.archive([...plain, ...flags])).code).toBe(0)
    expect(await idsIn(under)).toEqual(idsOf(under))
    const tokens = under.org.calls[flags.length > 0 ? 'a360-token' : 'token'].count
    expect(tokens).toBeGreaterThan(1)
  })
})
