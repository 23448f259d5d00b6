import { isDeepStrictEqual } from 'node:util'
import { type Conversation, type Delivered, type Entry, sortEntries } from '@custody/model'
import type { Reject } from '@custody/pipeline'

/**
 * Gives a conversation the entries of all pieces that a source gave of it. Pure.
 *
 * The same entry in several pieces is one; of copies that differ the one with the later server time is kept, the first where
 * they tie, and that is told.
 */
export function mergePieces(
  conversation: Conversation,
  pieces: readonly Conversation[],
  onReject: (reject: Omit<Reject, 'stage'>) => void,
): Conversation {
  const entries = new Map<string, Entry>()
  const repeated: Entry[] = []
  const conflicts = new Set<string>()
  for (const entry of pieces.flatMap((piece) => piece.entries)) {
    const known = entries.get(entry.entryId)
    if (!known) {
      entries.set(entry.entryId, entry)
      continue
    }
    const isNewer = entry.sentAt > known.sentAt
    repeated.push(isNewer ? known : entry)
    if (isNewer) entries.set(entry.entryId, entry)
    if (!isDeepStrictEqual(known, entry)) conflicts.add(entry.entryId)
  }
  for (const id of conflicts) {
    onReject({
      code: 'ENTRY_CONFLICT',
      subject: { type: 'ConversationEntry', id },
      within: { type: 'Conversation', id: conversation.identifier },
      message: 'An entry came twice with different content; the later copy by server time is kept.',
    })
  }
  const inWindow = sortEntries([...entries.values()])
  return {
    ...conversation,
    continuedBefore: pieces.some((piece) => piece.continuedBefore),
    continuesAfter: pieces.some((piece) => piece.continuesAfter),
    participants: conversation.participants.length > 0 ? conversation.participants : participantsOf(pieces),
    entries: inWindow,
    delivered: mergeDelivered(pieces, repeated, inWindow.length),
  }
}

function participantsOf(pieces: readonly Conversation[]): Conversation['participants'] {
  const all = new Map(pieces.flatMap((piece) => piece.participants).map((one) => [JSON.stringify(one), one]))
  return [...all.values()]
}

/** What the pieces count together, what is known to have come more than once taken off. */
function mergeDelivered(
  pieces: readonly Conversation[],
  repeated: readonly Entry[],
  entriesInWindow: number,
): Delivered {
  const counted = pieces.map((piece) => piece.delivered ?? deliveredBy(piece.entries))
  const sum = (field: Exclude<keyof Delivered, 'source'>): number =>
    counted.reduce((total, delivered) => total + delivered[field], 0)
  const twice = deliveredBy(repeated)
  return {
    source: counted.find(({ source }) => source !== null)?.source ?? null,
    entries: sum('entries') - twice.entries,
    entriesInWindow,
    agentMessages: sum('agentMessages') - twice.agentMessages,
    endUserMessages: sum('endUserMessages') - twice.endUserMessages,
    requests: sum('requests'),
  }
}

function deliveredBy(entries: readonly Entry[]): Delivered {
  const messagesOf = (role: Entry['sender']['role']): number =>
    entries.filter(({ kind, sender }) => kind === 'message' && sender.role === role).length
  return {
    source: entries[0]?.source ?? null,
    entries: entries.length,
    entriesInWindow: entries.length,
    agentMessages: messagesOf('agent'),
    endUserMessages: messagesOf('end-user'),
    requests: 0,
  }
}
