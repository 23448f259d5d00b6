import { describe, expect, test } from 'vitest'
import { openArchive } from './testing/opened-archive.ts'
import { startOrgUnderTest } from './testing/org-under-test.ts'

/** The peak memory of the command line in a process of its own, for an org of that size. */
async function peakMemory(conversations: number): Promise<{ peak: number; archived: number }> {
  await using under = await startOrgUnderTest({ conversations }, 1_000_000)
  const { code, stdout } = await under.archive(['--json'])
  expect(code).toBe(0)
  const end = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as JobEnd
  // Counted by the archive's own file, which stock tools have unpacked and checked.
  let archived = 0
  for await (const { entries } of openArchive(under.zip).conversations()) archived += entries.length
  expect(archived).toBe(under.org.truth.counts(under.org.window).entries)
  return { peak: end.peakMemoryBytes, archived }
}

interface JobEnd {
  readonly peakMemoryBytes: number
}

// Minutes long: SLOW=1 npm test.
describe.runIf(process.env['SLOW'])('memory', () => {
  test('does not grow from 10,000 to 100,000 conversations', { timeout: 1_800_000 }, async () => {
    const small = await peakMemory(10_000)
    const large = await peakMemory(100_000)
    expect(large.archived).toBeGreaterThan(9 * small.archived)
    // A tenth is what the garbage collector's timing makes of the same run.
    expect(large.peak / small.peak).toBeLessThan(1.15)
  })
})
