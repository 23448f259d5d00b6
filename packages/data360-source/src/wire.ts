import { isRawJson } from '@custody/model'
import { CustodyError } from '@custody/pipeline'
import { z } from 'zod'
import type { Row } from './query-api.ts'

/** A page of rows, in the order of the columns asked for. */
export interface Page {
  readonly rows: readonly Row[]
  /** The names of the columns as the server has them, in its order; null when the page does not say. */
  readonly columns: readonly string[] | null
}

/** A batch of a V2 query. */
export interface Batch extends Page {
  readonly done: boolean
  readonly nextBatchId: string | null
}

/** Where a query stands. */
export interface QueryStatus {
  readonly queryId: string
  readonly isDone: boolean
  /** Final once it is done. */
  readonly rowCount: number
  readonly chunkCount: number
}

// Numbers come as numbers, as text, or too long for a double.
const count = z.preprocess(toNumber, z.number().int().nonnegative())

const rowSchema = z.union([
  z.array(z.unknown()),
  z.object({ rowData: z.array(z.unknown()) }).transform(({ rowData }) => rowData),
  z.object({ row: z.array(z.unknown()) }).transform(({ row }) => row),
  z.record(z.string(), z.unknown()),
])

const columnSchema = z.object({ name: z.string() })
const pageSchema = z.object({
  data: z.array(z.unknown()).nullish(),
  returnedRows: count.nullish(),
  rowCount: count.nullish(),
  metadata: z.unknown().optional(),
})
const batchSchema = pageSchema.extend({ done: z.boolean(), nextBatchId: z.string().nullish() })
const orderedSchema = z.record(z.string(), z.object({ placeInOrder: count }))

/**
 * Reads a page of V3 or Connect. `columns`: what was asked for, in order.
 *
 * @throws CustodyError `DATA360_PAGE_MALFORMED`
 */
export function readPage(document: unknown, columns: readonly string[]): Page {
  const page = parse(pageSchema, document, 'a page of rows')
  const names = columnList(page.metadata)
  return { rows: readRows(page.data ?? [], page.returnedRows ?? null, names, columns), columns: names }
}

/**
 * Reads a batch of V2, whose columns are in the order of their `placeInOrder`.
 *
 * @throws CustodyError `DATA360_PAGE_MALFORMED`
 */
export function readBatch(document: unknown, columns: readonly string[]): Batch {
  const batch = parse(batchSchema, document, 'a batch of rows')
  const names = orderedColumns(batch.metadata)
  const rows = readRows(batch.data ?? [], batch.rowCount ?? null, names, columns)
  // An empty id leads nowhere.
  return { rows, columns: names, done: batch.done, nextBatchId: batch.nextBatchId || null }
}

const statusSchema = z.object({
  queryId: z.string().min(1).optional(),
  completionStatus: z.string(),
  rowCount: count.nullish(),
  chunkCount: count.nullish(),
})

/**
 * Reads a status, in the header it came in or from the body: at its top level, or under `status`. `queryId` is what the query is
 * known by already.
 *
 * @throws CustodyError `DATA360_STATUS_MALFORMED`, `DATA360_QUERY_STATE`
 */
export function readStatus(header: string | undefined, document: unknown, queryId: string | null): QueryStatus {
  const candidates = [fromHeader(header), member(document, 'status'), document]
  const found = candidates.map((candidate) => statusSchema.safeParse(candidate)).find(({ success }) => success)
  const id = queryId ?? found?.data?.queryId
  if (!found?.success || id === undefined) throw statusMalformed('it does not say where the query stands')
  const { completionStatus, rowCount, chunkCount } = found.data
  const isDone = readState(completionStatus)
  if (isDone && (rowCount ?? null) === null) throw statusMalformed('it does not say how many rows there are')
  return { queryId: id, isDone, rowCount: rowCount ?? 0, chunkCount: chunkCount ?? 0 }
}

/** Whether a state is an end. The words differ from API to API, and one document puts a description behind them. */
function readState(state: string): boolean {
  const word = state.replace(/[^A-Za-z]+/g, '').toLowerCase()
  if (word.startsWith('running') || word.startsWith('unspecified')) return false
  if (word.startsWith('resultsproduced') || word.startsWith('finished')) return true
  throw new CustodyError('DATA360_QUERY_STATE', 'Data 360 reports a state of the query that is not known.', {
    actions: ['Run again; if it stays, use another api of the data360 source.'],
  })
}

