/*
 * What this package believes about Data 360 without a document that says so, all of it. The SQL it sends stands in `sql.ts`.
 */

/** The objects a transcript is read from. */
export type ObjectKey = 'entry' | 'conversation' | 'participant' | 'role'

/**
 * The API names of the objects, the likeliest first.
 * assumption: only `ssot__ConversationEntry__dlm` and `ssot__Conversation__dlm` were seen in use; the other two follow by analogy.
 * The `std__` names stand in older pages of the documentation.
 */
export const objectNames: Readonly<Record<ObjectKey, readonly string[]>> = {
  entry: ['ssot__ConversationEntry__dlm', 'std__ConversationEntryDmo__dlm'],
  conversation: ['ssot__Conversation__dlm', 'std__ConversationDmo__dlm'],
  participant: ['ssot__EngagementChannelParticipant__dlm', 'std__EngagementChannelParticipantDmo__dlm'],
  role: ['ssot__EngagementParticipantAppRole__dlm', 'std__EngagementParticipantAppRoleDmo__dlm'],
}

/** assumption: a field is spelt with the prefix of its object. Used only where the org does not show its metadata. */
export function fieldName(object: string, name: string): string {
  return `${object.startsWith('std__') ? 'std__' : 'ssot__'}${name}__c`
}

/** The fields asked for where the org has them, without prefix and suffix. */
export const knownFields: Readonly<Record<ObjectKey, readonly string[]>> = {
  entry: [
    // assumption: the identifier that the other APIs give an entry; where it is a record id, they know `ExternalRecordId`.
    'Id',
    // assumption: a Conversation's id (`0dw`) or a MessagingSession's (`0Mw`); the documentation says both.
    'ConversationId',
    'ConversationEntryType',
    'PayloadText',
    'TranscriptedDateTime',
    'ClientDateTime',
    'CreatedDate',
    'EngagementParticipantId',
    'ConversationEntryStatus',
    'ConversationEntryVisibilityType',
    'ConversationEntrySequenceNumber',
    'SequenceNumber',
    'ParentEntryId',
    'SourceId',
    'SourceObject',
    'DurationSecondsCount',
    'VersionNumber',
    'ExternalRecordId',
    'Language',
    'Modality',
    'IsExternallyVisible',
    'LastModifiedDate',
  ],
  conversation: ['Id', 'ExternalRecordId', 'StartDateTime', 'EndDateTime'],
  // assumption: `ParticipantId` of the participant is the record behind it.
  participant: [
    'Id',
    'EngagementParticipantAppRoleId',
    'EngagementParticipantRole',
    'ParticipantDisplayName',
    'ParticipantId',
    'JoinedDateTime',
    'LeftDateTime',
  ],
  // assumption: `ParticipantId` of the role is the app type and `SubjectName` the subject, as the mapping page has it.
  role: ['Id', 'EngagementParticipantRole', 'ParticipantId', 'SubjectName'],
}

/** Fields of an entry that say where the row came from, not what was said: never asked for. */
export const lineageFields: RegExp =
  /^(?:KQ_.*|cdp_sys_.*|DataSourceId|DataSourceObjectId|DataSourceApplicationName|InternalOrganizationId)$/i

/**
 * The times of an entry, the one that places it first.
 * assumption: `TranscriptedDateTime` is when the server received it, as in the off-platform object.
 */
export const entryTimes: readonly string[] = ['TranscriptedDateTime', 'ClientDateTime', 'CreatedDate']

/** Without these an entry cannot be archived; besides them it needs one of {@link entryTimes}. */
export const essentialFields: readonly string[] = ['Id', 'ConversationId', 'PayloadText']

/** Documented: conversation data takes up to an hour to show in Data 360. In milliseconds. */
export const visibilityLagMs = 3_600_000

/** The paths and words of the three query APIs. */
export const wire = {
  v3: {
    path: '/api/v3/query',
    statusHeader: 'x-hyperdb-status',
    // assumption: seen in the code of Salesforce's Python client only.
    dataspaceHeader: 'ctx-dataspace-ds_name',
  },
  connect: { path: 'ssot/query-sql' },
  v2: { path: '/api/v2/query' },
  metadata: {
    tenant: '/api/v1/metadata',
    // assumption: it answers in the form of its twin on the tenant.
    connect: 'ssot/metadata',
  },
} as const

/** Documented: the longest that a status call waits. */
export const longPollMs = 10_000

/** assumption: a server that answers a waiting status call at once is asked again after this. */
export const pollPauseMs = 1_000

/** Rows asked for at once; the server cuts pages by bytes, whatever is asked for. The figure of Salesforce's own client. */
export const rowsPerPage = 100_000

/** V2, documented: 3 minutes between two batches and an hour in all. Kept with a margin, since the server counts its own way. */
export const v2Limits = { betweenBatchesMs: 150_000, inAllMs: 3_300_000 } as const

/**
 * How much wider the filter is than the window where wall time may be meant: an hour that a clock shows twice must not fall out.
 * assumption: no zone has turned its clock by more than this since there are transcripts.
 */
export const wallTimeSlackMs = 10_800_000
