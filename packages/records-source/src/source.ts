import type { OrgClient, OrgSender } from '@custody/http'
import { type Conversation, toRecordId, type Window } from '@custody/model'
import { type Batch, type Checkpoint, type Clock, defineSource, type Reject, type Source } from '@custody/pipeline'
import { type Bulk, type JobChoice, jobChoice } from './bulk.ts'
import { type Cursor, censusName, type PassName, passes, readCheckpoint, toCheckpoint } from './cursor.ts'
import { checkQueryOptions, checkWindow } from './options.ts'
import { named, readPass, type Taken } from './pass.ts'
import { countRows, type QueryOptions } from './query-pages.ts'
import { RelatedReader } from './related.ts'
import { censusQueries, type Key, overlaps, type Query, sessionsQuery } from './soql.ts'
import { type BareSessionRow, type ConversationRow, type OutlyingSessionRow, sessionType } from './wire.ts'

/** Which window of which org is counted. */
export interface CensusOptions {
  readonly org: OrgClient | OrgSender
  readonly window: Window
  /** @defaultValue `'66.0'` */
  readonly apiVersion?: string
  /** Rows per page of the query resource, 200 to 2000. @defaultValue the server's own, 2000 */
  readonly pageSize?: number
  /** Which passes run as Bulk API jobs; what belongs to their conversations never does. @defaultValue `'never'` */
  readonly bulk?: Bulk
  /** Goes on behind this checkpoint of an earlier run over the same window. */
  readonly after?: Checkpoint
  /** Waits for jobs. @defaultValue the machine's */
  readonly clock?: Clock
}

/**
 * The census: every conversation that may hold entries of the window, with its sessions, participants and end users,
 * without entries.
 *
 * Three passes, none of which names a record of another, so nothing has to be remembered: conversations by their own
 * times; those whose own times lie elsewhere, by their sessions; and sessions without any conversation, whose entries no
 * API gives out, as rejects. The org counts each pass once before and once after, and at the end all sessions of the window:
 * what is missing is recorded.
 *
 * @throws CustodyError `CENSUS_WINDOW`, `CENSUS_PAGE_SIZE`, `CENSUS_API_VERSION`, `CENSUS_BULK`, `CENSUS_CHECKPOINT` (usage);
 * `CENSUS_PAGE_MALFORMED`, `CENSUS_OBJECT_NOT_VISIBLE`; with jobs also `CENSUS_JOB_FAILED`, `CENSUS_JOB_TIMEOUT`,
 * `CENSUS_JOB_MALFORMED`, `CENSUS_JOB_VERSION`
 */
export function census(options: CensusOptions): Source<Conversation> {
  const { org, window, apiVersion, pageSize, after } = options
  checkWindow('census', window)
  checkQueryOptions('census', options)
  const jobsFor = jobChoice('census', options)
  const start: Cursor = after ? readCheckpoint(after) : { pass: passes[0], after: null, sessions: 0 }
  return defineSource(censusName, ({ signal }) =>
    runCensus(window, { org, apiVersion, pageSize, signal }, jobsFor, start),
  )
}

async function* runCensus(
  window: Window,
  options: QueryOptions,
  jobsFor: JobChoice,
  start: Cursor,
): AsyncGenerator<Batch<Conversation>, void, undefined> {
  if (start.pass === 'done') return
  const queries = censusQueries(window)
  const related = new RelatedReader(options)
  let { sessions } = start
  const join = async (rows: readonly ConversationRow[]): Promise<Taken<Conversation>> => {
    const { conversations, rejects } = await related.join(rows)
    const met = conversations.flatMap((conversation) => conversation.sessions)
    sessions += met.filter((session) => overlaps(window, session)).length
    return { records: conversations, rejects }
  }
  const refuse = (rows: readonly BareSessionRow[]): Taken<Conversation> => {
    sessions += rows.length
    return { records: [], rejects: rows.map(refuseOrphan) }
  }
  const read = <Row>(
    pass: PassName,
    query: Query<Row>,
    after: Key | null,
    take: (rows: readonly Row[]) => Promise<Taken<Conversation>> | Taken<Conversation>,
  ): AsyncGenerator<Batch<Conversation>, readonly Reject[], undefined> => {
    const checkpointAt = (key: Key): Checkpoint => toCheckpoint({ pass, after: key, sessions })
    return readPass({ name: censusName, query, jobsFor, take, toCheckpoint: checkpointAt }, options, after)
  }
  const run = (
    pass: PassName,
    after: Key | null,
  ): AsyncGenerator<Batch<Conversation>, readonly Reject[], undefined> => {
    switch (pass) {
      case 'conversations':
        return read(pass, queries[pass], after, join)
      case 'outlyingSessions': {
        const owners = ownersOnce(after?.[0] ?? null)
        return read(pass, queries[pass], after, (rows) => join(owners(rows)))
      }
      case 'orphans':
        return read(pass, queries[pass], after, refuse)
    }
  }

  const first = passes.indexOf(start.pass)
  for (const [index, pass] of passes.entries()) {
    if (index < first) continue
    const rejects = yield* run(pass, index === first ? start.after : null)
    const next = passes[index + 1] ?? 'done'
    const last = next === 'done' ? await judgeSessions(window, options, sessions) : []
    yield {
      records: [],
      rejects: [...rejects, ...last],
      checkpoint: toCheckpoint({ pass: next, after: null, sessions }),
    }
  }
}

/**
 * A witness over all passes: whatever belongs to the window has its sessions. It shows a conversation that none of the
 * passes saw, since its times moved between them.
 */
async function judgeSessions(window: Window, options: QueryOptions, met: number): Promise<readonly Reject[]> {
  const counted = await countRows(sessionsQuery(window), options)
  if (counted <= met) return []
  const message = `The org counts ${counted} MessagingSession records in the window; ${met} belong to what was found.`
  return named(censusName, [{ code: 'CENSUS_SHORT', subject: { type: sessionType.object, id: null }, message }])
}

/** The conversations of sessions in the order of their conversations, each once, `last` having been taken already. */
function ownersOnce(last: string | null): (rows: readonly OutlyingSessionRow[]) => readonly ConversationRow[] {
  let taken = last
  return (rows) =>
    rows.flatMap(({ ConversationId, Conversation }) => {
      if (ConversationId === taken) return []
      taken = ConversationId
      return [{ Id: ConversationId, ...Conversation }]
    })
}

function refuseOrphan({ Id }: BareSessionRow): Omit<Reject, 'stage'> {
  return {
    code: 'SESSION_WITHOUT_CONVERSATION',
    subject: { type: 'MessagingSession', id: toRecordId(Id) },
    message: 'It belongs to no conversation one could read, so nobody can ask for its entries.',
  }
}
