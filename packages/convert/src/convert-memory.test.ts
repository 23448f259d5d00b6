import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ConvertFormat, convertFormats } from './convert.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

/** How much heap a conversion gets: less than half of what the larger tables are made of. */
const heapMegabytes = 64

/** The peak memory of a process that converts so many conversations of twenty messages, in MB. */
function peakOf(to: ConvertFormat, conversations: number): number {
  const at = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href)
  const script = `
    import { convert } from ${at('./convert.ts')}
    import { conversation, since } from ${at('./testing/sample-conversations.ts')}
    async function* all() {
      for (let n = 0; n < ${conversations}; n++) {
        yield conversation(n, Array.from({ length: 20 }, (_, m) => \`Message \${m} of \${n}: \${'what was said, at some length. '.repeat(8)}\`))
      }
    }
    const directory = ${JSON.stringify(join(temporaryFolder(), 'out'))}
    const done = await convert({ conversations: all(), to: '${to}', directory, since })
    console.log(JSON.stringify([done.conversations, done.messages, process.resourceUsage().maxRSS / 1024]))`
  const options = [`--max-old-space-size=${heapMegabytes}`, '--conditions=@custody/source', '--input-type=module']
  const [converted, messages, megabytes] = JSON.parse(
    String(execFileSync(process.execPath, [...options, '-e', script])),
  )
  expect([converted, messages]).toEqual([conversations, 20 * conversations])
  return megabytes
}

/** Tables are read as a whole by nobody; of transcripts each is a file of its own, and making files takes its time. */
const sizes: Readonly<Record<ConvertFormat, readonly [number, number]>> = {
  csv: [5_000, 30_000],
  parquet: [5_000, 30_000],
  txt: [500, 4_000],
  html: [500, 4_000],
  eml: [200, 1_200],
}

// SLOW=1 npm test.
test.runIf(process.env['SLOW']).each(convertFormats)(
  'memory does not grow with what is converted to %s, and the heap is bounded',
  { timeout: 120_000 },
  (to) => {
    const [few, many] = sizes[to]
    expect(peakOf(to, many) / peakOf(to, few)).toBeLessThan(1.25)
  },
)
