import { HttpStatusError, type OrgClient } from '@custody/http'
import { toRecordId } from '@custody/model'
import { parseSoql, type TableRow, valueAt } from './soql-table.ts'

export type Tables = Readonly<Record<string, readonly TableRow[]>>

export interface QueryOrgOptions {
  readonly tables: Tables
  /** Rows per page where the request asks for no other size. @defaultValue 2000 */
  readonly pageSize?: number
  /** Objects that do not exist for the user. */
  readonly hidden?: readonly string[]
  /** Turns the document of the n-th request (from 1) into another one, or throws. */
  readonly answer?: (document: QueryDocument, n: number, asked: string) => unknown
  /** Stands in for the time a request takes. */
  readonly wait?: (signal: AbortSignal | undefined) => Promise<void>
}

export interface QueryDocument {
  readonly totalSize: number
  readonly done: boolean
  readonly nextRecordsUrl?: string
  readonly records: readonly object[]
}

/** An org in memory that answers only the query resource, and remembers what it was asked. */
export function queryOrg(options: QueryOrgOptions): OrgClient & { readonly asked: string[] } {
  const asked: string[] = []
  const cursors = new Map<string, { readonly rows: readonly object[]; readonly size: number }>()
  const pageOf = (cursor: string, start: number): QueryDocument => {
    const { rows, size } = cursors.get(cursor) ?? { rows: [], size: 0 }
    const end = start + size
    return {
      totalSize: rows.length,
      done: end >= rows.length,
      ...(end < rows.length && { nextRecordsUrl: `/services/data/v66.0/query/${cursor}-${end}` }),
      records: rows.slice(start, end),
    }
  }
  const run = (soql: string, size: number): QueryDocument => {
    const { fields, object, matches, orderBy } = parseSoql(soql)
    if (options.hidden?.includes(object)) throw badRequest('INVALID_TYPE')
    const rows = (options.tables[object] ?? []).filter(matches)
    if (fields.length === 0) return { totalSize: rows.length, done: true, records: [] }
    const inOrder = rows.toSorted((a, b) => {
      for (const field of orderBy) {
        const [x, y] = [String(valueAt(a, field)), String(valueAt(b, field))]
        if (x !== y) return x < y ? -1 : 1
      }
      return 0
    })
    const cursor = `01g${cursors.size}`
    cursors.set(cursor, { rows: inOrder.map((row) => select(row, fields, object)), size })
    return pageOf(cursor, 0)
  }
  return {
    asked,
    async getJson({ origin, path, query, headers, parse, signal }) {
      signal?.throwIfAborted()
      if (origin !== 'instance') throw new Error(`Wrong origin: ${origin}`)
      const q = query?.['q']
      asked.push(String(q ?? path))
      const n = asked.length
      await options.wait?.(signal)
      const batchSize = /batchSize=(\d+)/.exec(headers?.['sforce-query-options'] ?? '')?.[1]
      const [, cursor = '', start] = /\/query\/(\w+)-(\d+)$/.exec(path) ?? []
      const document =
        q === undefined ? pageOf(cursor, Number(start)) : run(String(q), Number(batchSize ?? options.pageSize ?? 2000))
      return parse(options.answer ? options.answer(document, n, String(q ?? path)) : document, {
        status: 200,
        headers: {},
      })
    },
  }
}

function select(row: TableRow, fields: readonly string[], object: string): object {
  const selected: Record<string, unknown> = { attributes: { type: object } }
  for (const field of fields) {
    const [name = '', inner] = field.split('.')
    if (inner === undefined) selected[name] = row[name] ?? null
    else if (row[name] == null) selected[name] = null
    else selected[name] = { ...(selected[name] as object | undefined), [inner]: valueAt(row, field) }
  }
  return selected
}

/** An answer of the query resource with status 400. */
export function badRequest(errorCode: string): HttpStatusError {
  return new HttpStatusError({
    status: 400,
    endpoint: 'query',
    errorCode,
    retryAfterMs: null,
    retryable: false,
    attempt: 1,
  })
}

/** The n-th id with a key prefix, in order. */
export function id(prefix: string, n: number): string {
  return toRecordId(`${prefix}${String(n).padStart(15 - prefix.length, '0')}`) ?? ''
}

/** A time as the query resource writes it, in minutes behind 2026-10-01. */
export function time(minutes: number | null): string | null {
  return minutes === null ? null : new Date(Date.UTC(2026, 9, 1, 0, minutes)).toISOString().replace('Z', '+0000')
}

/** A `Conversation` row. */
export function conversationRow(n: number, start: number | null, end: number | null, fields: TableRow = {}): TableRow {
  return {
    Id: id('0dw', n),
    ConversationIdentifier: `conversation-${n}`,
    ConversationChannelId: id('0Mj', 1),
    StartTime: time(start),
    EndTime: time(end),
    ...fields,
  }
}

/** A `MessagingSession` row; its parent is the conversation's row. */
export function sessionRow(
  n: number,
  conversation: TableRow | null,
  start: number | null,
  end: number | null,
  fields: TableRow = {},
): TableRow {
  return {
    Id: id('0Mw', n),
    ConversationId: conversation?.['Id'] ?? null,
    Conversation: conversation,
    Status: 'Ended',
    StartTime: time(start),
    EndTime: time(end),
    MessagingEndUserId: null,
    AgentMessageCount: 1,
    EndUserMessageCount: 2,
    ...fields,
  }
}
