import type { Conversation } from '@custody/model'
import type { Reject } from '@custody/pipeline'
import { checkQueryOptions } from './options.ts'
import { readQuery } from './pages.ts'
import type { QueryOptions } from './query-pages.ts'
import { RelatedReader } from './related.ts'
import { queriesByIds } from './soql.ts'
import { type ConversationRow, conversationType } from './wire.ts'

/** What {@link chosenConversations} gives. */
export interface ChosenConversations {
  readonly conversations: readonly Conversation[]
  /** What of them could not be had. */
  readonly rejects: readonly Omit<Reject, 'stage'>[]
}

/**
 * Some conversations, by their identifiers, as the census gives them: with sessions, participants and end users, without entries. Those
 * that the org does not give are absent. A few hundred at a time: all of them are held.
 *
 * @throws CustodyError what the census throws
 */
export async function chosenConversations(
  identifiers: readonly string[],
  options: QueryOptions,
): Promise<ChosenConversations> {
  checkQueryOptions('chosenConversations', options)
  // SOQL compares strings without regard to case; identifiers differ by it.
  const wanted = new Set(identifiers)
  const found: ConversationRow[] = []
  for (const query of queriesByIds(conversationType, 'ConversationIdentifier', wanted)) {
    for await (const rows of readQuery(query, options)) {
      found.push(...rows.filter((row) => wanted.has(row.ConversationIdentifier ?? '')))
    }
  }
  return await new RelatedReader(options).join(found)
}
