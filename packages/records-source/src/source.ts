import type { OrgClient } from '@custody/http'
import { type Conversation, toRecordId, type Window } from '@custody/model'
import { type Batch, type Checkpoint, defineSource, type Reject, type Source } from '@custody/pipeline'
import { type Cursor, censusName, type Pass, passes, readCheckpoint, toCheckpoint } from './cursor.ts'
import { checkQueryOptions, checkWindow } from './options.ts'
import { countRows, type QueryOptions, type ReadResult, readQuery } from './pages.ts'
import { type Joined, RelatedReader, short } from './related.ts'
import { censusQueries, overlaps, type Query, sessionsQuery } from './soql.ts'
import {
  type BareSessionRow,
  type ConversationRow,
  maxIdsPerQuery,
  type OutlyingSessionRow,
  sessionType,
} from './wire.ts'

export interface CensusOptions {
  readonly org: OrgClient
  readonly window: Window
  /** @defaultValue `'66.0'` */
  readonly apiVersion?: string
  /** Rows per page of the query resource, 200 to 2000. @defaultValue the server's own, 2000 */
  readonly pageSize?: number
  /** Goes on behind this checkpoint of an earlier run over the same window. */
  readonly after?: Checkpoint
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
 * @throws CustodyError `CENSUS_WINDOW`, `CENSUS_PAGE_SIZE`, `CENSUS_API_VERSION`, `CENSUS_CHECKPOINT` (usage);
 * `CENSUS_PAGE_MALFORMED`, `CENSUS_OBJECT_NOT_VISIBLE`
 */
export function census(options: CensusOptions): Source<Conversation> {
  const { org, window, apiVersion, pageSize, after } = options
  checkWindow('census', window)
  checkQueryOptions('census', options)
  const start: Cursor = after ? readCheckpoint(after) : { pass: passes[0], after: null, sessions: 0 }
  return defineSource(censusName, ({ signal }) => runCensus(window, { org, apiVersion, pageSize, signal }, start))
}

async function* runCensus(
  window: Window,
  options: QueryOptions,
  start: Cursor,
): AsyncGenerator<Batch<Conversation>, void, undefined> {
  if (start.pass === 'done') return
  const queries = censusQueries(window)
  const related = new RelatedReader(options)
  const join = async (rows: readonly ConversationRow[]): Promise<Taken> => {
    const joined = await related.join(rows)
    const sessions = joined.conversations.flatMap((conversation) => conversation.sessions)
    return { ...joined, sessions: sessions.filter((session) => overlaps(window, session)).length }
  }
  const first = passes.indexOf(start.pass)
  let { sessions } = start
  for (const [index, pass] of passes.entries()) {
    if (index < first) continue
    const from: Cursor = { pass, after: index === first ? start.after : null, sessions }
    const done = yield* runOne(pass, from)
    sessions = done.sessions
    const next = passes[index + 1] ?? 'done'
    const rejects =
      next === 'done' ? [...done.rejects, ...(await judgeSessions(window, options, sessions))] : done.rejects
    yield { records: [], rejects: rejects.map(named), checkpoint: toCheckpoint({ pass: next, after: null, sessions }) }
  }

  function runOne(pass: Pass, from: Cursor): AsyncGenerator<Batch<Conversation>, PassEnd, undefined> {
    switch (pass) {
      case 'conversations':
        return runPass(queries[pass], options, from, join)
      case 'outlyingSessions': {
        const owners = ownersOnce(from.after?.[0] ?? null)
        return runPass(queries[pass], options, from, (rows) => join(owners(rows)))
      }
      case 'orphans':
        return runPass(queries[pass], options, from, refuseOrphans)
    }
  }
}

/** What came of some rows. */
interface Taken extends Joined {
  /** How many sessions of the window were among it. */
  readonly sessions: number
}

/** What came of a pass. */
interface PassEnd extends Pick<Cursor, 'sessions'> {
  readonly rejects: Joined['rejects']
}

/** One pass: its rows in batches, each with its checkpoint. Gives what the org's own counts say of it. */
async function* runPass<Row>(
  query: Query<Row>,
  options: QueryOptions,
  { pass, after, sessions: met }: Cursor,
  take: (rows: readonly Row[]) => Promise<Taken> | Taken,
): AsyncGenerator<Batch<Conversation>, PassEnd, undefined> {
  let sessions = met
  const countedBefore = await countRows(query, options, after)
  const pages = readQuery(query, options, after)
  let page = await pages.next()
  for (; !page.done; page = await pages.next()) {
    for (let start = 0; start < page.value.length; start += maxIdsPerQuery) {
      const rows = page.value.slice(start, start + maxIdsPerQuery)
      const taken = await take(rows)
      sessions += taken.sessions
      const last = rows.at(-1) as Row
      yield {
        records: taken.conversations,
        rejects: taken.rejects.map(named),
        checkpoint: toCheckpoint({ pass, after: query.orderBy.map((field) => String(last[field])), sessions }),
      }
    }
  }
  const counted = Math.max(countedBefore, await countRows(query, options, after))
  return { sessions, rejects: judge(query.type.object, page.value, counted) }
}

/**
 * A witness over all passes: whatever belongs to the window has its sessions. It shows a conversation that none of the
 * passes saw, since its times moved between them.
 */
async function judgeSessions(window: Window, options: QueryOptions, met: number): Promise<Joined['rejects']> {
  const counted = await countRows(sessionsQuery(window), options)
  if (counted <= met) return []
  const message = `The org counts ${counted} MessagingSession records in the window; ${met} belong to what was found.`
  return [{ code: 'CENSUS_SHORT', subject: { type: sessionType.object, id: null }, message }]
}

/** Compares what was read with both witnesses: the size announced with the pages, and counts of their own. */
function judge(object: string, { rows, missing }: ReadResult, counted: number): Joined['rejects'] {
  const lacking = Math.max(missing, counted - rows)
  if (lacking > 0) return [short(object, rows, lacking)]
  if (missing === 0) return []
  return [
    {
      code: 'CENSUS_EXCESS',
      subject: { type: object, id: null },
      message: `The org announced ${rows + missing} ${object} records and gave ${rows}: some may stand twice.`,
    },
  ]
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

function refuseOrphans(rows: readonly BareSessionRow[]): Taken {
  return {
    conversations: [],
    sessions: rows.length,
    rejects: rows.map(({ Id }) => ({
      code: 'SESSION_WITHOUT_CONVERSATION',
      subject: { type: 'MessagingSession', id: toRecordId(Id) },
      message: 'It belongs to no conversation one could read, so nobody can ask for its entries.',
    })),
  }
}

function named(reject: Omit<Reject, 'stage'>): Reject {
  return { stage: censusName, ...reject }
}
