import type { EntryReader, Reading } from '@custody/archive'
import type { Conversation } from '@custody/model'
import type { PlannedPart } from './choose-source.ts'
import type { EntryReaders } from './entry-readers.ts'

/**
 * Asks the source of the last part for whatever reaches into that part, and the first for everything else: a conversation is
 * read from one source, whole.
 */
export function routedReader(readers: EntryReaders, parts: readonly PlannedPart[]): EntryReader {
  const [settled, fresh] = parts
  if (!settled || !fresh) throw new Error('a mixed job has two parts')
  const bulk = readers.reader(settled.source)
  const single = readers.reader(fresh.source)
  return {
    source: bulk.source,
    async read(conversations, context) {
      const isFresh = conversations.map((conversation) => reaches(conversation, fresh.from))
      // All of them, so that none of the fresh ones counts as unasked for.
      const fromBulk = await bulk.read(conversations, context)
      const chosen = conversations.filter((_, index) => isFresh[index])
      const fromSingle = (await single.read(chosen, context))[Symbol.iterator]()
      return fromBulk.map(
        (reading, index): Reading => (isFresh[index] ? (fromSingle.next().value ?? 'failed') : reading),
      )
    },
    ...(bulk.rest && { rest: (context) => bulk.rest?.(context) ?? none() }),
  }
}

/** Whether anything may have been said at or after the moment. An open end reaches anywhere. */
function reaches({ endTime, sessions }: Conversation, moment: string): boolean {
  if (endTime === null || endTime >= moment) return true
  return sessions.some((session) => session.endTime === null || session.endTime >= moment)
}

async function* none(): AsyncGenerator<Conversation> {}
