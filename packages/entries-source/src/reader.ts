import type { ActiveConversations, OrgClient } from '@custody/http'
import { type Conversation, type Entry, toInstant, type Window } from '@custody/model'
import { CustodyError, mapRecords, type Reject, type Stage, usageError } from '@custody/pipeline'
import { EntryCollection } from './entry-collection.ts'
import { type Failure, FailureStreak, mayBeOfItsToken, toFailure } from './failure.ts'
import { type PageRequest, PageWalk } from './pages.ts'
import { expectedMessages, RunEvidence } from './run-evidence.ts'
import { withEntries } from './to-model.ts'
import { type EntriesWire, pathOf } from './wire.ts'
import { isPageMalformed, pageReader, type WirePage } from './wire-shapes.ts'

/** What every reader of entries needs: an org, a window, and the budget of active conversations. */
export interface ReaderOptions {
  readonly org: OrgClient
  /** Which entries stay in the record. What is asked of the org is always the whole conversation. */
  readonly window: Window
  /** The budget of conversations that reading keeps active. */
  readonly activeConversations: ActiveConversations
  /** Conversations read at the same time. @defaultValue 4 */
  readonly concurrency?: number
  /** Entries asked for per page, 1 to 1000. @defaultValue 1000 */
  readonly recordLimit?: number
}

/** Reads one conversation. `onReject` is told of entries that could not be understood. */
export type ReadEntries = (
  conversation: Conversation,
  signal?: AbortSignal,
  onReject?: (reject: Omit<Reject, 'stage'>) => void,
) => Promise<Conversation>

/** One of the ways to entries. */
export interface Way {
  readonly wire: EntriesWire
  /** What to check when the org gives nothing at all. */
  readonly actions: readonly string[]
  /** What this way did not give of a conversation, since it never gives it. `entries` are all that came, in order. */
  readonly blindSpots: (
    conversation: Conversation,
    entries: readonly Entry[],
    window: Window,
  ) => readonly Omit<Reject, 'stage'>[]
}

export type Outcome =
  | { readonly conversation: Conversation; readonly rejects: readonly Omit<Reject, 'stage'>[] }
  | { readonly failure: Failure; readonly requests: number }

/** Reads one conversation to a proven end, or says why it cannot. Throws what is not one conversation's own. */
export type Reader = (conversation: Conversation, signal: AbortSignal) => Promise<Outcome>

/** The reader as a stage: a conversation that cannot be had becomes a reject. */
export function readerStage(read: Reader, { concurrency = 4 }: ReaderOptions): Stage<Conversation, Conversation> {
  return mapRecords<Conversation, Conversation>({
    name: 'entries',
    concurrency,
    map: async (conversation, { signal, refuse, reject }) => {
      const outcome = await read(conversation, signal)
      if ('failure' in outcome) {
        const { code, message } = outcome.failure
        return refuse({ code, subject: { type: 'Conversation', id: conversation.identifier }, message })
      }
      for (const rejected of outcome.rejects) reject(rejected)
      return outcome.conversation
    },
  })
}

/** The reader for single conversations: it throws where the stage refuses. */
export function singleReader(read: Reader): ReadEntries {
  return async (conversation, signal = new AbortController().signal, onReject = () => undefined) => {
    const outcome = await read(conversation, signal)
    if ('failure' in outcome) {
      const { code, message, cause } = outcome.failure
      throw new CustodyError(code, `Conversation ${conversation.identifier}: ${message}`, {
        ...(cause && { cause, retryable: cause.retryable }),
      })
    }
    for (const rejected of outcome.rejects) onReject(rejected)
    return outcome.conversation
  }
}

