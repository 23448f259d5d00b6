import {
  type Conversation,
  type Delivered,
  type EndUser,
  type Entry,
  emptyConversation,
  type Instant,
  type Participant,
  type Role,
  toInstant,
  toRecordId,
} from '@custody/model'
import { toContact } from './to-model.ts'
import { readTranscriptLines, type TranscriptLines } from './transcript-lines.ts'
import type { TranscriptRow } from './transcript-row.ts'
import type { ContactRow } from './wire.ts'

/** Salesforce's word for the type of the channel. */
const channelType = 'LiveAgent'

/**
 * A legacy chat as a conversation of one entry, whose text is the transcript as Salesforce keeps it. Null where nothing says
 * when it was.
 *
 * Its own counts of messages stand on its one session, and those read from the transcript in `delivered`: so it is
 * reconciled like any other. A transcript of words in which no message can be told is not counted, and stays unknown. Pure.
 */
export function transcriptToConversation(row: TranscriptRow, contact: ContactRow | null): Conversation | null {
  const recordId = toRecordId(row.Id) ?? row.Id
  const sentAt = instantOf(row)
  if (sentAt === null) return null
  const startTime = toInstant(row.StartTime) ?? toInstant(row.RequestTime)
  const endTime = toInstant(row.EndTime)
  const body = row.Body ?? ''
  const lines = readTranscriptLines(body)
  return {
    // Not ChatKey, which nobody says to be unique.
    ...emptyConversation(recordId),
    recordId,
    channelType,
    startTime,
    endTime,
    sessions: [
      {
        recordId,
        status: row.Status,
        startTime,
        endTime,
        endUserId: null,
        agentMessageCount: row.OperatorMessageCount,
        endUserMessageCount: row.VisitorMessageCount,
      },
    ],
    participants: participantsOf(lines),
    endUsers: endUsersOf(row, recordId, contact),
    entries: [toEntry(row, recordId, sentAt)],
    delivered: deliveredOf(body, lines),
  }
}

/** When the transcript was complete; it belongs to the window that holds this. */
function instantOf(row: TranscriptRow): Instant | null {
  return toInstant(row.EndTime) ?? toInstant(row.StartTime) ?? toInstant(row.CreatedDate)
}

function toEntry(row: TranscriptRow, entryId: string, sentAt: Instant): Entry {
  const { Id: _, Body, ...fields } = row
  return {
    entryId,
    sentAt,
    clientAt: null,
    kind: 'other',
    entryType: 'LiveChatTranscript',
    sender: { role: 'system', appType: null, subject: null, displayName: null },
    text: Body,
    content: null,
    relatedRecords: [row.LiveChatVisitorId, row.ContactId, row.CaseId, row.OwnerId].flatMap(
      (id) => toRecordId(id) ?? [],
    ),
    source: 'records',
    // Whatever else the record says; its words stand in the text, once.
    payload: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)),
    extra: null,
  }
}

function deliveredOf(body: string, lines: TranscriptLines | null): Delivered | null {
  if (lines === null && body.trim() !== '') return null
  return {
    source: 'records',
    entries: 1,
    entriesInWindow: 1,
    agentMessages: lines?.agentMessages ?? 0,
    endUserMessages: lines?.endUserMessages ?? 0,
    requests: 0,
  }
}

function participantsOf(lines: TranscriptLines | null): readonly Participant[] {
  const as =
    (role: Role) =>
    (displayName: string): Participant => ({ role, displayName, recordId: null, joinedAt: null, leftAt: null })
  return lines ? [...lines.endUserNames.map(as('end-user')), ...lines.agentNames.map(as('agent'))] : []
}

/** Feeds redaction: the visitor, by the contact if there is one. */
function endUsersOf(row: TranscriptRow, recordId: string, contact: ContactRow | null): readonly EndUser[] {
  const contactId = toRecordId(row.ContactId)
  if (contactId === null && row.LiveChatVisitorId === null) return []
  return [
    {
      recordId: toRecordId(row.LiveChatVisitorId) ?? contactId ?? recordId,
      name: null,
      platformKey: null,
      messageType: channelType,
      contactId,
      contact: contact && toContact(contact),
    },
  ]
}
