import type { ArchiveResult } from '@custody/archive'
import { expect, test } from 'vitest'
import type { ArchiveJob } from './archive-job.ts'
import { verdictLines } from './run-lines.ts'
import { summaryTable } from './summary.ts'

// What suppression and a silent time authority may add, see tellSuppressed and run-watched.ts.
const linesAfterwards = 3

test('the closing words are at most 15 lines, even when there is something to say about everything', () => {
  const counts = {
    ...{ found: 1_000_000, conversations: 999_000, entries: 50_000_000, attachments: 70_000, excluded: 12 },
    ...{ missing: 1, differs: 2, extra: 3, unknown: 4, gaps: 10, rejects: 5, countedOnly: 999_000 },
    differences: { 'only-here': 1, 'not-here': 2, text: 3 },
    redactionsByType: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`TYPE_${index}`, index + 1])),
  }
  const result = { mode: 'redacted', verdict: 'counted', counts } as unknown as ArchiveResult
  const stages = Array.from({ length: 12 }, (_, index) => ({
    ...{ stage: `stage-${index}`, batches: 1, records: 1, rejects: 0, drops: {}, ownMs: 60_000 },
  }))
  const run = { stages, records: 1, rejects: 0, commits: 1, durationMs: 1 }
  const costs = { requests: 1, retries: 2, rateLimited: 3, tokensRenewed: 4, waitingForLimitsMs: 60_000 }
  const table = summaryTable({ result, run, costs: costs as Parameters<typeof summaryTable>[0]['costs'], elapsedMs: 1 })
  const verdict = verdictLines(result, { archive: { allowCounted: false } } as ArchiveJob)

  expect(table.length + verdict.length + linesAfterwards).toBeLessThanOrEqual(15)
  expect([...table, ...verdict].filter((line) => line.includes('\n'))).toEqual([])
})
