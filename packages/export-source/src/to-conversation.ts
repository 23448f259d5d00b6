import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import {
  type Conversation,
  type Entry,
  emptyConversation,
  parseJson,
  sortEntries,
  toRecordId,
  type Window,
} from '@custody/model'
import type { Reject } from '@custody/pipeline'
import { type SideFact, senderFact } from './side-table.ts'
import type { ReadEntry } from './to-entry.ts'

/** An entry on its way through the spool. What lies outside of the window is only counted. */
type SpooledEntry = ReadEntry | OutsideEntry

interface OutsideEntry {
  readonly conversation: string
  readonly entry: Pick<Entry, 'entryId' | 'sentAt' | 'clientAt' | 'kind' | 'sender'>
  readonly byServer: true
}

/** What the spool keeps of an entry. */
export function toSpooled({ conversation, entry, byServer }: ReadEntry, { from, to }: Window): string {
  if (entry.sentAt >= from && entry.sentAt < to) return JSON.stringify({ conversation, entry, byServer })
  const { entryId, sentAt, clientAt, kind, sender } = entry
  const counted = { entryId, sentAt, clientAt, kind, sender: { role: sender.role, subject: sender.subject } }
  return JSON.stringify({ conversation, entry: counted, byServer: true })
}

/** What the spool keeps of a row beside the entries. */
export function toSpooledFact(fact: SideFact): string {
  return JSON.stringify({ fact })
}

/**
 * Makes a conversation of all its entries and of what stands beside them, whatever the order they came in; null where there are
 * no entries. Pure.
 *
 * The same entry twice is one. Of two contents under one identifier the one with the later time is kept, and that is told.
 * Entries without an identifier are given one by their time and role: those that are the same in all stay apart.
 */
export function toConversation(
  values: readonly Uint8Array[],
  { from, to }: Window,
): { readonly conversation: Conversation; readonly rejects: readonly Omit<Reject, 'stage'>[] } | null {
  // In one order, so that what is decided between equals is decided the same whatever came first.
  const texts = values.map((value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()).sort()
  const parsed = texts.map((text) => parseJson(text) as unknown as SpooledEntry | { readonly fact: SideFact })
  const facts = parsed.flatMap((one) => ('fact' in one ? [one.fact] : []))
  const spooled = parsed.flatMap((one) => ('fact' in one ? [] : [withSender(one, facts)]))
  const [written] = spooled
  if (!written) return null
  const identifier = facts.find((fact) => fact.kind === 'conversation')?.identifier ?? written.conversation
  const within = { type: 'Conversation', id: identifier }
  const rejects: Omit<Reject, 'stage'>[] = []
  const tell = (code: string, id: string, message: string): void => {
    rejects.push({ code, subject: { type: 'ConversationEntry', id }, within, message })
  }

  const known = new Map<string, SpooledEntry>()
  for (const one of withIds(spooled)) {
    const { entryId, sentAt } = one.entry
    const same = known.get(entryId)
    if (same && !isDeepStrictEqual(same.entry, one.entry)) {
      tell(
        'ENTRY_CONFLICT',
        entryId,
        'An entry came twice with different content; the later copy by server time is kept.',
      )
    }
    if (!same || sentAt > same.entry.sentAt) known.set(entryId, one)
  }
  const all = [...known.values()]
  const bySender = all.filter(({ byServer }) => !byServer)
  const [first] = bySender
  // Told once: an export that gives no server times gives none at all.
  if (first) {
    const message = `No server time came with ${bySender.length} of its entries; the sender's clock places them.`
    tell('ENTRY_TIME_BY_SENDER', first.entry.entryId, message)
  }
  const inside = ({ entry: { sentAt } }: SpooledEntry): boolean => sentAt >= from && sentAt < to
  const entries = sortEntries(all.filter(inside).map(({ entry }) => entry as Entry))
  const messagesOf = (role: string): number =>
    all.filter(({ entry }) => entry.kind === 'message' && entry.sender.role === role).length
  const recordId = toRecordId(written.conversation)
  const participants = facts.flatMap((fact) => (fact.kind === 'participant' ? [fact.participant] : []))
  return {
    rejects,
    conversation: {
      ...emptyConversation(identifier),
      recordId: recordId?.startsWith(CONVERSATION_PREFIX) ? recordId : null,
      continuedBefore: all.some(({ entry }) => entry.sentAt < from),
      continuesAfter: all.some(({ entry }) => entry.sentAt >= to),
      participants: [...new Map(participants.map((one) => [JSON.stringify(one), one])).values()],
      entries,
      delivered: {
        source: 'transcript-export',
        entries: all.length,
        entriesInWindow: entries.length,
        agentMessages: messagesOf('agent'),
        endUserMessages: messagesOf('end-user'),
        requests: 0,
      },
    },
  }
}

/** The key prefix of the object Conversation. */
const CONVERSATION_PREFIX = '0dw'

/** The entry with its sender as the tables beside say, where the entry itself does not. */
function withSender(one: SpooledEntry, facts: readonly SideFact[]): SpooledEntry {
  const { sender } = one.entry
  const known = sender.role === 'other' ? senderFact(sender.subject, facts) : null
  if (!known) return one
  const displayName = sender.displayName ?? known.displayName
  return { ...one, entry: { ...one.entry, sender: { ...sender, role: known.role, displayName } } } as SpooledEntry
}

/** Gives identifiers to entries without. They come in order, so that the same rows get the same ones. */
function withIds(spooled: readonly SpooledEntry[]): readonly SpooledEntry[] {
  const counts = new Map<string, number>()
  return spooled.map((one) => {
    if (one.entry.entryId !== '') return one
    const { sentAt, sender } = one.entry
    // Nothing that was said goes into it: whoever guesses the words could check them against it.
    const base = createHash('sha256')
      .update(JSON.stringify([one.conversation, sentAt, sender.role]))
      .digest('hex')
    const count = (counts.get(base) ?? 0) + 1
    counts.set(base, count)
    return { ...one, entry: { ...one.entry, entryId: `export-${base.slice(0, 32)}-${count}` } } as SpooledEntry
  })
}
