import type { Conversation, Entry, Participant, Session } from '@custody/model'

/** What a line of the master needs besides the conversation. */
export interface ConversationLineOptions {
  /** 32 bytes as base64url. Hides the content from whoever only holds hashes of the line. */
  readonly salt: string
}

/** The version of the line, its `v`. */
const VERSION = 1

/**
 * One conversation as a line of the master, without the LF that ends it: JSON in a fixed key order, absent values null,
 * payloads verbatim (also numbers kept by `JSON.rawJSON`).
 *
 * What is known about a conversation but is no part of it stays out: end users, delivered counts, reconciliation,
 * redactions.
 *
 * The line holds no line separator of any kind: U+0085, U+2028 and U+2029 are escaped, because many readers split there.
 * Lone surrogates are escaped by `JSON.stringify`, so the line is always valid UTF-8.
 */
export function encodeConversation(conversation: Conversation, { salt }: ConversationLineOptions): string {
  const line = JSON.stringify({
    v: VERSION,
    salt,
    conversation: {
      identifier: conversation.identifier,
      recordId: conversation.recordId,
      channelName: conversation.channelName,
      channelType: conversation.channelType,
      startTime: conversation.startTime,
      endTime: conversation.endTime,
      continuedBefore: conversation.continuedBefore,
      continuesAfter: conversation.continuesAfter,
    },
    sessions: conversation.sessions.map(session),
    participants: conversation.participants.map(participant),
    entries: conversation.entries.map(entry),
  })
  return line.replace(/[\u0085\u2028\u2029]/g, escapeSeparator)
}

// Each of these copies name every key: the order is the format's, whatever made the object, and nothing else slips in.

function session(session: Session): Session {
  return {
    recordId: session.recordId,
    status: session.status,
    startTime: session.startTime,
    endTime: session.endTime,
    endUserId: session.endUserId,
    agentMessageCount: session.agentMessageCount,
    endUserMessageCount: session.endUserMessageCount,
  }
}

function participant(participant: Participant): Participant {
  return {
    role: participant.role,
    displayName: participant.displayName,
    recordId: participant.recordId,
    joinedAt: participant.joinedAt,
    leftAt: participant.leftAt,
  }
}

function entry(entry: Entry): Entry {
  return {
    entryId: entry.entryId,
    sentAt: entry.sentAt,
    clientAt: entry.clientAt,
    kind: entry.kind,
    entryType: entry.entryType,
    sender: {
      role: entry.sender.role,
      appType: entry.sender.appType,
      subject: entry.sender.subject,
      displayName: entry.sender.displayName,
    },
    text: entry.text,
    content: entry.content,
    relatedRecords: entry.relatedRecords,
    source: entry.source,
    payload: entry.payload,
    extra: entry.extra,
  }
}

function escapeSeparator(separator: string): string {
  return `\\u${separator.charCodeAt(0).toString(16).padStart(4, '0')}`
}
