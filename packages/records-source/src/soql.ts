import { soqlString } from '@custody/http'
import type { Session, Window } from '@custody/model'
import {
  type BareSessionRow,
  bareSessionType,
  type ConversationRow,
  conversationType,
  maxIdsPerQuery,
  maxUriBytes,
  type OutlyingSessionRow,
  outlyingSessionType,
  type RecordType,
} from './wire.ts'

/** A query whose rows come in the order of a unique key, so that it can go on behind any row. */
export interface Query<Row> {
  readonly type: RecordType<Row>
  readonly where: string
  /** The fields of the key, most significant first. */
  readonly orderBy: readonly (keyof Row & string)[]
}

/** The values of a query's key at one row. */
export type Key = readonly string[]

/** The query's text, for the rows behind `after`. */
export function toSoql<Row>({ type, where, orderBy }: Query<Row>, after: Key | null): string {
  const condition = after ? `(${where}) AND ${behind(orderBy, after)}` : where
  return `SELECT ${type.fields.join(', ')} FROM ${type.object} WHERE ${condition} ORDER BY ${orderBy.join(', ')}`
}

/** Counts the rows of {@link toSoql}. */
export function toCountSoql<Row>({ type, where, orderBy }: Query<Row>, after: Key | null): string {
  return `SELECT COUNT() FROM ${type.object} WHERE ${after ? `(${where}) AND ${behind(orderBy, after)}` : where}`
}

/** `(a > x OR (a = x AND b > y))`: what follows a row in the order of its key. */
function behind([field, ...fields]: readonly string[], [value, ...values]: Key): string {
  const literal = soqlString(value ?? '')
  if (fields.length === 0) return `${field} > ${literal}`
  return `(${field} > ${literal} OR (${field} = ${literal} AND ${behind(fields, values)}))`
}

/** Rows whose `field` is one of the ids, in as many queries as the length of a URI asks for. */
export function queriesByIds<Row extends { readonly Id: string }>(
  type: RecordType<Row>,
  field: keyof Row & string,
  ids: Iterable<string>,
): readonly Query<Row>[] {
  const unique = [...new Set(ids)].map(soqlString)
  const queries: Query<Row>[] = []
  for (let start = 0; start < unique.length; ) {
    let size = Math.min(maxIdsPerQuery, unique.length - start)
    const query = (): Query<Row> => ({
      type,
      where: `${field} IN (${unique.slice(start, start + size).join(', ')})`,
      orderBy: ['Id'],
    })
    while (size > 1 && encodeURIComponent(toSoql(query(), null)).length > maxUriBytes) size = Math.ceil(size / 2)
    queries.push(query())
    start += size
  }
  return queries
}

/** Times that do not place a record outside the window: an absent one places it nowhere. */
export function mayOverlap({ from, to }: Window, parent = ''): string {
  const [start, end] = [`${parent}StartTime`, `${parent}EndTime`]
  return `(${start} < ${to} OR ${start} = null) AND (${end} >= ${from} OR ${end} = null)`
}

/** The same of a session at hand. */
export function overlaps({ from, to }: Window, { startTime, endTime }: Session): boolean {
  return (startTime === null || startTime < to) && (endTime === null || endTime >= from)
}

/** The three questions of the census. Together they name every record that may hold entries of the window, each once. */
export interface CensusQueries {
  /** Conversations by their own times. */
  readonly conversations: Query<ConversationRow>
  /** Sessions of the window whose conversation the first query leaves out: its own times lie elsewhere. */
  readonly outlyingSessions: Query<OutlyingSessionRow>
  /** Sessions of the window without a conversation one could read: no API gives out their entries. */
  readonly orphans: Query<BareSessionRow>
}

/** Pure: the queries of the census of one window. */
export function censusQueries(window: Window): CensusQueries {
  const { from, to } = window
  const overlap = mayOverlap(window)
  return {
    conversations: { type: conversationType, where: overlap, orderBy: ['Id'] },
    outlyingSessions: {
      type: outlyingSessionType,
      where: `${overlap} AND (Conversation.StartTime >= ${to} OR Conversation.EndTime < ${from})`,
      orderBy: ['ConversationId', 'Id'],
    },
    orphans: {
      type: bareSessionType,
      where: `${overlap} AND (ConversationId = null OR Conversation.ConversationIdentifier = null)`,
      orderBy: ['Id'],
    },
  }
}

/** The text of the census's queries, as a plan shows them. */
export function planQueries(window: Window): readonly string[] {
  const { conversations, outlyingSessions, orphans } = censusQueries(window)
  return [toSoql(conversations, null), toSoql(outlyingSessions, null), toSoql(orphans, null)]
}

/** Counts the sessions of the window, whatever they belong to. */
export function sessionsQuery(window: Window): Query<BareSessionRow> {
  return { type: bareSessionType, where: mayOverlap(window), orderBy: ['Id'] }
}
