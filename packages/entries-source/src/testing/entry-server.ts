import type { ActiveConversations, OrgClient } from '@custody/http'
import { type Conversation, emptyConversation, type Session } from '@custody/model'

/** An entry as the scripted org holds it. */
export interface HeldEntry {
  readonly id: string
  /** Epoch milliseconds by the server's clock. */
  readonly at: number
}

/** How the scripted org answers. Everything the real one leaves open is an option. */
export interface EntryServerOptions {
  /** By conversation identifier, or for all of them. Asked for anew at each request, so that entries can be appended. */
  readonly held: (identifier: string) => readonly HeldEntry[]
  /** Which end a page is filled from, or from anywhere. @defaultValue `'oldest-first'` */
  readonly order?: 'oldest-first' | 'newest-first' | 'picked'
  /** Decides what is picked. */
  readonly seed?: number
  /** Puts the entries of a page in another order than they were chosen in. */
  readonly present?: <T>(page: readonly T[]) => readonly T[]
  /** @defaultValue false */
  readonly tokens?: boolean
  /** @defaultValue true */
  readonly honoursLimit?: boolean
  /** Cuts pages on its own account, whatever was asked for. @defaultValue never */
  readonly cap?: number
  /** @defaultValue `'inclusive'` */
  readonly bounds?: 'inclusive' | 'exclusive' | 'ignored'
  /** Turns the document of the n-th request (from 1) into another one, or throws. */
  readonly answer?: (document: EntryDocument, n: number, request: EntryRequest) => unknown
  /** Stands in for the time a request takes. */
  readonly wait?: (signal: AbortSignal | undefined) => Promise<void>
}

export interface EntryDocument {
  readonly conversationEntries: readonly unknown[]
  readonly nextPageToken?: string
}

export interface EntryRequest {
  readonly conversationIdentifier: string
  readonly recordLimit: number
  readonly startTimestamp: number | undefined
  readonly endTimestamp: number | undefined
  readonly pageToken: string | undefined
}

/** An org in memory that answers only `GET /conversation-entries`, and remembers what it was asked. */
export function entryServer(options: EntryServerOptions): OrgClient & { readonly requests: EntryRequest[] } {
  const { order = 'oldest-first', present = (page) => page, tokens = false, bounds = 'inclusive' } = options
  const requests: EntryRequest[] = []
  const rank = ({ id, at }: HeldEntry): number => {
    if (order === 'picked') return Math.imul(Number(id.slice(1)) + (options.seed ?? 0), 0x9e3779b1) >>> 0
    return order === 'oldest-first' ? at : -at
  }
  const within = (at: number, { startTimestamp: start, endTimestamp: end }: EntryRequest): boolean => {
    if (bounds === 'ignored') return true
    if (bounds === 'inclusive') return (start === undefined || at >= start) && (end === undefined || at <= end)
    return (start === undefined || at > start) && (end === undefined || at < end)
  }
  return {
    requests,
    async getJson({ path, query = {}, parse, signal }) {
      signal?.throwIfAborted()
      if (path !== '/platform/engagement/v1.0/conversation-entries') throw new Error(`Unknown path: ${path}`)
      const request = query as unknown as EntryRequest
      requests.push(request)
      const n = requests.length
      await options.wait?.(signal)
      const chosen = options
        .held(request.conversationIdentifier)
        .filter(({ at }) => within(at, request))
        .toSorted((a, b) => rank(a) - rank(b))
      const start = Number(request.pageToken?.slice(1) ?? 0)
      const limit = options.honoursLimit === false ? Number.POSITIVE_INFINITY : request.recordLimit
      const page = chosen.slice(start, start + Math.min(limit, options.cap ?? Number.POSITIVE_INFINITY))
      const end = start + page.length
      const document: EntryDocument = {
        conversationEntries: present(page).map(wireEntry),
        ...(tokens && end < chosen.length && { nextPageToken: `t${end}` }),
      }
      return parse(options.answer ? options.answer(document, n, request) : document, { status: 200, headers: {} })
    },
  }
}

/** An entry as the wire has it: a message of an end user. */
export function wireEntry({ id, at }: HeldEntry): Record<string, unknown> {
  return {
    identifier: id,
    entryType: 'Message',
    entryPayload: {
      entryType: 'Message',
      id,
      abstractMessage: {
        messageType: 'StaticContentMessage',
        id,
        staticContent: { formatType: 'Text', text: `text ${id}` },
      },
    },
    sender: { role: 'EndUser', appType: 'iamessage', subject: 'v2/iamessage/UNAUTH/NA/uid:1' },
    relatedRecords: [],
    clientTimestamp: at - 50,
    transcriptedTimestamp: at,
  }
}

/** A budget without a limit that remembers who entered. */
export function openBudget(): ActiveConversations & { readonly entered: string[] } {
  const entered: string[] = []
  return {
    entered,
    async enter(identifier, signal) {
      signal?.throwIfAborted()
      entered.push(identifier)
      return 0
    },
  }
}

/** A conversation as the census gives it. */
export function conversation(identifier: string, expectedMessages = 0): Conversation {
  const session: Session = {
    recordId: '0Mw000000000001AAA',
    status: 'Ended',
    startTime: null,
    endTime: null,
    endUserId: null,
    agentMessageCount: 0,
    endUserMessageCount: expectedMessages,
  }
  return {
    ...emptyConversation(identifier),
    sessions: [session],
  }
}

/** 2026-10-01T00:00:00.000Z, where the histories of the tests begin. */
export const origin: number = Date.UTC(2026, 9, 1)

/** Entries at the given milliseconds behind {@link origin}. */
export function history(...offsets: readonly number[]): readonly HeldEntry[] {
  return offsets.map((offset, index) => ({ id: `e${index}`, at: origin + offset }))
}
