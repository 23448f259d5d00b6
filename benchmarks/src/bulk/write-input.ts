import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { archive } from '@custody/archive'
import type { Conversation, Entry } from '@custody/model'
import { type Batch, defineSource, from, systemClock } from '@custody/pipeline'
import { generatedConversations, generatedWindow } from './generated-conversations.ts'

/** An entry as a line of its own, beside the conversation it belongs to. */
export interface EntryLine
  extends Pick<Entry, 'entryId' | 'sentAt' | 'kind' | 'entryType' | 'sender' | 'text' | 'payload'> {
  readonly conversation: string
}

/** The same entries in the two forms that are measured. */
export interface BulkInput {
  readonly entries: number
  /** One entry a line. */
  readonly lines: string
  readonly lineBytes: number
  /** A plain archive of the same conversations, as a folder. */
  readonly archive: string
}

const batchSize = 200

/** Writes the input into a folder, or takes what an earlier run with the same numbers left there. */
export async function writeInput(directory: string, entries: number, seed: number): Promise<BulkInput> {
  const folder = join(directory, `entries-${entries}-seed-${seed}`)
  const lines = join(folder, 'entries.jsonl')
  const name = 'plain'
  if (!existsSync(lines)) {
    mkdirSync(folder, { recursive: true })
    const unfinished = `${lines}.partial`
    const output = createWriteStream(unfinished)
    const source = defineSource('generated', async function* () {
      let records: Conversation[] = []
      for (const conversation of generatedConversations({ entries, seed })) {
        records.push(conversation)
        if (!output.write(conversation.entries.map((entry) => entryLine(conversation, entry)).join(''))) {
          await once(output, 'drain')
        }
        if (records.length < batchSize) continue
        yield { records, rejects: [] } satisfies Batch<Conversation>
        records = []
      }
      yield { records, rejects: [] }
    })
    const run = { runId: 'bench', tool: 'custody/bench', startedAt: generatedWindow.from }
    const options = { directory: folder, org: 'bench', name, window: generatedWindow, mode: 'plain' } as const
    const key = Buffer.alloc(32, 1)
    const clock = { ...systemClock, now: () => Date.parse(generatedWindow.to) }
    await from(source)
      .to(archive({ ...options, container: 'folder', formats: ['jsonl', 'csv'], ifExists: 'replace', key, run, clock }))
      .run()
    output.end()
    await finished(output)
    renameSync(unfinished, lines)
  }
  return { entries, lines, lineBytes: statSync(lines).size, archive: join(folder, name) }
}

/** The line of an entry. */
export function entryLine({ identifier }: Conversation, entry: Entry): string {
  const { entryId, sentAt, kind, entryType, sender, text, payload } = entry
  const line: EntryLine = { conversation: identifier, entryId, sentAt, kind, entryType, sender, text, payload }
  return `${JSON.stringify(line)}\n`
}
