// What we guess about exports, all of it: Salesforce documents the layout of none. A wrong guess ends in a reject, a row of
// `custody export inspect`, or an error; a mapping file overrides each.

/** What a column can be. */
export type Field =
  | 'conversation'
  | 'entryId'
  | 'entryType'
  | 'payload'
  | 'text'
  | 'serverAt'
  | 'clientAt'
  | 'sender'
  | 'role'
  | 'appType'
  | 'subject'
  | 'displayName'
  | 'relatedRecords'

// assumption: the columns have the names of the off-platform ConversationEntry (conversation_identifer is Salesforce's own
// spelling there), of the Conversation Data API, of the Data 360 object (std__ or ssot__, __c), or of the on-platform one.
// Written without prefix, suffix, case and underscores; the preferred name first.
export const knownNames: Readonly<Record<Field, readonly string[]>> = {
  conversation: ['conversationidentifer', 'conversationidentifier', 'conversationentityid', 'conversationid'],
  entryId: [
    'identifier',
    'entryidentifier',
    'conversationentryidentifier',
    'entryid',
    'conversationentryid',
    'messageidentifier',
    'id',
  ],
  entryType: ['entrytype', 'conversationentrytype'],
  payload: ['entrypayload', 'payloadtext', 'payload'],
  text: ['messagetext', 'message', 'text', 'body'],
  serverAt: ['transcriptedtimestamp', 'transcripteddatetime', 'serverreceivedtimestamp', 'entrytime'],
  clientAt: ['clienttimestamp', 'clientdatetime'],
  sender: ['sender'],
  role: ['senderrole', 'actortype', 'engagementparticipantrole', 'participantrole', 'role'],
  appType: ['senderapptype', 'apptype'],
  subject: ['sendersubject', 'subject', 'engagementparticipantid', 'actorid'],
  displayName: ['senderdisplayname', 'actorname', 'participantdisplayname', 'sendername', 'displayname'],
  relatedRecords: ['relatedrecords'],
}

/** A column name as {@link knownNames} writes it. */
export function plainName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/^(?:ssot|std)__/, '')
    .replace(/__c$/, '')
    .replace(/[^\p{L}\p{N}]+/gu, '')
}

// assumption: beside the entries there may be tables of conversations and of participants, with the names of the same sources:
// the one says under which identifier the APIs know a conversation id, the other who a sender is.
export const sideNames: {
  readonly id: readonly string[]
  readonly conversation: readonly string[]
  readonly identifier: readonly string[]
  readonly role: readonly string[]
  readonly displayName: readonly string[]
  readonly key: readonly string[]
  readonly entity: readonly string[]
  readonly relatedRecord: readonly string[]
} = {
  id: ['id'],
  conversation: ['conversationid', 'conversationentityid', 'conversationidentifier'],
  identifier: ['conversationidentifier', 'externalrecordid'],
  role: ['engagementparticipantrole', 'participantrole'],
  displayName: ['participantdisplayname'],
  key: ['participantkey', 'externalrecordid'],
  entity: ['participantentityid', 'participantid'],
  relatedRecord: ['recordid'],
}

// assumption: where entries stand in a list of their conversation, the list has one of these names when it is empty; one with
// entries in it is known by them. The conversation is named beside it, by these names if by no other.
export const entryLists: ReadonlySet<string> = new Set(['conversationentries', 'entries', 'messages', 'records'])
export const outerIdentifiers: readonly string[] = ['identifier', 'id']

// assumption: without a column for the entry type, a payload that is plain text is a message.
export const typeOfPlainText = 'Message'

// assumption: files that people sent lie in folders of these names, as in the classic Data Export. ZIPs there are not opened.
export const attachmentFolders: ReadonlySet<string> = new Set(['attachments', 'contentversion', 'documents'])

// assumption: tables have one of these endings, or none.
export const tableEndings: ReadonlySet<string> = new Set(['', 'csv', 'tsv', 'txt', 'json', 'ndjson', 'jsonl'])

// assumption: the parts of a classic Data Export are called like this, as public code has it: the org, the number.
export const classicPartName: RegExp = /^WE_(00D[\dA-Za-z]{12}(?:[\dA-Za-z]{3})?)_(\d{1,6})\.zip$/i

// assumption: it holds one table per object at its top, called after the object; files lie in folders.
export const classicTableName: RegExp = /^([^/]+)\.csv$/i

// assumption: its times without an offset are UTC.
export const classicOffset = 'Z'

/** A chat of the legacy product: when it was over, or else the next best time of it; what it refers to. */
export const legacyChat: {
  readonly object: string
  readonly times: readonly string[]
  readonly references: readonly string[]
} = {
  object: 'LiveChatTranscript',
  times: ['EndTime', 'StartTime', 'RequestTime', 'CreatedDate'],
  references: ['ContactId', 'AccountId', 'CaseId', 'LeadId', 'LiveChatVisitorId'],
}
