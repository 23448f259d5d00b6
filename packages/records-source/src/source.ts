import type { OrgClient } from '@custody/http'
import { type Conversation, toRecordId, type Window } from '@custody/model'
import { type Batch, type Checkpoint, defineSource, type Reject, type Source } from '@custody/pipeline'
import { type Cursor, censusName, type Pass, passes, readCheckpoint, toCheckpoint } from './cursor.ts'
import { checkQueryOptions, checkWindow } from './options.ts'
import { countRows, type QueryOptions, type ReadResult, readQuery } from './pages.ts'
import { type Joined, RelatedReader, short } from './related.ts'
import { censusQueries, type Key, type Query } from './soql.ts'
import { type BareSessionRow, type ConversationRow, maxIdsPerQuery, type OutlyingSessionRow } from './wire.ts'

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
 * API gives out, as rejects. Each pass is counted by the org once more, and what is missing is recorded.
 *
 * @throws CustodyError `CENSUS_WINDOW`, `CENSUS_PAGE_SIZE`, `CENSUS_API_VERSION`, `CENSUS_CHECKPOINT` (usage);
 * `CENSUS_PAGE_MALFORMED`, `CENSUS_OBJECT_NOT_VISIBLE`
 */
export function census(options: CensusOptions): Source<Conversation> {
  const { org, window, apiVersion, pageSize, after } = options
  checkWindow('census', window)
  checkQueryOptions('census', options)
  const start: Cursor = after ? readCheckpoint(after) : { pass: passes[0], after: null }
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
  const first = passes.indexOf(start.pass)
  for (const [index, pass] of passes.entries()) {
    if (index < first) continue
    const after = index === first ? start.after : null
    const done: Cursor = { pass: passes[index + 1] ?? 'done', after: null }
    switch (pass) {
      case 'conversations':
        yield* runPass(pass, queries[pass], options, after, done, (rows) => related.join(rows))
        break
      case 'outlyingSessions': {
        const owners = ownersOnce(after?.[0] ?? null)
        yield* runPass(pass, queries[pass], options, after, done, (rows) => related.join(owners(rows)))
        break
      }
      case 'orphans':
        yield* runPass(pass, queries[pass], options, after, done, refuseOrphans)
        break
    }
  }
}

/** One pass: its rows in batches, each with its checkpoint, then what the org's own count says of it. */
async function* runPass<Row>(
  pass: Pass,
  query: Query<Row>,
  options: QueryOptions,
  after: Key | null,
  done: Cursor,
  take: (rows: readonly Row[]) => Promise<Joined> | Joined,
): AsyncGenerator<Batch<Conversation>, void, undefined> {
  const pages = readQuery(query, options, after)
  let page = await pages.next()
  for (; !page.done; page = await pages.next()) {
    for (let start = 0; start < page.value.length; start += maxIdsPerQuery) {
      const rows = page.value.slice(start, start + maxIdsPerQuery)
      const { conversations, rejects } = await take(rows)
      const last = rows.at(-1) as Row
      yield {
        records: conversations,
        rejects: rejects.map(named),
        checkpoint: toCheckpoint({ pass, after: query.orderBy.map((field) => String(last[field])) }),
      }
    }
  }
  const counted = await countRows(query, options, after)
  yield {
    records: [],
    rejects: judge(query.type.object, page.value, counted).map(named),
    checkpoint: toCheckpoint(done),
  }
}

/** Compares what was read with both witnesses: the size announced with the pages, and a count of its own. */
function judge(object: string, { rows, missing }: ReadResult, counted: number): readonly Omit<Reject, 'stage'>[] {
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

function refuseOrphans(rows: readonly BareSessionRow[]): Joined {
  return {
    conversations: [],
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