/** Makes the reader of one way. @throws CustodyError `ENTRIES_WINDOW`, `ENTRIES_RECORD_LIMIT` (usage) */
export function createReader(options: ReaderOptions, { wire, actions, blindSpots }: Way): Reader {
  const { window, recordLimit = wire.maxRecordLimit } = options
  check(window, recordLimit, wire)
  const ask = pageAsker(options, wire)
  const evidence = new RunEvidence()
  const streak = new FailureStreak(actions)

  /** Follows all pages of a conversation. `fresh`: none of them may be an answer that was kept. */
  async function readPages(
    conversation: Conversation,
    path: string,
    fresh: boolean,
    signal: AbortSignal,
  ): Promise<Pass> {
    const collection = new EntryCollection(conversation, wire)
    const walk = new PageWalk({
      recordLimit,
      smallestPage: wire.smallestPage,
      expectedMessages: expectedMessages(conversation),
      evidence,
    })
    let requests = 0
    const askFor = async (request: PageRequest): Promise<WirePage> => {
      for (let repeats = 0; ; repeats++) {
        requests += 1
        try {
          return await ask({ conversation, path, request, answer: requests, fresh, signal })
        } catch (error) {
          if (!isPageMalformed(error) || repeats === maxRepeats) throw error
        }
      }
    }
    let token: string | null = null
    try {
      if (wire.parameters.pageToken !== null) await evidence.learnTokens(conversation, askFor)
      for (let request = walk.next(); request; request = walk.next()) {
        token = request.pageToken
        const page = await askFor(request)
        const failure = walk.take({ items: collection.add(page.entries), nextPageToken: page.nextPageToken })
        if (failure) return { failure, requests, token }
      }
    } catch (error) {
      signal.throwIfAborted()
      return { failure: toFailure(error), requests, token }
    }
    return { collection, requests }
  }

  return async (conversation, signal) => {
    const path = pathOf(wire, conversation.identifier)
    if (path === null) return { failure: unnameable, requests: 0 }
    let pass = await readPages(conversation, path, false, signal)
    if ('failure' in pass && pass.token !== null && mayBeOfItsToken(pass.failure)) {
      // A token is good for one user and for some time; this one may be of an earlier process of the run.
      const again = await readPages(conversation, path, true, signal)
      pass = { ...again, requests: pass.requests + again.requests }
    }
    const { requests } = pass
    if ('failure' in pass) {
      streak.failed(pass.failure)
      return { failure: pass.failure, requests }
    }
    streak.answered()
    const entries = pass.collection.entries()
    return {
      conversation: withEntries(conversation, entries, window, { source: wire.source, requests }),
      rejects: [...pass.collection.rejects(), ...blindSpots(conversation, entries, window)],
    }
  }
}

/** What came of following all pages once. `token` is that of the page at which it ended. */
type Pass =
  | { readonly collection: EntryCollection; readonly requests: number }
  | { readonly failure: Failure; readonly requests: number; readonly token: string | null }

const unnameable: Failure = {
  code: 'ENTRIES_REFUSED',
  message: 'Its identifier cannot stand in the path of a request; nothing was asked.',
}

/** How often a page is asked for again after an answer that is none: one odd answer is no sign of another org. */
const maxRepeats = 2

interface Asking {
  readonly conversation: Conversation
  readonly path: string
  readonly request: PageRequest
  /** The how-manieth it is, for errors. */
  readonly answer: number
  readonly fresh: boolean
  readonly signal: AbortSignal
}

/** One request for one page, within the budget of active conversations. */
function pageAsker({ org, activeConversations }: ReaderOptions, wire: EntriesWire) {
  const readPage = pageReader(wire)
  const { parameters } = wire
  return async ({ conversation, path, request, answer, fresh, signal }: Asking): Promise<WirePage> => {
    const { identifier } = conversation
    await activeConversations.enter(identifier, signal)
    return await org.getJson({
      origin: wire.origin,
      path,
      query: {
        ...wire.query,
        ...(parameters.conversation !== null && { [parameters.conversation]: identifier }),
        [parameters.recordLimit]: request.recordLimit,
        [parameters.start]: request.startTimestamp ?? undefined,
        [parameters.end]: request.endTimestamp ?? undefined,
        ...(parameters.pageToken !== null && { [parameters.pageToken]: request.pageToken ?? undefined }),
      },
      endpoint: wire.endpoint,
      // A page token belongs to the user who got it.
      affinity: identifier,
      ...(fresh && { fresh }),
      parse: (document) => readPage(document, `Answer ${answer} for conversation ${identifier}`),
      signal,
    })
  }
}

function check({ from, to }: Window, recordLimit: number, { maxRecordLimit }: EntriesWire): void {
  if (toInstant(from) !== from || toInstant(to) !== to || from >= to) {
    throw usageError(
      'ENTRIES_WINDOW',
      'entries: window must hold two instants like 2026-10-01T00:00:00.000Z, from before to',
    )
  }
  if (!Number.isInteger(recordLimit) || recordLimit < 1 || recordLimit > maxRecordLimit) {
    throw usageError('ENTRIES_RECORD_LIMIT', `entries: recordLimit must be a whole number from 1 to ${maxRecordLimit}`)
  }
}
