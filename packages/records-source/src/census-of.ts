import type { Conversation } from '@custody/model'
import { defineSource, type Source } from '@custody/pipeline'
import { chosenConversations } from './chosen-conversations.ts'
import { censusName } from './cursor.ts'
import { named } from './pass.ts'
import type { QueryOptions } from './query-pages.ts'

/** So many are asked for together. */
const together = 100

/**
 * The census of some conversations, by their identifiers, in the place of a window's: each that the org does not give is a reject.
 *
 * @throws CustodyError what the census throws
 */
export function censusOf(identifiers: readonly string[], options: Omit<QueryOptions, 'signal'>): Source<Conversation> {
  return defineSource(censusName, async function* ({ signal }) {
    for (let start = 0; start < identifiers.length; start += together) {
      const asked = identifiers.slice(start, start + together)
      const { conversations, rejects } = await chosenConversations(asked, { ...options, signal })
      const given = new Set(conversations.map(({ identifier }) => identifier))
      const missing = asked
        .filter((identifier) => !given.has(identifier))
        .map((id) => ({
          code: 'CENSUS_SHORT',
          subject: { type: 'Conversation', id },
          message: 'It was asked for, and the org does not give it.',
        }))
      yield { records: conversations, rejects: named(censusName, [...rejects, ...missing]) }
    }
  })
}
