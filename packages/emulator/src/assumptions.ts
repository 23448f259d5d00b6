import { defaultPlatformSwitches, type PlatformSwitches } from './platform-assumptions.ts'

/**
 * What the reference does not say about Salesforce, in one place. Every switch has the value we believe in as its
 * default; a run against a real org can replace it.
 */
export interface Switches extends PlatformSwitches {
  /** Whether `conversation-entries` pages by `nextPageToken`. Off: one page is all there is. */
  readonly pageTokens: boolean
  /** Who may use a page token: whoever asks, or only the user who got it. */
  readonly pageTokensOf: 'anyone' | 'user'
  /** Whether `recordLimit` is looked at. */
  readonly recordLimit: 'honoured' | 'ignored'
  /** Entries on a page when no `recordLimit` is given, or it is ignored. */
  readonly defaultRecordLimit: number
  /** Entries a page never exceeds, whatever is asked for. */
  readonly pageCap: number
  /** Whether `startTimestamp` and `endTimestamp` are looked at. */
  readonly timestamps: 'honoured' | 'ignored'
  readonly startTimestamp: 'inclusive' | 'exclusive'
  readonly endTimestamp: 'inclusive' | 'exclusive'
  /** `entryPayload` as an object, or as a string of JSON. */
  readonly payload: 'object' | 'string'
  readonly order: 'ascending' | 'descending' | 'shuffled'
  /** Unit of the timestamps of entries. `mixed`: the client's in seconds, the server's in milliseconds. */
  readonly timestampUnit: 'milliseconds' | 'seconds' | 'mixed'
  /** Under which name the server's time stands. */
  readonly timestampField: 'transcriptedTimestamp' | 'serverReceivedTimestamp' | 'both'
  readonly senderDisplayName: boolean
  /** What is said about a conversation that does not exist. */
  readonly unknownConversation: 'not-found' | 'empty'
  /** What comes with a 429. */
  readonly retryAfter: 'seconds' | 'date' | 'absent'
  /** The media type and shape of the gateway's errors. */
  readonly gatewayErrors: 'object' | 'array' | 'problem' | 'text'
  /** Access tokens as JWT, or opaque as apps without that setting give them. */
  readonly tokenFormat: 'jwt' | 'opaque'
  /** The org's switch for the Conversation Data API. */
  readonly conversationApi: boolean
  /** Whether `relatedRecords` carry ids of 15 or 18 characters. */
  readonly relatedRecordIds: 15 | 18
}

/** Everything at once: an org that is set up well. */
export const defaultSwitches: Switches = {
  // assumption: a public client loops while `nextPageToken` comes back, and sends it as `pageToken`.
  pageTokens: true,
  // assumption: as with the locators of Bulk API, nothing is said about whose they are.
  pageTokensOf: 'anyone',
  // assumption: `recordLimit` 1 to 1000 as on Connect REST; anything else is refused with 400.
  recordLimit: 'honoured',
  // assumption: the default page; Connect REST has 25, and this API is said to give everything.
  defaultRecordLimit: 100,
  // assumption: the largest page is the largest recordLimit.
  pageCap: 1_000,
  // assumption: epoch milliseconds as on Connect REST.
  timestamps: 'honoured',
  // assumption: bounds are nowhere described.
  startTimestamp: 'inclusive',
  endTimestamp: 'inclusive',
  // assumption: objects in lists, strings in server-sent events.
  payload: 'object',
  // assumption: oldest first; a user of Connect REST saw no order at all.
  order: 'ascending',
  // assumption: milliseconds; a public client says that both units occur.
  timestampUnit: 'milliseconds',
  // assumption: `serverReceivedTimestamp` is the name on Connect REST.
  timestampField: 'transcriptedTimestamp',
  // assumption: seen on the messaging API for web clients, not proven here.
  senderDisplayName: true,
  // assumption: as Connect REST answers RECORD_NOT_FOUND.
  unknownConversation: 'not-found',
  // assumption: the form of a 429 is undocumented.
  retryAfter: 'seconds',
  // assumption: `error` and `message`, as the Agent API on the same gateway.
  gatewayErrors: 'object',
  tokenFormat: 'jwt',
  conversationApi: true,
  // assumption: 15 characters, as in the one capture of Connect REST.
  relatedRecordIds: 15,
  ...defaultPlatformSwitches,
}

/** Names and words on the wire that no source confirms. */
export const assumed = {
  // assumption: names of the parameters of `conversation-entries` beyond `conversationIdentifier`.
  parameters: {
    recordLimit: 'recordLimit',
    pageToken: 'pageToken',
    startTimestamp: 'startTimestamp',
    endTimestamp: 'endTimestamp',
  },
  // assumption: the name under which the next page's token comes back.
  nextPageToken: 'nextPageToken',
  // assumption: the body of a 410 for a retired version of the API.
  retiredVersion: { errorCode: 'UNSUPPORTED_API_VERSION', message: 'The requested resource is no longer available' },
  // assumption: sessions count entries of type Message by these senders; bots and the system count for nobody.
  countedRoles: { agent: 'Agent', endUser: 'EndUser' },
  // assumption: `LastModifiedDate` moves with every entry, this long after it.
  lastModifiedLagMs: 1_000,
  // assumption: ten cursors stay open for a user; the oldest is dropped for an eleventh.
  openCursors: 10,
  // assumption: cursors live for two days.
  cursorLifetimeMs: 172_800_000,
  // assumption: an oversized URI is answered in the shape of other errors.
  uriTooLong: { errorCode: 'URI_TOO_LONG', message: 'The length of the URI exceeds the limit of 16,384 bytes' },
} as const
