import type { FakeRecord, FakeWorld } from './fake-data360.ts'

/** Id of the n-th conversation, in order. */
export function conversationId(number: number): string {
  return `0dw00000000${String(number).padStart(4, '0')}AAA`
}

/** An entry `seconds` into October 2026. */
export function entry(conversation: number, number: number, seconds: number, fields: FakeRecord = {}): FakeRecord {
  return {
    Id: `e${conversation}-${number}`,
    ConversationId: conversationId(conversation),
    ConversationEntryType: 'Message',
    PayloadText: `words ${conversation}-${number}`,
    TranscriptedDateTime: new Date(Date.UTC(2026, 9, 1, 0, 0, seconds)).toISOString(),
    EngagementParticipantId: `p${number % 2}`,
    ...fields,
  }
}

export const participants: readonly FakeRecord[] = [
  { Id: 'p0', EngagementParticipantAppRoleId: 'r0', ParticipantDisplayName: 'Sample End User' },
  { Id: 'p1', EngagementParticipantAppRoleId: 'r1', ParticipantDisplayName: 'Sample Agent' },
]

export const roles: readonly FakeRecord[] = [
  { Id: 'r0', EngagementParticipantRole: 'EndUser', SubjectName: 'subject-0' },
  { Id: 'r1', EngagementParticipantRole: 'Agent', SubjectName: 'subject-1' },
]

export function conversationRecord(number: number, fields: FakeRecord = {}): FakeRecord {
  return {
    Id: conversationId(number),
    ExternalRecordId: `conversation-${number}`,
    StartDateTime: '2026-10-01T00:00:00.000Z',
    EndDateTime: '2026-10-01T01:00:00.000Z',
    ...fields,
  }
}

/** Conversations with so many entries each. */
export function sampleWorld(sizes: readonly number[]): FakeWorld {
  return {
    entries: sizes.flatMap((size, conversation) =>
      Array.from({ length: size }, (_, number) => entry(conversation, number, number)),
    ),
    conversations: sizes.map((_, number) => conversationRecord(number)),
    participants,
    roles,
  }
}
