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
      gaps: 7,
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

  test('nothing at all is an empty archive, whole and valid, with empty tables', async () => {
    const result = await writeArchive(temporaryFolder(), sourceOf())
    expect(result).toMatchObject({ verdict: 'empty', counts: { found: 0, conversations: 0, gaps: 0 } })
    expect(linesOf(join(result.path, 'data/conversations/part-00001.jsonl'))).toEqual([])
    expect(table(result, 'data/reports/gaps.csv')).toHaveLength(1)
    expect(linesOf(join(result.path, 'data/reports/rejects.jsonl'))).toEqual([])
    expect((await verify(result.path)).verdict).toBe('valid')
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
