import { type Conversation, type Difference, type Entry, type Instant, sortEntries, type Witness } from '@custody/model'
import { differencesOf, isOwed, oneOf } from './entry-copies.ts'
import type { EntryReader, Reading } from './entry-reader.ts'
import { showsAll } from './evidence.ts'
import { pairEntries } from './pair-entries.ts'

export interface WitnessOptions {
  readonly source: EntryReader['source']
  /** What came after this moment may not be visible to the witness yet: it is not blamed for lacking it. */
  readonly settledUntil: Instant | null
  /** Whether it shows everything until then. */
  readonly whole: boolean
}

/**
 * Joins what one more source gave with a conversation. Pure.
 *
 * What only the witness gave is taken in. Of two copies of one entry the one with more of the original is kept; where they
 * disagree, that is noted.
 */
export function mergeWitness(conversation: Conversation, reading: Reading, options: WitnessOptions): Conversation {
  const { source, settledUntil } = options
  if (reading === 'failed') {
    return withWitness(conversation, { ...nothing, source, answer: 'failed', whole: false, differences: [] })
  }
  const theirs = reading === 'absent' ? [] : reading.entries
  const differences: Difference[] = []
  const entries: Entry[] = []
  for (const [own, other] of pairEntries(conversation.entries, theirs)) {
    if (own === null) {
      entries.push(other)
      differences.push({ entryId: other.entryId, what: 'only-here' })
    } else if (other === null) {
      entries.push(own)
      if (isOwed(own, source, settledUntil)) differences.push({ entryId: own.entryId, what: 'not-here' })
    } else {
      entries.push(oneOf(own, other))
      for (const what of differencesOf(own, other)) differences.push({ entryId: own.entryId, what })
    }
  }
  const isLonger = entries.length > conversation.entries.length
  const merged = withEntries(
    conversation,
    isLonger ? sortEntries(entries) : entries,
    reading === 'absent' ? null : reading,
  )
  return withWitness(merged, {
    source,
    answer: reading === 'absent' ? 'absent' : 'given',
    entries: theirs.length,
    agentMessages: messagesOf(theirs, 'agent'),
    endUserMessages: messagesOf(theirs, 'end-user'),
    whole: options.whole && showsAll(merged, merged.entries, source, settledUntil),
    differences,
  })
}

const nothing = { entries: 0, agentMessages: 0, endUserMessages: 0 } as const

function withWitness(conversation: Conversation, witness: Witness): Conversation {
  return { ...conversation, witnesses: [...conversation.witnesses, witness] }
}

/** The conversation with entries of both, and what both prove to have been delivered. */
function withEntries(
  conversation: Conversation,
  entries: readonly Entry[],
  reading: Conversation | null,
): Conversation {
  const { delivered } = conversation
  // Outside the window there are only counts: whichever source counted more there.
  const outside = (role: 'agent' | 'end-user', count: 'agentMessages' | 'endUserMessages'): number =>
    Math.max(
      (delivered?.[count] ?? 0) - messagesOf(conversation.entries, role),
      (reading?.delivered?.[count] ?? 0) - messagesOf(reading?.entries ?? [], role),
      0,
    )
  const added = entries.length - conversation.entries.length
  return {
    ...conversation,
    entries,
    delivered: delivered && {
      ...delivered,
      entries: delivered.entries + added,
      entriesInWindow: delivered.entriesInWindow + added,
      agentMessages: messagesOf(entries, 'agent') + outside('agent', 'agentMessages'),
      endUserMessages: messagesOf(entries, 'end-user') + outside('end-user', 'endUserMessages'),
    },
  }
}

function messagesOf(entries: readonly Entry[], role: 'agent' | 'end-user'): number {
  return entries.filter(({ kind, sender }) => kind === 'message' && sender.role === role).length
}
