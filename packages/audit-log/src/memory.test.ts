import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { runModule } from '@custody/testkit'
import { expect, test } from 'vitest'
import { sampleLines } from './testing/sample-log.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

/** The peak memory, in MB, of a process that opens a log of so many lines and reads all of it as a part. */
async function peakOf(count: number): Promise<number> {
  const file = join(temporaryFolder(), 'audit.jsonl')
  await pipeline(sampleLines(count), createWriteStream(file))
  const child = runModule(
    import.meta.url,
    `
    import { openAuditLog } from './open-audit-log.ts'
    const log = await openAuditLog({ file: ${JSON.stringify(file)}, actor: 'a' })
    let lines = 0
    for await (const line of log.part(0)) lines += 1
    console.log(JSON.stringify([log.checkpoint().size, lines, process.resourceUsage().maxRSS / 1024]))`,
  )
  const [size, lines, peak] = JSON.parse((await child.line()) ?? '[]')
  expect([size, lines]).toEqual([count, count])
  return peak
}

test('memory does not grow with the log', { timeout: 120_000 }, async () => {
  // The lines themselves would be 25 MB more (measured: 97 MB at 20,000, 103 at 100,000, 109 at 1,000,000).
  const count = process.env['SLOW'] ? 1_000_000 : 100_000
  expect(await peakOf(count)).toBeLessThan((await peakOf(20_000)) + 40)
})
