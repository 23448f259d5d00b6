import {
  type Contact,
  type Conversation,
  type EndUser,
  type Participant,
  type Session,
  toInstant,
  toRecordId,
  toRole,
} from '@custody/model'
import type { ChannelRow, ContactRow, ConversationRow, EndUserRow, ParticipantRow, SessionRow } from './wire.ts'

/** What belongs to one conversation besides its own row. */
export interface Related {
  readonly sessions: readonly Session[]
  readonly participants: readonly Participant[]
  readonly endUsers: readonly EndUser[]
  readonly channel: ChannelRow | null
  /** Whether it is a call of Salesforce Voice, whose channel is a call center. */
  readonly isVoice: boolean
}

/** Salesforce's word for it among the types of channels. */
const voiceChannelType = 'Voice'

/** A conversation as the census knows it: without entries. Pure. */
export function toConversation(identifier: string, row: ConversationRow, related: Related): Conversation {
  const { sessions, participants, endUsers, channel, isVoice } = related
  return {
    identifier,
    recordId: toRecordId(row.Id),
    channelName: channel?.MasterLabel ?? null,
    channelType: channel?.MessageType ?? (isVoice ? voiceChannelType : null),
    startTime: toInstant(row.StartTime),
    endTime: toInstant(row.EndTime),
    continuedBefore: false,
    continuesAfter: false,
    sessions,
    participants,
    endUsers,
    entries: [],
    delivered: null,
    reconciliation: null,
    witnesses: [],
    redactions: [],
  }
}

export function toSessions(rows: readonly SessionRow[]): readonly Session[] {
  return sortSessions(rows.map(toSession))
}

/** By start time. */
export function sortSessions(sessions: readonly Session[]): readonly Session[] {
  return sessions.toSorted((a, b) => compare(a.startTime, b.startTime) || compare(a.recordId, b.recordId))
}

function toSession(row: SessionRow): Session {
  return {
    recordId: toRecordId(row.Id) ?? row.Id,
    status: row.Status,
    startTime: toInstant(row.StartTime),
    endTime: toInstant(row.EndTime),
    endUserId: toRecordId(row.MessagingEndUserId),
    agentMessageCount: row.AgentMessageCount,
    endUserMessageCount: row.EndUserMessageCount,
  }
}

/** In the order they joined. */
export function toParticipants(rows: readonly ParticipantRow[]): readonly Participant[] {
  return rows.map(toParticipant).toSorted((a, b) => compare(a.joinedAt, b.joinedAt) || compare(a.recordId, b.recordId))
}

function toParticipant(row: ParticipantRow): Participant {
  return {
    role: toRole(row.ParticipantRole),
    displayName: row.ParticipantDisplayName,
    recordId: toRecordId(row.ParticipantEntityId),
    joinedAt: toInstant(row.JoinedTime),
    leftAt: toInstant(row.LeftTime),
  }
}

export function toEndUser(row: EndUserRow, contact: ContactRow | null): EndUser {
  return {
    recordId: toRecordId(row.Id) ?? row.Id,
    name: row.Name,
    platformKey: row.MessagingPlatformKey,
    messageType: row.MessageType,
    contactId: toRecordId(row.ContactId),
    contact: contact && toContact(contact),
  }
}

export function toContact(row: ContactRow): Contact {
  return {
    names: present(row.Name, row.FirstName, row.LastName),
    emails: present(row.Email),
    phones: present(row.Phone, row.MobilePhone, row.HomePhone, row.OtherPhone),
    // The street is what identifies; a town alone is shared by many.
    addresses: present(row.MailingStreet, row.OtherStreet),
  }
}

/** The values that say something, each once. */
function present(...values: readonly (string | null)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== null))].filter((value) => value.trim() !== '')
}

/** Absent values last. */
function compare(a: string | null, b: string | null): number {
  if (a === b) return 0
  if (a === null) return 1
  if (b === null) return -1
  return a < b ? -1 : 1
}
