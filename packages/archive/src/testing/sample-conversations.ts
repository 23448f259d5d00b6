import type { Conversation, Entry, Instant, Session } from '@custody/model'
import { type Batch, defineSource, type Reject, type Source } from '@custody/pipeline'

/** The window of all samples. */
export const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' } as const

export const key: Uint8Array = Buffer.from('a key of the tests, thirty-two b')

/** A conversation that reconciles: two messages, and a session that counts them. */
export function sampleConversation(index: number, changes: Partial<Conversation> = {}): Conversation {
  const at = new Date(Date.parse(window.from) + index * 60_000).toISOString()
  const recordId = `0dw${String(index).padStart(15, '0')}`
  return {
    identifier: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    recordId,
    channelName: 'Shop',
    channelType: 'EmbeddedMessaging',
    startTime: at,
    endTime: at,
    continuedBefore: false,
    continuesAfter: false,
    sessions: [sampleSession(index, at)],
    participants: [{ role: 'end-user', displayName: 'Guest', recordId: null, joinedAt: at, leftAt: null }],
    endUsers: [],
    entries: [sampleEntry(`${index}-1`, at, 'end-user'), sampleEntry(`${index}-2`, at, 'agent')],
    delivered: {
      source: 'conversation-data',
      entries: 2,
      entriesInWindow: 2,
      agentMessages: 1,
      endUserMessages: 1,
      requests: index,
    },
    reconciliation: {
      verdict: 'matched',
      reason: null,
      expectedAgentMessages: 1,
      expectedEndUserMessages: 1,
    },
    witnesses: [],
    redactions: [],
    ...changes,
  }
}

export function sampleSession(index: number, at: Instant | null, changes: Partial<Session> = {}): Session {
  return {
    recordId: `0Mw${String(index).padStart(15, '0')}`,
    status: 'Ended',
    startTime: at,
    endTime: at,
    endUserId: null,
    agentMessageCount: 1,
    endUserMessageCount: 1,
    ...changes,
  }
}

export function sampleEntry(
  entryId: string,
  sentAt: Instant,
  role: 'end-user' | 'agent',
  changes: Partial<Entry> = {},
): Entry {
  return {
    entryId,
    sentAt,
    clientAt: null,
    kind: 'message',
    entryType: 'Message',
    sender: { role, appType: role, subject: null, displayName: null },
    text: `Text of ${entryId}`,
    content: null,
    relatedRecords: [],
    source: 'conversation-data',
    extra: null,
    payload: { entryType: 'Message', id: entryId },
    ...changes,
  }
}

/** `count` sample conversations, made one batch at a time. */
export function sampleSource(count: number, batchSize = 100): Source<Conversation> {
  return defineSource('samples', async function* () {
    for (let first = 0; first < count; first += batchSize) {
      const size = Math.min(batchSize, count - first)
      yield batchOf(Array.from({ length: size }, (_, index) => sampleConversation(first + index)))
    }
  })
}

export function sourceOf(...batches: readonly Batch<Conversation>[]): Source<Conversation> {
  return defineSource('samples', async function* () {
    yield* batches
  })
}

export function batchOf(
  records: readonly Conversation[],
  changes: Partial<Batch<Conversation>> = {},
): Batch<Conversation> {
  return { records, rejects: [], ...changes }
}

export function rejectOf(changes: Partial<Reject> = {}): Reject {
  return {
    stage: 'entries',
    code: 'ENTRIES_NOT_FOUND',
    subject: { type: 'Conversation', id: 'c-lost' },
    message: 'The org has no entries of this conversation.',
    ...changes,
  }
}
