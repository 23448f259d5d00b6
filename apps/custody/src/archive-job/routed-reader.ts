import type { EntryReader, Reading } from '@custody/archive'
import type { Conversation } from '@custody/model'
import type { PlannedPart } from './choose-source.ts'
import type { EntryReaders } from './entry-readers.ts'

/**
 * Asks the source of the last part for whatever reaches into that part, and the first for everything else: a conversation is
 * read from one source, whole. What reaches there its own times tell, or the entries that the first source has of it.
 */
export function routedReader(readers: EntryReaders, parts: readonly PlannedPart[]): EntryReader {
  const [settled, fresh] = parts
  if (!settled || !fresh) throw new Error('a mixed job has two parts')
  const bulk = readers.source(settled.source)
  const single = readers.source(fresh.source)
  return {
    source: bulk.source,
    async read(conversations, context) {
      // All of them, so that none of the fresh ones counts as unasked for.
      const fromBulk = await bulk.read(conversations, context)
      const isFresh = conversations.map(
        (conversation, index) => reaches(conversation, fresh.from) || hasEntries(fromBulk[index], fresh.from),
      )
      const chosen = conversations.filter((_, index) => isFresh[index])
      const fromSingle = (await single.read(chosen, context))[Symbol.iterator]()
      return fromBulk.map(
        (reading, index): Reading => (isFresh[index] ? (fromSingle.next().value ?? 'failed') : reading),
      )
    },
    ...(bulk.rest && { rest: bulk.rest }),
  }
}

/** Whether anything may have been said at or after the moment. An open end reaches anywhere. */
function reaches({ endTime, sessions }: Conversation, moment: string): boolean {
  if (endTime === null || endTime >= moment) return true
  return sessions.some((session) => session.endTime === null || session.endTime >= moment)
}

function hasEntries(reading: Reading | undefined, moment: string): boolean {
  if (typeof reading !== 'object') return false
  return reading.continuesAfter || reading.entries.some(({ sentAt }) => sentAt >= moment)
}
