import { type Conversation, type Difference, type Entry, type Instant, sortEntries, type Witness } from '@custody/model'
import type { EntryReader, Reading } from './entry-reader.ts'
import { gives } from './source-limits.ts'

export interface WitnessOptions {
  readonly source: EntryReader['source']
  /** What came after this moment may not be visible to the witness yet: it is not blamed for lacking it. */
  readonly settledUntil: Instant | null
}

/**
 * Joins what one more source gave with a conversation. Pure.
 *
 * Entries are the same when they have the same identifier, or else the same time, role and text: sources name entries in
 * different ways. What only the witness gave is taken in. Of two copies the one with more of the original is kept, the first
 * one where they tie; the other's differences are noted.
 */
export function mergeWitness(conversation: Conversation, reading: Reading, options: WitnessOptions): Conversation {
  const { source } = options
  if (reading === 'failed') return withWitness(conversation, { ...nothing, source, answer: 'failed' })
  const theirs = reading === 'absent' ? [] : reading.entries
  const pairs = pair(conversation.entries, theirs)
  const differences: Difference[] = []
  const entries: Entry[] = []
  for (const [own, other] of pairs) {
    if (own === null) {
      entries.push(other)
      differences.push({ entryId: other.entryId, what: 'only-here' })
    } else if (other === null) {
      entries.push(own)
      if (isOwed(own, options)) differences.push({ entryId: own.entryId, what: 'not-here' })
    } else {
      entries.push(richer(own, other))
      if (textsDiffer(own, other)) differences.push({ entryId: own.entryId, what: 'text' })
    }
  }
  const witness: Witness = {
    source,
    answer: reading === 'absent' ? 'absent' : 'given',
    entries: theirs.length,
    agentMessages: messagesOf(theirs, 'agent'),
    endUserMessages: messagesOf(theirs, 'end-user'),
    differences,
  }
  const counted = reading === 'absent' || reading.delivered === null ? nothing : reading.delivered
  const added = pairs.flatMap(([own, other]) => (own === null ? other : []))
  return withWitness(
    {
      ...conversation,
      entries:
        added.length === 0 && entries.every((entry, index) => entry === conversation.entries[index])
          ? conversation.entries
          : sortEntries(entries),
      delivered: conversation.delivered && {
        ...conversation.delivered,
        entries: conversation.delivered.entries + added.length,
        entriesInWindow: conversation.delivered.entriesInWindow + added.length,
        // The witness may also have counted what the source lost outside the window.
        agentMessages: Math.max(
          conversation.delivered.agentMessages + messagesOf(added, 'agent'),
          counted.agentMessages,
        ),
        endUserMessages: Math.max(
          conversation.delivered.endUserMessages + messagesOf(added, 'end-user'),
          counted.endUserMessages,
        ),
      },
    },
    witness,
  )
}

const nothing = { entries: 0, agentMessages: 0, endUserMessages: 0, differences: [] } as const

function withWitness(conversation: Conversation, witness: Witness): Conversation {
  return { ...conversation, witnesses: [...conversation.witnesses, witness] }
}

type Pair =
  | readonly [own: Entry, other: Entry]
  | readonly [own: Entry, other: null]
  | readonly [own: null, other: Entry]

/** Each entry of both once, with its twin where it has one. */
function pair(own: readonly Entry[], others: readonly Entry[]): readonly Pair[] {
  const byId = new Map(others.map((entry) => [entry.entryId, entry]))
  const twins = new Map<Entry, Entry>()
  for (const entry of own) {
    const other = byId.get(entry.entryId)
    if (!other) continue
    twins.set(entry, other)
    byId.delete(entry.entryId)
  }
  // Two entries of one moment, role and text are as good as one another: they pair up in their order.
  const bySignature = Map.groupBy(byId.values(), signatureOf)
  for (const entry of own) {
    if (twins.has(entry)) continue
    const other = bySignature.get(signatureOf(entry))?.shift()
    if (!other) continue
    twins.set(entry, other)
    byId.delete(other.entryId)
  }
  return [
    ...own.map((entry): Pair => {
      const other = twins.get(entry)
      return other ? [entry, other] : [entry, null]
    }),
    ...[...byId.values()].map((entry): Pair => [null, entry]),
  ]
}

function signatureOf({ sentAt, kind, sender, text }: Entry): string {
  return JSON.stringify([sentAt, kind, sender.role, text])
}

function isOwed(entry: Entry, { source, settledUntil }: WitnessOptions): boolean {
  return gives(source, entry) && (settledUntil === null || entry.sentAt < settledUntil)
}

/** A source that gives text only says nothing about what is no text. */
function textsDiffer(own: Entry, other: Entry): boolean {
  return own.text !== null && other.text !== null && own.text !== other.text
}

/** How much of the original an entry still has. */
function richness({ payload, content, text, sender }: Entry): number {
  return (
    (typeof payload === 'object' && payload !== null ? 8 : 0) +
    (content === null ? 0 : 4) +
    (text === null ? 0 : 2) +
    (sender.displayName === null ? 0 : 1)
  )
}

function richer(own: Entry, other: Entry): Entry {
  // What people sent as text is theirs: a copy without it is not the richer one, whatever else it has.
  if ((own.text === null) !== (other.text === null)) return own.text === null ? other : own
  return richness(other) > richness(own) ? other : own
}

function messagesOf(entries: readonly Entry[], role: 'agent' | 'end-user'): number {
  return entries.filter(({ kind, sender }) => kind === 'message' && sender.role === role).length
}
