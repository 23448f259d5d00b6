import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import type { EntrySeen } from '@custody/ledger'
import type { Content, Conversation, Entry } from '@custody/model'

/** The longest identifier that the ledger takes as it is. */
const MAX_IDENTIFIER = 4_096

/** Makes what the ledger is told of entries. */
export function entryReader(
  ledgerKey: Uint8Array,
): (conversation: Pick<Conversation, 'identifier' | 'entries'>) => readonly EntrySeen[] {
  const key = createSecretKey(ledgerKey)
  return ({ identifier, entries }) => entries.map((entry) => toEntrySeen(identifier, entry, key))
}

/** An entry by name, time and digest, as it was read: before anything in it is redacted. */
export function toEntrySeen(conversation: string, entry: Entry, key: KeyObject): EntrySeen {
  return {
    conversation: identifierOf(conversation),
    entryId: identifierOf(entry.entryId),
    sentAt: entry.sentAt,
    digest: digestOf(entry, key),
  }
}

/**
 * Over what people wrote and saw, and not over the payload or who delivered it: two sources that give the same entry give the same
 * digest.
 */
function digestOf({ sentAt, entryType, sender, text, content }: Entry, key: KeyObject): Uint8Array {
  const seen = ['entry content', sentAt, entryType, sender.role, text, attachmentIds(content)]
  return createHmac('sha256', key).update(JSON.stringify(seen)).digest()
}

function attachmentIds(content: Content | null): readonly (string | null)[] {
  return content?.type === 'attachments' ? content.attachments.map(({ id }) => id) : []
}

/** As the ledger takes it: neither empty nor endless. */
export function identifierOf(id: string): string {
  if (id !== '' && id.length <= MAX_IDENTIFIER) return id
  return `sha256:${createHash('sha256').update(id).digest('hex')}`
}
