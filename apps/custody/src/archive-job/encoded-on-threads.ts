import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import type { EncodedConversations } from '@custody/archive'
import type { Conversation } from '@custody/model'
import { type Batch, defineStage, type Stage } from '@custody/pipeline'
import { availableThreads, onThreads } from '@custody/threads'
import type { ArchiveJob } from './archive-job.ts'
import type { EncodeBatchData, EncodedBatch } from './encode-batch.ts'

// Source and compiled code are started alike.
const module = new URL(`./encode-batch${extname(import.meta.url)}`, import.meta.url)

/** Conversations below which starting threads costs more than it saves: each compiles all that redacts for itself. */
const worthThreads = 2_000

/**
 * Threads that redact and encode beside the one that reads. Where nothing is said, one where there is a second core: reading takes more
 * than half of the time of all, so that others would wait for it, each with fifty megabytes. None for what is read one by one, since the
 * limits of the org are slower than any thread, nor for what is kept as received, since little is left to do then.
 */
export function threadsFor(
  { jobs, source, amends, policy }: Pick<ArchiveJob, 'jobs' | 'source' | 'amends' | 'policy'>,
  conversations: number,
  cores: number = availableParallelism(),
): number {
  // What amends an archive is compared with it while it is written.
  if (amends !== null) return 0
  if (jobs !== undefined) return availableThreads(jobs)
  const isBulk = source === 'data360' || source === 'transcript-export' || source === 'mixed'
  return isBulk && policy !== null && conversations >= worthThreads && cores > 1 ? 1 : 0
}

/** A stage that redacts and encodes on several threads what is read; what comes out is the same for any number of them. */
export function encodedOnThreads(threads: number, data: EncodeBatchData): Stage<Conversation, EncodedConversations> {
  return defineStage(data.policy === null ? 'encode' : 'redact', async function* (source, { signal }) {
    const batches: Omit<Batch<Conversation>, 'records'>[] = []
    const tasks = async function* (): AsyncGenerator<readonly string[]> {
      for await (const { records, ...batch } of source) {
        batches.push(batch)
        // As JSON, which is no slower than a clone, and keeps numbers that no double holds. Each alone: such a number makes reading its text slow.
        yield records.map((conversation) => JSON.stringify(conversation))
      }
    }
    for await (const { encoded, rejects } of onThreads<readonly string[], EncodedBatch>(tasks(), {
      module,
      data,
      threads,
      signal,
    })) {
      const batch = batches.shift() as Omit<Batch<Conversation>, 'records'>
      const count = encoded.conversations
      yield { ...batch, records: [encoded], count, rejects: [...batch.rejects, ...rejects] }
    }
  })
}
