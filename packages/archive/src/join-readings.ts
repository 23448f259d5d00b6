import { isDeepStrictEqual } from 'node:util'
import { type Conversation, type Delivered, type Entry, sortEntries } from '@custody/model'
import type { Reject } from '@custody/pipeline'
import { oneOf, textsDiffer } from './entry-copies.ts'
import { pairEntries } from './pair-entries.ts'

export interface JoinedReadings {
  /** The second reading, with every entry that either of the two gave. */
  readonly conversation: Conversation
  /** `ENTRY_NOT_GIVEN_AGAIN`, `ENTRY_CONFLICT`: where the two readings contradict each other. */
  readonly rejects: readonly Omit<Reject, 'stage'>[]
}

/**
 * Joins two readings of one conversation, so that reading again never makes it less.
 *
 * What was given once stays: an entry that did not come back is kept and told. Of two copies that differ the one with the
 * later server time is kept, the newer reading where they tie, and that is told too.
 */
export function joinReadings(first: Conversation, second: Conversation): JoinedReadings {
  const entries: Entry[] = []
  const rejects: Omit<Reject, 'stage'>[] = []
  const within = { type: 'Conversation', id: second.identifier }
  const tell = (code: string, id: string, message: string): void => {
    rejects.push({ code, subject: { type: 'ConversationEntry', id }, within, message })
  }
  const sources = new Set(second.entries.map(({ source }) => source))
  for (const [before, again] of pairEntries(first.entries, second.entries)) {
    if (before === null || again === null) {
      entries.push(before ?? again)
      // Who did not give it before owes it no second time.
      if (again !== null || (sources.size > 0 && !sources.has(before.source))) continue
      const message = 'It came at the first reading and not at the second; it is kept.'
      tell('ENTRY_NOT_GIVEN_AGAIN', before.entryId, message)
    } else if (before.source !== again.source) {
      entries.push(oneOf(before, again))
      if (textsDiffer(before, again))
        tell('ENTRY_CONFLICT', before.entryId, 'Two sources gave it with different texts.')
    } else {
      entries.push(before.sentAt > again.sentAt ? before : again)
      if (isDeepStrictEqual(again, before)) continue
      const message = 'An entry came twice with different content; the later copy by server time is kept.'
      tell('ENTRY_CONFLICT', before.entryId, message)
    }
  }
  const union = sortEntries(entries)
  const conversation = {
    ...second,
    entries: union,
    delivered: joinDelivered(first.delivered, second.delivered, union),
    continuedBefore: first.continuedBefore || second.continuedBefore,
    continuesAfter: first.continuesAfter || second.continuesAfter,
  }
  return { conversation, rejects }
}

/**
 * The larger count of both, and never less than the entries at hand prove. The entries outside of the window are only known
 * as counts: whether the two readings counted the same ones cannot be told, so they are not added up.
 */
function joinDelivered(
  first: Delivered | null,
  second: Delivered | null,
  inWindow: readonly Entry[],
): Delivered | null {
  const [a, b] = [first ?? second, second ?? first]
  if (a === null || b === null) return null
  return {
    source: b.source ?? a.source,
    entries: Math.max(a.entries, b.entries, inWindow.length),
    entriesInWindow: inWindow.length,
    agentMessages: Math.max(a.agentMessages, b.agentMessages, messagesOf(inWindow, 'agent')),
    endUserMessages: Math.max(a.endUserMessages, b.endUserMessages, messagesOf(inWindow, 'end-user')),
    requests: Math.max(a.requests, b.requests),
  }
}

function messagesOf(entries: readonly Entry[], role: 'agent' | 'end-user'): number {
  return entries.reduce((count, { kind, sender }) => count + (kind === 'message' && sender.role === role ? 1 : 0), 0)
}
