import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Conversation, Redaction, Verdict } from '@custody/model'
import { describe, expect, test } from 'vitest'
import type { ArchiveResult } from './options.ts'
import { batchOf, rejectOf, sampleConversation, sourceOf } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { linesOf, writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'

function withVerdict(index: number, verdict: Verdict, reason: string | null): Conversation {
  return sampleConversation(index, {
    reconciliation: { verdict, reason, expectedAgentMessages: 2, expectedEndUserMessages: null },
  })
}

/** A CSV file of ours without quotes, as rows of cells. */
function table(result: ArchiveResult, path: string): string[][] {
  return readFileSync(join(result.path, path), 'utf8')
    .split('\r\n')
    .slice(0, -1)
    .map((line) => line.split(','))
}

describe('completeness', () => {
  test('conversations that do not match, and everything refused, are gaps', async () => {
    const batch = batchOf(
      [
        withVerdict(1, 'matched', null),
        withVerdict(2, 'missing', 'fewer-than-census'),
        withVerdict(3, 'extra', 'more-than-census'),
        withVerdict(4, 'differs', 'roles-differ'),
        withVerdict(5, 'unknown', 'no-sessions'),
        withVerdict(6, 'excluded', 'no-entries-in-window'),
        sampleConversation(7, { reconciliation: null }),
      ],
      {
        rejects: [
          rejectOf(),
          rejectOf({
            code: 'ENTRY_MALFORMED',
            subject: { type: 'ConversationEntry', id: 'e-9' },
            within: { type: 'Conversation', id: 'c-8' },
          }),
        ],
        drops: { 'over-limit': 2, __proto__: 1 } as Record<string, number>,
      },
    )
    const result = await writeArchive(temporaryFolder(), sourceOf(batch))
    expect(result.verdict).toBe('incomplete')
    expect(result.counts).toMatchObject({
      found: 8,
      conversations: 6,
      entries: 12,
      entriesBySource: { 'conversation-data': 12 },
      excluded: 1,
      gaps: 8,
      rejects: 2,
      drops: { 'over-limit': 2 },
      matched: 1,
      missing: 2,
      extra: 1,
      differs: 1,
      unknown: 2,
    })
    const gaps = table(result, 'data/reports/gaps.csv')
    expect(gaps.slice(1).map((row) => [row[0]?.slice(-2), row[2], row[3], row[4]])).toEqual([
      ['02', 'messages', '', 'RECONCILIATION_MISSING'],
      ['03', 'messages', '', 'RECONCILIATION_EXTRA'],
      ['04', 'messages', '', 'RECONCILIATION_DIFFERS'],
      ['05', 'messages', '', 'RECONCILIATION_UNKNOWN'],
      ['07', 'messages', '', 'RECONCILIATION_UNKNOWN'],
      ['st', 'Conversation', 'c-lost', 'ENTRIES_NOT_FOUND'],
      ['-8', 'ConversationEntry', 'e-9', 'ENTRY_MALFORMED'],
      ['', '2 records', '', 'DROPPED'],
    ])
    const rows = table(result, 'data/reports/reconciliation.csv')
    expect(rows.slice(1).map((row) => [row[0]?.slice(-2), row[2], row[3], row[4]])).toEqual([
      ['01', 'matched', '', 'true'],
      ['02', 'missing', 'fewer-than-census', 'true'],
      ['03', 'extra', 'more-than-census', 'true'],
      ['04', 'differs', 'roles-differ', 'true'],
      ['05', 'unknown', 'no-sessions', 'true'],
      ['06', 'excluded', 'no-entries-in-window', 'false'],
      ['07', 'unknown', 'not-compared', 'true'],
      ['st', 'missing', 'ENTRIES_NOT_FOUND', 'false'],
    ])
    expect(linesOf(join(result.path, 'data/conversations/part-00001.jsonl'))).toHaveLength(6)
    expect(linesOf(join(result.path, 'data/reports/rejects.jsonl'))[0]).toBe(
      '{"v":1,"stage":"entries","code":"ENTRIES_NOT_FOUND","subject":{"type":"Conversation","id":"c-lost"},"within":null,' +
        '"message":"The org has no entries of this conversation."}',
    )
    expect((await verify(result.path)).findings).toEqual([])
  })

  test('more messages than the census counts prove nothing: the archive is incomplete', async () => {
    const result = await writeArchive(
      temporaryFolder(),
      sourceOf(batchOf([withVerdict(1, 'extra', 'more-than-census')])),
    )
    expect(result).toMatchObject({ verdict: 'incomplete', counts: { found: 1, extra: 1, gaps: 1 } })
    expect(table(result, 'data/reports/gaps.csv')[1]?.at(-1)).toContain('completeness is not proven')
  })

  test.each(['CENSUS_SHORT', 'CENSUS_EXCESS'])('%s is a gap, and no conversation', async (code) => {
    const reject = rejectOf({ code, stage: 'census', subject: { type: 'Conversation', id: null } })
    const source = sourceOf(batchOf([sampleConversation(1)], { rejects: [reject] }))
    const result = await writeArchive(temporaryFolder(), source)
    expect(result).toMatchObject({ verdict: 'incomplete', counts: { found: 1, matched: 1, missing: 0, gaps: 1 } })
    expect(table(result, 'data/reports/reconciliation.csv').slice(1)).toHaveLength(1)
    expect(table(result, 'data/reports/gaps.csv')[1]?.slice(0, 5)).toEqual(['', '', 'Conversation', '', code])
  })

  test('what redaction kept out is a conversation, also where its identifier may not be told', async () => {
    const reject = rejectOf({ code: 'REDACTION_RESIDUE', subject: { type: 'Conversation', id: null } })
    const result = await writeArchive(temporaryFolder(), sourceOf(batchOf([], { rejects: [reject] })))
    expect(result.counts).toMatchObject({ found: 1, missing: 1, gaps: 1 })
    expect(table(result, 'data/reports/reconciliation.csv').slice(1)).toHaveLength(1)
  })

  test('a conversation without identifier is named by its record', async () => {
    const id = '0dw000000000001AAA'
    const reject = rejectOf({ code: 'CONVERSATION_WITHOUT_IDENTIFIER', subject: { type: 'Conversation', id } })
    const result = await writeArchive(temporaryFolder(), sourceOf(batchOf([], { rejects: [reject] })))
    expect(result.counts).toMatchObject({ found: 1, missing: 1 })
    expect(table(result, 'data/reports/reconciliation.csv')[1]?.slice(0, 2)).toEqual(['', id])
    expect(table(result, 'data/reports/gaps.csv')[1]?.slice(0, 2)).toEqual(['', id])
  })

  test('of two conversations with one identifier the second is refused, in one batch or two; an excluded one is none', async () => {
    const [first, second, other] = [sampleConversation(1), sampleConversation(2), sampleConversation(3)]
    const twin = { ...second, identifier: first.identifier }
    const excluded = { ...withVerdict(4, 'excluded', 'no-entries-in-window'), identifier: first.identifier }
    for (const source of [
      sourceOf(batchOf([excluded, first, twin, other])),
      sourceOf(batchOf([excluded, first]), batchOf([twin, other])),
    ]) {
      const result = await writeArchive(temporaryFolder(), source)
      expect(result).toMatchObject({
        verdict: 'incomplete',
        counts: { found: 4, conversations: 2, matched: 2, missing: 1, excluded: 1, gaps: 1, rejects: 1 },
      })
      const lines = linesOf(join(result.path, 'data/conversations/part-00001.jsonl'))
      expect(lines.map((line) => JSON.parse(line).conversation.recordId)).toEqual([first.recordId, other.recordId])
      const [, gap] = table(result, 'data/reports/gaps.csv')
      expect(gap?.slice(0, 5)).toEqual([
        first.identifier,
        '',
        'Conversation',
        first.identifier,
        'CONVERSATION_IDENTIFIER_TWICE',
      ])
      expect(gap?.[7]).toContain(twin.recordId)
      expect(table(result, 'data/reports/reconciliation.csv').at(-1)?.slice(2, 5)).toEqual([
        'missing',
        'CONVERSATION_IDENTIFIER_TWICE',
        'false',
      ])
    }
    const same = await writeArchive(temporaryFolder(), sourceOf(batchOf([first, first])))
    expect(same.counts).toMatchObject({ found: 2, conversations: 1, missing: 1 })
  })

  test('nothing at all is an empty archive, whole and valid, with empty tables', async () => {
    const result = await writeArchive(temporaryFolder(), sourceOf())
    expect(result).toMatchObject({ verdict: 'empty', counts: { found: 0, conversations: 0, gaps: 0 } })
    expect(linesOf(join(result.path, 'data/conversations/part-00001.jsonl'))).toEqual([])
    expect(table(result, 'data/reports/gaps.csv')).toHaveLength(1)
    expect(linesOf(join(result.path, 'data/reports/rejects.jsonl'))).toEqual([])
    expect((await verify(result.path)).verdict).toBe('valid')
  })

  test('conversations of another time alone make an empty one too', async () => {
    const reconciliation = {
      verdict: 'excluded',
      reason: 'no-entries-in-window',
      expectedAgentMessages: 1,
      expectedEndUserMessages: 1,
    } as const
    const elsewhere = batchOf([sampleConversation(1, { entries: [], reconciliation })])
    const result = await writeArchive(temporaryFolder(), sourceOf(elsewhere))
    expect(result).toMatchObject({ verdict: 'empty', counts: { found: 1, excluded: 1, conversations: 0 } })
    expect((await verify(result.path)).findings).toEqual([])
  })

  test('only rejects make an incomplete archive, not an empty one', async () => {
    const result = await writeArchive(temporaryFolder(), sourceOf(batchOf([], { rejects: [rejectOf()] })))
    expect(result).toMatchObject({ verdict: 'incomplete', counts: { found: 1, missing: 1 } })
  })

  test('redactions are told and counted by type; a redacted conversation in a plain archive ends the run', async () => {
    const redaction: Redaction = {
      entryId: 'e',
      field: 'text',
      type: '__proto__',
      detector: 'pattern',
      action: 'mask',
      start: 1,
      length: 2,
    }
    const source = sourceOf(
      batchOf([sampleConversation(1, { redactions: [redaction, { ...redaction, type: 'EMAIL' }] })]),
    )
    const result = await writeArchive(temporaryFolder(), source, { mode: 'redacted' })
    expect(Object.entries(result.counts.redactionsByType)).toEqual([
      ['EMAIL', 1],
      ['__proto__', 1],
    ])
    expect(linesOf(join(result.path, 'data/reports/redactions.jsonl'))).toHaveLength(2)
    const folder = temporaryFolder()
    await expect(writeArchive(folder, source)).rejects.toMatchObject({ code: 'ARCHIVE_MODE' })
    expect(readdirSync(folder)).toEqual([])
  })
})
