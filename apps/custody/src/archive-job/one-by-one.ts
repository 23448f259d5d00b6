import type { EntryReader, Reading } from '@custody/archive'
import type { ReadEntries } from '@custody/entries-source'
import type { Conversation } from '@custody/model'
import { CustodyError } from '@custody/pipeline'
import type { ReadableSource } from './source-names.ts'

/** Entry requests under way at once: enough to fill the documented rate at half a second an answer. */
export const concurrentReads = 8

/** A reader that asks for each conversation by itself. */
export function oneByOne(source: ReadableSource, read: ReadEntries): EntryReader {
  return {
    source,
    async read(conversations, { signal, onReject }) {
      const readings: Reading[] = []
      // The first failure stops the other lanes too: nothing goes on behind its back.
      const stop = new AbortController()
      const either = AbortSignal.any([signal, stop.signal])
      let next = 0
      const lane = async (): Promise<void> => {
        while (next < conversations.length) {
          const index = next++
          readings[index] = await readOne(read, conversations[index] as Conversation, either, onReject)
        }
      }
      const lanes = Array.from({ length: concurrentReads }, () =>
        lane().catch((error) => {
          stop.abort(error)
          throw error
        }),
      )
      const failed = (await Promise.allSettled(lanes)).find((each) => each.status === 'rejected')
      if (failed) throw stop.signal.reason
      return readings
    },
  }
}

async function readOne(
  read: ReadEntries,
  conversation: Conversation,
  signal: AbortSignal,
  onReject: Parameters<ReadEntries>[2],
): Promise<Reading> {
  try {
    return await read(conversation, signal, onReject)
  } catch (error) {
    signal.throwIfAborted()
    // Anything else is about the source, or about signing in: not about one conversation.
    if (!CustodyError.isInstance(error) || !error.code.startsWith('ENTRIES_')) throw error
    return error.code === 'ENTRIES_NOT_FOUND' ? 'absent' : 'failed'
  }
}
