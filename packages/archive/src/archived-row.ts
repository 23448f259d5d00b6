import type { Instant } from '@custody/model'
import { neutralised } from './csv-text.ts'
import type { ReadConversation } from './read-conversation.ts'

/** What stands for every identifier of an erased conversation. */
export const ERASED = 'erased'

/** What the census and the master have to agree on for an archived conversation: nothing but the mark, once it was erased. */
export function archivedRow(cells: readonly string[]): string {
  return `${cells[0] === ERASED ? ERASED : cells.join('\x1f')}\n`
}

/** The same of a conversation of the master, in the encoding of its text. */
export function archivedRowOf({ conversation, encoding }: ReadConversation): string {
  const { identifier, recordId, sessions, entries } = conversation
  const sources = new Set<string>()
  for (const { source } of entries) sources.add(source)
  const cells = [identifier, recordId ?? '', String(sessions.length), [...sources].sort().join(' ')]
  return archivedRow(cells.map((cell) => neutralised(cell, encoding)))
}

/** What amendments.csv and the master have to agree on: conversations, and of each the entries, by the cells that name them. */
export function amendedConversation(identifier: string): string {
  return `${JSON.stringify([identifier])}\n`
}

export function amendedEntry(entryId: string, sentAt: Instant): string {
  return `${JSON.stringify([entryId, sentAt])}\n`
}

/** The same of a conversation of the master, in the encoding of its text. */
export function amendedRowsOf({ conversation, encoding }: ReadConversation): string {
  const cell = (text: string): string => neutralised(text, encoding).toWellFormed()
  const entries = conversation.entries.map(({ entryId, sentAt }) => amendedEntry(cell(entryId), sentAt))
  return amendedConversation(cell(conversation.identifier)) + entries.join('')
}
