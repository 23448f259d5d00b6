/**
 * What the reference does not say about the platform's own APIs: Connect REST, Bulk API 2.0, describes, files, exports.
 * Part of `Switches`, with the value we believe in as the default.
 */
export interface PlatformSwitches {
  /** Whether Connect REST lists what bots say. Help says it does not, a capture shows it. */
  readonly connectBots: boolean
  /** What Connect REST makes of messages that are more than text: rows without `messageText`, or nothing. */
  readonly connectRichRows: 'without-text' | 'absent'
  /** Whether `messageText` of Connect REST is escaped for HTML. */
  readonly connectEscaped: boolean
  /** Order of Connect REST: newest first from the end and oldest first from the start, or none. */
  readonly connectOrder: 'by-direction' | 'shuffled'
  /** What comes of a text that is sent to Connect REST and accepted: it is there afterwards, or nothing is. */
  readonly connectUpdates: 'written' | 'ignored'
  /** How many texts one request of Connect REST may change. */
  readonly connectUpdatesPerRequest: number
  /** How often a bulk job is asked for before it is done. */
  readonly bulkPolls: number
  /** How long a bulk job takes at least, in milliseconds. */
  readonly bulkDurationMs: number
  /** Records of a page of bulk results where no `maxRecords` is given, and the most where it is. */
  readonly bulkPageRecords: number
  /** Objects the org does not have, by name: no query and no describe knows them. */
  readonly absentObjects: readonly string[]
  /** Fields the execution users may not see: `MessagingSession.AgentMessageCount`. */
  readonly hiddenFields: readonly string[]
  /** What the execution users may do, as `UserPermissionAccess` tells it: `ViewAllData`. */
  readonly permissions: readonly string[]
  /** How far the clock of the org, told by the `Date` of its answers, is ahead of ours, in milliseconds. */
  readonly clockSkewMs: number
  /** One in so many attachments has its URL on a host that is not the org's. 0: none. */
  readonly foreignAttachments: number
  /** How long the URL of an attachment is good for, from its entry on, in milliseconds. 0: for good. */
  readonly attachmentLifetimeMs: number
  /** Size of every attachment, in bytes. 0: as such files are. */
  readonly attachmentBytes: number
  /** Where the URL of an attachment leads: to the bytes, or by way of a redirect. */
  readonly attachmentRedirect: 'none' | 'own-origin' | 'foreign' | 'loop'
}

export const defaultPlatformSwitches: PlatformSwitches = {
  connectBots: false,
  // assumption: "messageText only where the content is static text" speaks of rows that lack it.
  connectRichRows: 'without-text',
  connectEscaped: true,
  // assumption: the one capture runs from the end, newest first.
  connectOrder: 'by-direction',
  connectUpdates: 'written',
  // assumption: how many entries a request may change is undocumented.
  connectUpdatesPerRequest: 200,
  bulkPolls: 1,
  bulkDurationMs: 0,
  // assumption: nobody says how many records a page holds by itself.
  bulkPageRecords: 50_000,
  absentObjects: [],
  hiddenFields: [],
  permissions: ['ApiEnabled', 'ApiUserOnly', 'ViewAllData', 'ViewSetup'],
  clockSkewMs: 0,
  foreignAttachments: 0,
  // assumption: lifetime of attachment URLs is undocumented.
  attachmentLifetimeMs: 0,
  attachmentBytes: 0,
  // assumption: Salesforce redirects some downloads to a content host; this org answers at once.
  attachmentRedirect: 'none',
}

/** Names and words on the wire of these APIs that no source confirms. */
export const platformAssumed = {
  // assumption: the words of a 404 of Connect REST; only the code was seen.
  connectNotFound: { errorCode: 'RECORD_NOT_FOUND', message: 'Conversation not found' },
  // assumption: the bodies of 503 (hour) and 429 (day) of Connect REST; only the statuses are documented.
  connectHour: { errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'You have reached the hourly request limit' },
  connectDay: { errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'You have reached the daily request limit' },
  // assumption: what a PATCH of entries answers; its fields are undocumented.
  connectUpdated: { success: true },
  // assumption: code of an aggregate, OFFSET or grouping in a bulk query, and of a request at the wrong state.
  bulkQueryRefused: 'API_ERROR',
  bulkState: 'INVALIDJOBSTATE',
  // assumption: code of results asked for by another API version; only the 409 is documented.
  bulkVersion: 'API_VERSION_MISMATCH',
  // assumption: word of a job that failed.
  bulkFailed: 'InternalServerError : the query could not be completed',
  // assumption: bulk results are kept for seven days, as those of the classic Bulk API.
  bulkKeptMs: 604_800_000,
  // assumption: where the URL of an attachment points; no capture shows one.
  attachmentPath: '/messaging/attachments/',
  // assumption: what is said about an attachment whose URL is no longer good.
  attachmentGone: { errorCode: 'NOT_FOUND', message: 'The requested file is no longer available' },
  // assumption: the media type of `VersionData`.
  versionDataType: 'application/octetstream',
  // assumption: file names, columns and encodings of transcript exports: three layouts that could be.
  exportNames: { csv: 'ConversationTranscripts', ndjson: 'conversation-entries', nested: 'TranscriptExport' },
} as const

// assumption: types of the metrics of a session.
export const metricTypes: readonly string[] = ['AgentAverageResponseTime', 'EndUserAverageResponseTime']