function readRows(
  data: readonly unknown[],
  announced: number | null,
  names: readonly string[] | null,
  columns: readonly string[],
): readonly Row[] {
  if (announced !== null && announced !== data.length) {
    throw malformed(`it announces ${announced} rows and holds ${data.length}`)
  }
  if (names !== null && names.length !== columns.length) {
    throw malformed(`it has ${names.length} columns instead of ${columns.length}`)
  }
  const places = placesOf(names, columns)
  return data.map((value, index) => {
    const result = rowSchema.safeParse(value)
    if (!result.success) throw malformed(`row ${index + 1} is neither a list nor an object`)
    const row = result.data
    if (!Array.isArray(row)) return fromObject(row, columns)
    if (row.length !== columns.length) {
      throw malformed(`row ${index + 1} has ${row.length} values instead of ${columns.length}`)
    }
    return places === null ? row : places.map((place) => row[place])
  })
}

/**
 * Where each column asked for stands in the rows. Null: as asked for, by all that is known; an engine that names columns in its own
 * way still gives them in the order of the query.
 */
function placesOf(names: readonly string[] | null, columns: readonly string[]): readonly number[] | null {
  if (names === null) return null
  const lower = names.map((name) => name.toLowerCase())
  const places = columns.map((column) => lower.indexOf(column.toLowerCase()))
  return places.includes(-1) || places.every((place, index) => place === index) ? null : places
}

function fromObject(row: Readonly<Record<string, unknown>>, columns: readonly string[]): Row {
  const byName = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]))
  // Nulls may be left out; a row of other columns is none of ours.
  if (byName.size > columns.length || ![...byName.keys()].every((name) => columns.includes(name))) {
    throw malformed('a row has other columns than were asked for')
  }
  return columns.map((column) => byName.get(column) ?? null)
}

/** `[{name}]`, or that under `columns`. */
function columnList(metadata: unknown): readonly string[] | null {
  const list = Array.isArray(metadata) ? metadata : member(metadata, 'columns')
  const result = z.array(columnSchema).safeParse(list)
  return result.success && result.data.length > 0 ? result.data.map(({ name }) => name) : null
}

/** `{name: {placeInOrder}}`, in whatever order the members come. */
function orderedColumns(metadata: unknown): readonly string[] | null {
  const result = orderedSchema.safeParse(metadata)
  if (!result.success) return null
  const columns = Object.entries(result.data).sort(([, a], [, b]) => a.placeInOrder - b.placeInOrder)
  if (columns.length === 0) return null
  if (columns.some(([, { placeInOrder }], index) => placeInOrder !== index)) {
    throw malformed('the places of its columns leave gaps')
  }
  return columns.map(([name]) => name)
}

const metadataSchema = z.object({
  metadata: z.array(
    z
      .object({ name: z.string(), fields: z.array(columnSchema).catch([]) })
      .nullable()
      .catch(null),
  ),
})

/**
 * Reads which objects and fields there are.
 *
 * @throws CustodyError `DATA360_PAGE_MALFORMED`
 */
export function readObjects(document: unknown): ReadonlyMap<string, readonly string[]> {
  const { metadata } = parse(metadataSchema, document, 'a list of objects')
  return new Map(metadata.flatMap((object) => (object ? [[object.name, object.fields.map(({ name }) => name)]] : [])))
}

function parse<T>(schema: z.ZodType<T>, document: unknown, what: string): T {
  const result = schema.safeParse(document)
  if (result.success) return result.data
  const places = result.error.issues.map((issue) => issue.path.join('.') || 'the document').join(', ')
  throw malformed(`wrong at ${places}`, what)
}

function malformed(why: string, what = 'a page of rows'): CustodyError {
  return new CustodyError('DATA360_PAGE_MALFORMED', `An answer of Data 360 is not ${what}: ${why}.`, {
    actions: ['Run again; if it stays, use another api of the data360 source.'],
  })
}

function statusMalformed(why: string): CustodyError {
  return new CustodyError('DATA360_STATUS_MALFORMED', `A status of Data 360 is of no use: ${why}.`, {
    actions: ['Run again; if it stays, use another api of the data360 source.'],
  })
}

function fromHeader(header: string | undefined): unknown {
  try {
    return header === undefined ? null : JSON.parse(header)
  } catch {
    // The body may say it too.
    return null
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}

function toNumber(value: unknown): unknown {
  if (isRawJson(value)) return Number(value.rawJSON)
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
}

/** A count, as the engine gives it; null for anything else. */
export function toCount(value: unknown): number | null {
  const result = count.safeParse(value)
  return result.success ? result.data : null
}
