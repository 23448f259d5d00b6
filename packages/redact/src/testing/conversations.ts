import {
  type Content,
  type Conversation,
  type EndUser,
  type Entry,
  emptyConversation,
  type Json,
  type Participant,
} from '@custody/model'

/** A conversation with nothing in it but what is given. */
export function aConversation(parts: Partial<Conversation> = {}): Conversation {
  return {
    ...emptyConversation('5f0c7a52-9d2e-4a7b-8b38-0d6f3c1f4e11'),
    recordId: '0dwRM0000000001YAA',
    channelName: 'Web chat',
    channelType: 'EmbeddedMessaging',
    startTime: '2026-10-01T08:00:00.000Z',
    ...parts,
  }
}

export function anEndUser(parts: Partial<EndUser> = {}): EndUser {
  return {
    recordId: '0PARM00000000014AA',
    name: 'Grace Hopper',
    platformKey: '+491701234567',
    messageType: 'WhatsApp',
    contactId: '003RM0000000001YAA',
    contact: null,
    ...parts,
  }
}

export function anEntry(
  text: string | null,
  parts: Partial<Entry> & { payload?: Json; content?: Content } = {},
): Entry {
  return {
    entryId: 'e1a9c0de-0000-4000-8000-00000000000a',
    sentAt: '2026-10-01T08:30:00.000Z',
    clientAt: null,
    kind: 'message',
    entryType: 'Message',
    sender: { role: 'end-user', appType: 'messaging', subject: '+491701234567', displayName: 'Grace Hopper' },
    text,
    content: null,
    relatedRecords: [],
    source: 'conversation-data',
    extra: null,
    payload: null,
    ...parts,
  }
}

export function aParticipant(role: Participant['role'], displayName: string | null): Participant {
  return { role, displayName, recordId: null, joinedAt: null, leftAt: null }
}

/** A conversation with one end user, for tests that only need their identities. */
export function conversationWith(endUser: Partial<EndUser>): Conversation {
  return aConversation({ endUsers: [anEndUser({ name: null, platformKey: null, ...endUser })] })
}

/** Freezes everything reachable, so that a mutation throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part)
  }
  return value
}
