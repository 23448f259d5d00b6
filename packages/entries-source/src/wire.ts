import type { EntrySource } from '@custody/model'

/**
 * What is taken for granted about one of the two ways to entries, `GET /conversation-entries` or Connect REST. Parameters and
 * envelope are not fully documented; what is guessed is marked, and every part can be overridden without touching code.
 */
export interface EntriesWire {
  /** Stands in each entry, as who delivered it. */
  readonly source: EntrySource
  /** Which of the org's origins answers. */
  readonly origin: 'api' | 'instance'
  /** Names the limit that calls count against. */
  readonly endpoint: string
  /** `{conversation}` stands for the conversation's identifier, where it belongs into the path. */
  readonly path: string
  /** Sent with each request as it stands. */
  readonly query: Readonly<Record<string, string>>
  /** Names of the query parameters; null where there is none of that sort. */
  readonly parameters: {
    readonly conversation: string | null
    readonly recordLimit: string
    readonly pageToken: string | null
    readonly start: string
    readonly end: string
  }
  /** Names in the envelope of a page; no name for a token where none is given. */
  readonly page: { readonly entries: string; readonly nextPageToken: string | null }
  /** The server's time of an entry, the preferred name first. */
  readonly serverTimestamps: readonly string[]
  /** What an entry is that comes with neither type nor text. Empty: unknown. */
  readonly untyped: string
  /** The largest page that may be asked for. */
  readonly maxRecordLimit: number
  /** The smallest number of entries at which the server may cut a page. */
  readonly smallestPage: number
}

/** The Conversation Data API. */
export const defaultWire: EntriesWire = {
  source: 'conversation-data',
  origin: 'api',
  endpoint: 'conversation-entries',
  // Documented: the path, and conversationIdentifier.
  path: '/platform/engagement/v1.0/conversation-entries',
  query: {},
  parameters: {
    conversation: 'conversationIdentifier',
    // assumption: named and bounded as in the Connect API; a public client sends it
    recordLimit: 'recordLimit',
    // assumption: the name under which nextPageToken goes back; a public client sends it
    pageToken: 'pageToken',
    // assumption: epoch milliseconds, compared with the server's time of an entry; inclusive or not is left open
    start: 'startTimestamp',
    end: 'endTimestamp',
  },
  // assumption: the envelope, and that a page with more behind it may carry a token
  page: { entries: 'conversationEntries', nextPageToken: 'nextPageToken' },
  // assumption: two names of one time; the messaging object model says "also called transcripted timestamp"
  serverTimestamps: ['transcriptedTimestamp', 'serverReceivedTimestamp'],
  untyped: '',
  // assumption: 1 to 1000, as in the Connect API
  maxRecordLimit: 1000,
  // assumption: the smallest default page of the sibling APIs
  smallestPage: 20,
}

/** Connect REST, in the given version of the API. */
export function connectWire(apiVersion: string): EntriesWire {
  return {
    source: 'connect',
    origin: 'instance',
    endpoint: 'connect',
    // Documented: the path, every parameter, 1 to 1000 entries, and that without these one gets the last 25.
    path: `/services/data/v${apiVersion}/connect/conversation/{conversation}/entries`,
    query: { queryDirection: 'FromStart' },
    parameters: {
      conversation: null,
      recordLimit: 'recordLimit',
      // No page token and no next link is documented; clients that wait for one stop after the first page.
      pageToken: null,
      // assumption: milliseconds as described, though the documented sample is seconds; inclusive or not is left open
      start: 'startTimestamp',
      end: 'endTimestamp',
    },
    page: { entries: 'conversationEntries', nextPageToken: null },
    serverTimestamps: ['serverReceivedTimestamp'],
    // assumption: every row is a message; one without text has content that this API does not give
    untyped: 'Message',
    maxRecordLimit: 1000,
    // assumption: no page is cut below the smallest default page of the sibling APIs
    smallestPage: 20,
  }
}

/** @defaultValue of `apiVersion`. The resource is there since 51.0, its related records since 52.0. */
export const defaultApiVersion = '66.0'

/** The path of a conversation's entries, or null when no path can name it. */
export function pathOf({ path }: EntriesWire, identifier: string): string | null {
  if (!path.includes('{conversation}')) return path
  // A URL resolves dot segments, however they are escaped.
  if (/^\.{0,2}$/.test(identifier) || !identifier.isWellFormed()) return null
  return path.replace('{conversation}', () => encodeURIComponent(identifier))
}
