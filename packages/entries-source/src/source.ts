import type { ActiveConversations, OrgClient } from '@custody/http'
import { type Conversation, toInstant, type Window } from '@custody/model'
import { CustodyError, mapRecords, type Reject, type Stage, usageError } from '@custody/pipeline'
import { EntryCollection } from './entry-collection.ts'
import { type Failure, FailureStreak, toFailure } from './failure.ts'
import { type PageRequest, PageWalk } from './pages.ts'
import { expectedMessages, RunEvidence } from './run-evidence.ts'
import { withEntries } from './to-model.ts'
import { defaultWire, type EntriesWire, isPageMalformed, pageReader, type WirePage } from './wire.ts'

export interface EntriesOptions {
  readonly org: OrgClient
  /** Which entries stay in the record. What is asked of the org is always the whole conversation. */
  readonly window: Window
  /** The budget of conversations that reading keeps active. */
  readonly activeConversations: ActiveConversations
  /** Conversations read at the same time. @defaultValue 4 */
  readonly concurrency?: number
  /** Entries asked for per page, 1 to 1000. @defaultValue 1000 */
  readonly recordLimit?: number
  /** What is taken for granted about the endpoint. @defaultValue {@link defaultWire} */
  readonly wire?: EntriesWire
}

/** Reads one conversation. `onReject` is told of entries that could not be understood. */
export type ReadEntries = (
  conversation: Conversation,
  signal?: AbortSignal,
  onReject?: (reject: Omit<Reject, 'stage'>) => void,
) => Promise<Conversation>

/**
 * The stage that fills each conversation of the census with its entries.
 *
 * A conversation whose entries cannot be had, or not proven whole, becomes a reject and the run goes on.
 *
 * @throws CustodyError on failures that are not one conversation's own: signing in, an org that stays unavailable or whose
 * pages have another form.
 */
export function entries(options: EntriesOptions): Stage<Conversation, Conversation> {
  const read = entryReader(options)
  return mapRecords<Conversation, Conversation>({
    name: 'entries',
    concurrency: options.concurrency ?? 4,
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

/**
 * Reads single conversations, for whoever needs one again.
 *
 * @throws CustodyError also where the stage would refuse, with the code of the reject.
 */
export function readEntries(options: EntriesOptions): ReadEntries {
  const read = entryReader(options)
  return async (conversation, signal = new AbortController().signal, onReject = () => undefined) => {
    const outcome = await read(conversation, signal)
    if ('failure' in outcome) {
      const { code, message, cause } = outcome.failure
      throw new CustodyError(code, `Conversation ${conversation.identifier}: ${message}`, {
        ...(cause && { cause, retryable: cause.retryable }),
      })
    }
    outcome.rejects.forEach(onReject)
    return outcome.conversation
  }
}

type Outcome =
  | { readonly conversation: Conversation; readonly rejects: readonly Omit<Reject, 'stage'>[] }
  | { readonly failure: Failure }

function entryReader(options: EntriesOptions): (conversation: Conversation, signal: AbortSignal) => Promise<Outcome> {
  const { window, wire = defaultWire, recordLimit = wire.maxRecordLimit } = options
  check(window, recordLimit, wire)
  const ask = pageAsker(options, wire)
  const evidence = new RunEvidence()
  const streak = new FailureStreak()

  return async (conversation, signal) => {
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
          return await ask(conversation, request, requests, signal)
        } catch (error) {
          if (!isPageMalformed(error) || repeats === maxRepeats) throw error
        }
      }
    }
    try {
      await evidence.learnTokens(conversation, askFor)
      for (let request = walk.next(); request; request = walk.next()) {
        const page = await askFor(request)
        const failure = walk.take({ items: collection.add(page.entries), nextPageToken: page.nextPageToken })
        if (failure) {
          streak.failed(failure)
          return { failure }
        }
      }
    } catch (error) {
      signal.throwIfAborted()
      const failure = toFailure(error)
      streak.failed(failure)
      return { failure }
    }
    streak.answered()
    return {
      conversation: withEntries(conversation, collection.entries(), window, requests),
      rejects: collection.rejects(),
    }
  }
}

/** How often a page is asked for again after an answer that is none: one odd answer is no sign of another org. */
const maxRepeats = 2

/** One request for one page, within the budget of active conversations. */
function pageAsker({ org, activeConversations }: EntriesOptions, wire: EntriesWire) {
  const readPage = pageReader(wire)
  const { parameters } = wire
  return async (
    { identifier }: Conversation,
    request: PageRequest,
    answer: number,
    signal: AbortSignal,
  ): Promise<WirePage> => {
    await activeConversations.enter(identifier, signal)
    return await org.getJson({
      origin: 'api',
      path: wire.path,
      query: {
        [parameters.conversation]: identifier,
        [parameters.recordLimit]: request.recordLimit,
        [parameters.start]: request.startTimestamp ?? undefined,
        [parameters.end]: request.endTimestamp ?? undefined,
        [parameters.pageToken]: request.pageToken ?? undefined,
      },
      endpoint: 'conversation-entries',
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
