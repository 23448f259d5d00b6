import { extname } from 'node:path'
import type { ArchivedLines, EncodedConversations } from '@custody/archive'
import { type Batch, defineStage, type Stage } from '@custody/pipeline'
import type { Evidence, Vault } from '@custody/redact'
import { availableThreads, onThreads } from '@custody/threads'
import type { RedactedLines, RedactLinesData } from './redact-lines.ts'

// Source and compiled code are started alike.
const module = new URL(`./redact-lines${extname(import.meta.url)}`, import.meta.url)

/** Below it, starting a thread costs more than it saves: each loads and compiles all that redacts for itself. */
const worthThreads = 16 * 1024 * 1024

export interface RedactedLinesOptions extends RedactLinesData {
  readonly evidence: Evidence
  readonly vault: Vault | null
  /** Threads that redact; 1: the one that calls. @defaultValue by the cores of the machine, 1 for an archive of few bytes */
  readonly jobs: number | undefined
  /** Of the archive's payload. */
  readonly bytes: number
  /** Conversations that are through. */
  readonly onProgress: (conversations: number) => void
}

/** A stage that redacts lines of an archive on several threads; what comes out is the same for any number of them. */
export function redactedLines(options: RedactedLinesOptions): Stage<ArchivedLines, EncodedConversations> {
  const { evidence, vault, jobs, bytes, onProgress, ...data } = options
  return defineStage('redact', async function* (source, { signal }) {
    const batches: Batch<ArchivedLines>[] = []
    const tasks = async function* (): AsyncGenerator<ArchivedLines> {
      for await (const batch of source) {
        batches.push(batch)
        yield* batch.records
      }
    }
    const transferOf = ({ bytes }: ArchivedLines): readonly ArrayBuffer[] => [bytes.buffer]
    const threads = {
      module,
      data,
      threads: availableThreads(jobs ?? (bytes < worthThreads ? 1 : undefined)),
      transferOf,
      signal,
    }
    let through = 0
    for await (const answer of onThreads<ArchivedLines, RedactedLines>(tasks(), threads)) {
      // Each batch of an archive that is read has one record.
      const { rejects, drops } = batches.shift() as Batch<ArchivedLines>
      const { encoded, rejects: refused, pseudonyms } = answer
      evidence.addTally(answer.evidence)
      for (const [pseudonym, found] of pseudonyms) vault?.put(pseudonym, found)
      // A pseudonym is let out once what stands behind it is safe.
      await vault?.flush()
      through += encoded.conversations
      onProgress(through)
      yield { records: [encoded], rejects: [...rejects, ...refused], ...(drops && { drops }) }
    }
  })
}
