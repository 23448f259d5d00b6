import { once } from 'node:events'
import { createWriteStream, mkdirSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { generatedConversations } from './generated-conversations.ts'
import { compareProcesses, program } from './measured-process.ts'
import { entryLine } from './write-input.ts'

export interface GrowthOptions {
  /** Entries of each run, ascending. What the first one takes is the start: loading, compiling, threads. */
  readonly sizes: readonly number[]
  readonly rounds: number
  readonly seed: number
  /** Holds one input and one output at a time: 1.1 GB for each million entries. */
  readonly folder: string
}

/** The chain over ever more entries: what grows with them has another figure in each row. */
export async function growthPage({ sizes, rounds, seed, folder }: GrowthOptions): Promise<string> {
  const scratch = join(folder, 'growth')
  const jobs = String(availableParallelism())
  const [lines, out] = [join(scratch, 'entries.jsonl'), join(scratch, 'out')]
  const name = `${jobs} jobs`
  let start: { readonly entries: number; readonly cpuSeconds: number } | undefined
  const rows: string[] = []
  try {
    for (const asked of sizes) {
      mkdirSync(scratch, { recursive: true })
      const entries = await writeLines(lines, asked, seed)
      const before = (): void => rmSync(out, { recursive: true, force: true })
      const command = program('chains/ours.ts', lines, out, 'none', jobs)
      const [measurement] = compareProcesses([{ name, command, before }], rounds)
      if (measurement === undefined) continue
      const { cpuSeconds, wallSeconds, peakMegabytes } = measurement
      // Each size has the disk to itself.
      rmSync(scratch, { recursive: true })
      const beyond = start
        ? (((cpuSeconds - start.cpuSeconds) / (entries - start.entries)) * 1e6).toFixed(1)
        : 'the start'
      const cells = [
        `${entries.toLocaleString('en-GB')} entries, ${name}`,
        wallSeconds.toFixed(2),
        cpuSeconds.toFixed(2),
      ]
      rows.push(`| ${[...cells, beyond, peakMegabytes.toFixed(0)].join(' | ')} |`)
      start ??= { entries, cpuSeconds }
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  const head =
    '| | wall s | CPU s | CPU µs an entry beyond the first row | peak MB |\n| --- | ---: | ---: | ---: | ---: |'
  return `## Growth\n\nFrom JSON lines to redacted CSV, without a ZIP.\n\n${head}\n${rows.join('\n')}\n`
}

/** Writes entries as lines, and nothing else; tells how many there are. */
async function writeLines(path: string, entries: number, seed: number): Promise<number> {
  const output = createWriteStream(path)
  let written = 0
  for (const conversation of generatedConversations({ entries, seed })) {
    written += conversation.entries.length
    const text = conversation.entries.map((entry) => entryLine(conversation, entry)).join('')
    if (!output.write(text)) await once(output, 'drain')
  }
  output.end()
  await finished(output)
  return written
}
