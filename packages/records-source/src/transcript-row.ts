import { type RecordType, type Row, recordType } from './wire.ts'

const texts = [
  'Name',
  'ChatKey',
  'Status',
  'CreatedDate',
  'RequestTime',
  'StartTime',
  'EndTime',
  'EndedBy',
  'Body',
  'SupervisorTranscriptBody',
  'OwnerId',
  'LiveChatVisitorId',
  'ContactId',
  'CaseId',
  'IpAddress',
  'Browser',
  'ReferrerUri',
] as const
const counts = ['OperatorMessageCount', 'VisitorMessageCount', 'ChatDuration', 'WaitTime'] as const

/** A `LiveChatTranscript`: one chat of the legacy product, all of its words in one field. */
export type TranscriptRow = Row<(typeof texts)[number], (typeof counts)[number]>

/** `Body` may have 131,072 characters, but has a few thousand; a page that turns out too large is asked for in parts. */
export const transcriptType: RecordType<TranscriptRow> = {
  ...recordType('LiveChatTranscript', texts, counts),
  pageRows: 2_000,
}

/** Statuses of a chat that is still going on: its words are not all there. */
export const goingOn: ReadonlySet<string | null> = new Set(['Waiting', 'InProgress'])

/** Whether a conversation is a legacy chat, by its id: it has no sessions one could count again. */
export function isTranscript(recordId: string | null): boolean {
  return recordId?.startsWith('570') ?? false
}
