import { type OrgClient, soqlString } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import { z } from 'zod'

/** How queries reach the org. */
export interface AskOptions {
  readonly org: OrgClient
  /** @defaultValue `'66.0'` */
  readonly apiVersion?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** `SELECT` of one object, without its paging. `where` is SOQL; values get into it by `soqlString` alone. */
export interface Asked {
  readonly object: string
  /** Besides `Id`; a field of a parent as `Conversation.ConversationIdentifier`. */
  readonly fields: readonly string[]
  readonly where: string
}

/** Field by name as asked; what is absent is null. */
export interface Row {
  readonly id: string
  text(field: string): string | null
  number(field: string): number | null
  isTrue(field: string): boolean
}

/**
 * The rows of a query, page by page, in the order of their ids. Each page is asked for by the id it follows, so that no cursor can be
 * lost. A page that holds less than the org announced is asked for again; then it is an error: what is not seen is not deleted.
 *
 * @throws CustodyError `ERASURE_QUERY_SHORT`, `ERASURE_QUERY_MALFORMED`; what the client throws
 */
export async function* readRows(asked: Asked, options: AskOptions): AsyncGenerator<readonly Row[], void, undefined> {
  const { object, fields, where } = asked
  let after: string | null = null
  let short = 0
  while (true) {
    const condition: string = after === null ? where : `(${where}) AND Id > ${soqlString(after)}`
    const q = `SELECT ${['Id', ...fields].join(', ')} FROM ${object} WHERE ${condition} ORDER BY Id`
    const { totalSize, records }: Page = await getPage(q, object, options)
    const rows: readonly Row[] = records.map((record) => rowOf(record, object))
    if (rows.length > 0) yield rows
    if (rows.length === totalSize) return
    const last: string | undefined = rows.at(-1)?.id
    if (last === undefined) {
      if (++short > 1) throw shortAnswer(object, totalSize)
      continue
    }
    if (last === after) throw malformed(object, 'it leads back to a page already read')
    short = 0
    after = last
  }
}

/** All rows of several queries over the same object, each row once. */
export async function rowsOf(
  object: string,
  fields: readonly string[],
  conditions: Iterable<string>,
  options: AskOptions,
): Promise<readonly Row[]> {
  const rows = new Map<string, Row>()
  for (const where of conditions) {
    for await (const page of readRows({ object, fields, where }, options)) for (const row of page) rows.set(row.id, row)
  }
  return [...rows.values()]
}

/** Rows of all conditions together, each once; null where they are more than `max`. */
export async function firstRows(
  object: string,
  asked: readonly string[],
  conditions: readonly string[],
  max: number,
  options: AskOptions,
): Promise<readonly Row[] | null> {
  const rows = new Map<string, Row>()
  for (const where of conditions) {
    for await (const page of readRows({ object, fields: asked, where }, options)) {
      for (const row of page) rows.set(row.id, row)
      if (rows.size > max) return null
    }
  }
  return [...rows.values()]
}

/** Counts by `SELECT COUNT()`. Of conditions that share no row. */
export async function countRows(object: string, conditions: Iterable<string>, options: AskOptions): Promise<number> {
  let count = 0
  for (const where of conditions) {
    const { totalSize } = await getPage(`SELECT COUNT() FROM ${object} WHERE ${where}`, object, options)
    count += totalSize
  }
  return count
}

interface Page {
  readonly totalSize: number
  readonly records: readonly unknown[]
}

const pageSchema = z.object({ totalSize: z.number().int().nonnegative(), records: z.array(z.unknown()) })

function getPage(
  q: string,
  object: string,
  { org, apiVersion = defaultApiVersion, signal }: AskOptions,
): Promise<Page> {
  return org.getJson({
    origin: 'instance',
    path: `/services/data/v${apiVersion}/query`,
    query: { q },
    endpoint: 'query',
    fresh: true,
    parse(document) {
      const { data } = pageSchema.safeParse(document)
      if (data === undefined) throw malformed(object, 'it has no rows and no count')
      return data
    },
    ...(signal && { signal }),
  })
}

export const defaultApiVersion = '66.0'

const idSchema = z.object({ Id: z.string().regex(/^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/) })

function rowOf(record: unknown, object: string): Row {
  const { data } = idSchema.safeParse(record)
  if (data === undefined) throw malformed(object, 'a row has no Id')
  const get = (field: string): unknown => {
    let at: unknown = record
    for (const name of field.split('.')) {
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return null
      at = (at as Readonly<Record<string, unknown>>)[name]
    }
    return at
  }
  return {
    id: data.Id,
    text(field) {
      const value = get(field)
      return typeof value === 'string' && value !== '' ? value : null
    },
    number(field) {
      const value = get(field)
      return typeof value === 'number' && Number.isFinite(value) ? value : null
    },
    isTrue: (field) => get(field) === true,
  }
}

function malformed(object: string, what: string): CustodyError {
  return new CustodyError('ERASURE_QUERY_MALFORMED', `The answer to a query of ${object} cannot be read: ${what}.`, {
    actions: ['Check instance URL and apiVersion: something other than the query resource may have answered.'],
  })
}

function shortAnswer(object: string, totalSize: number): CustodyError {
  return new CustodyError(
    'ERASURE_QUERY_SHORT',
    `The org announces ${totalSize} more ${object} records and gives none.`,
    {
      retryable: true,
      actions: ['Run it again. If it stays, ask Salesforce support why the query resource gives fewer records.'],
    },
  )
}
