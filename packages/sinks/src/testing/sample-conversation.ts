import type { Conversation, Entry } from '@custody/model'

/** A small conversation; the keys of every object stand in another order than the format's. */
export function sampleConversation(changes: Partial<Conversation> = {}): Conversation {
  return {
    entries: [sampleEntry()],
    participants: [{ leftAt: null, joinedAt: null, recordId: null, displayName: 'Guest', role: 'end-user' }],
    sessions: [
      {
        endUserMessageCount: 1,
        agentMessageCount: null,
        endUserId: null,
        endTime: null,
        startTime: '2026-10-01T08:00:00.000Z',
        status: 'Active',
        recordId: '0Mw000000000001AAA',
      },
    ],
    endUsers: [
      {
        recordId: '0PA000000000001AAA',
        name: 'SECRET',
        platformKey: null,
        messageType: null,
        contactId: null,
        contact: null,
      },
    ],
    witnesses: [],
    redactions: [],
    reconciliation: { verdict: 'matched', reason: null, expectedAgentMessages: 0, expectedEndUserMessages: 1 },
    delivered: {
      source: 'conversation-data',
      entries: 1,
      entriesInWindow: 1,
      agentMessages: 0,
      endUserMessages: 1,
      requests: 4711,
    },
    continuesAfter: true,
    continuedBefore: false,
    endTime: null,
    startTime: '2026-10-01T08:00:00.000Z',
    channelType: 'WhatsApp',
    channelName: 'Shop',
    recordId: null,
    identifier: 'c-1',
    ...changes,
  }
}

export function sampleEntry(changes: Partial<Entry> = {}): Entry {
  return {
    payload: { b: 1, a: 2 },
    source: 'conversation-data',
    extra: null,
    relatedRecords: [],
    content: null,
    text: 'Hello',
    sender: { displayName: null, subject: null, appType: 'app', role: 'end-user' },
    entryType: 'Message',
    kind: 'message',
    clientAt: null,
    sentAt: '2026-10-01T08:00:01.000Z',
    entryId: 'e-1',
    ...changes,
  }
}
