import type { Entry, EntrySource } from '@custody/model'

/** What a source does not give of a conversation, even where nothing went wrong. */
export type Limit = 'bot-messages' | 'rich-content' | 'events'

/**
 * What each source is documented not to give. A witness is not blamed for it, and `reconciliation.csv` names it.
 *
 * Connect: help article "Access Conversation Data Using Conversation Entries". An org may give bot messages all the same.
 */
export function limitsOf(source: EntrySource): readonly Limit[] {
  return source === 'connect' ? ['bot-messages', 'rich-content', 'events'] : []
}

/** Whether the source would give an entry like this one, if it held it. */
export function gives(source: EntrySource, { kind, sender, text, content }: Entry): boolean {
  return !limitsOf(source).some((limit) => {
    if (limit === 'events') return kind !== 'message'
    if (limit === 'bot-messages') return sender.role === 'bot' || sender.role === 'system'
    return content !== null || text === null
  })
}
