import { candidates } from './candidates.ts'
import { comparable, compile, type Predicate } from './condition.ts'
import type { Condition, FieldPath, Ordering, Query } from './query.ts'
import { objectNamed, type ResolvedField, resolve, type Schema, type SchemaObject, type Value } from './schema.ts'
import { malformed } from './soql-error.ts'

/** What a query found: how many rows, and a way to write any stretch of them out. */
export interface Result {
  readonly totalSize: number
  /** COUNT(): the number is all there is. */
  readonly countOnly: boolean
  readonly object: string
  page(first: number, end: number, version: string): unknown[]
  /** Paths of the fields selected, in the schema's spelling. */
  readonly columns: readonly string[]
  /** The columns that hold epoch milliseconds. */
  readonly datetimes: readonly number[]
  /** The same rows without nesting, in the order of the columns. */
  values(first: number, end: number): readonly Value[][]
}

/** Salesforce's limit on OFFSET. */
const largestOffset = 2_000

/**
 * Runs a query. The rows found are fixed here, as numbers; their values are read when a page is written.
 *
 * @throws SoqlError
 */
export function execute(schema: Schema, query: Query): Result {
  const object = objectNamed(schema, query.from)
  const { select, where, orderBy, limit, offset } = withoutAlias(query, object)
  if (offset > largestOffset) throw malformed(`Maximum SOQL offset allowed is ${largestOffset}`)
  const fields = select === 'count' ? [] : select.map((path) => resolve(schema, object, path))
  refuseDuplicates(select)
  const test = where ? compile(schema, object, where) : () => true
  const keys = orderBy.map((ordering) => ({ ...ordering, target: resolve(schema, object, ordering.path) }))
  if (select === 'count' && keys.length > 0) throw malformed('ORDER BY is not allowed with COUNT()')

  const source = candidates(schema, object, where)
  const inOrder = keys.every((key) => alreadyOrdered(object, key))
  const wanted = limit === undefined ? Number.POSITIVE_INFINITY : limit + offset
  const matching = collect(source, test, inOrder ? wanted : Number.POSITIVE_INFINITY)
  const rows = inOrder ? matching : sorted(matching, keys)
  const found = rows.subarray(offset, Math.min(rows.length, wanted))
  return {
    totalSize: found.length,
    countOnly: select === 'count',
    object: object.name,
    page: (first, end, version) =>
      Array.from(found.subarray(first, end), (row) => record(schema, object, fields, row, version)),
    columns: fields.map(({ parents, field }) => [...parents, field].map(({ name }) => name).join('.')),
    datetimes: fields.flatMap(({ field }, k) => (field.type === 'datetime' ? [k] : [])),
    values: (first, end) => Array.from(found.subarray(first, end), (row) => fields.map(({ get }) => get(row))),
  }
}

/** Fields may carry the alias or the object's own name in front. */
function withoutAlias(query: Query, object: SchemaObject): Query {
  const own = new Set([object.name.toLowerCase(), query.alias?.toLowerCase()])
  const strip = (path: FieldPath): FieldPath => {
    const head = (path[0] as string).toLowerCase()
    // A relationship of the same name goes before the object's own.
    return path.length > 1 && own.has(head) && !object.parents.has(head) ? path.slice(1) : path
  }
  const inCondition = (condition: Condition): Condition => {
    switch (condition.type) {
      case 'and':
      case 'or':
        return { ...condition, operands: condition.operands.map(inCondition) }
      case 'not':
        return { ...condition, operand: inCondition(condition.operand) }
      default:
        return { ...condition, path: strip(condition.path) }
    }
  }
  return {
    ...query,
    select: query.select === 'count' ? 'count' : query.select.map(strip),
    where: query.where && inCondition(query.where),
    orderBy: query.orderBy.map((ordering) => ({ ...ordering, path: strip(ordering.path) })),
  }
}

function refuseDuplicates(select: Query['select']): void {
  if (select === 'count') return
  const seen = new Set<string>()
  for (const path of select) {
    const name = path.join('.').toLowerCase()
    if (seen.has(name)) throw malformed(`duplicate field selected: ${path.join('.')}`)
    seen.add(name)
  }
}

function collect(source: Iterable<number>, test: Predicate, most: number): Float64Array {
  let rows = new Float64Array(64)
  let count = 0
  if (most > 0) {
    for (const row of source) {
      if (!test(row)) continue
      if (count === rows.length) {
        const larger = new Float64Array(count * 2)
        larger.set(rows)
        rows = larger
      }
      rows[count++] = row
      if (count >= most) break
    }
  }
  return rows.subarray(0, count)
}

type SortKey = Ordering & { readonly target: ResolvedField }

/** Rows ascend by Id and by some other fields: ordering by such fields alone needs no sorting. */
function alreadyOrdered(object: SchemaObject, { descending, path, target }: SortKey): boolean {
  return !descending && path.length === 1 && object.ordered.has(target.field.name.toLowerCase())
}

/** Rows in the order of the keys; equal ones as they were. */
function sorted(rows: Float64Array, keys: readonly SortKey[]): Float64Array {
  const columns = keys.map(({ target }) => Array.from(rows, (row) => comparable(target, target.get(row))))
  const places = Uint32Array.from(rows, (_, place) => place).sort((a, b) => {
    for (const [k, key] of keys.entries()) {
      const order = compareValues(columns[k]?.[a] ?? null, columns[k]?.[b] ?? null, key)
      if (order !== 0) return order
    }
    return 0
  })
  return Float64Array.from(places, (place) => rows[place] as number)
}

function compareValues(a: Value, b: Value, { descending, nullsFirst }: Ordering): number {
  if (a === b) return 0
  if (a === null) return nullsFirst ? -1 : 1
  if (b === null) return nullsFirst ? 1 : -1
  return a < b === descending ? 1 : -1
}

/** A row as the API writes it: parents nested, everything with its attributes. */
function record(
  schema: Schema,
  object: SchemaObject,
  fields: readonly ResolvedField[],
  row: number,
  version: string,
): Record<string, unknown> {
  const result: Record<string, unknown> = { attributes: attributes(object, row, version) }
  for (const target of fields) {
    let at = result
    let current: number | undefined = row
    for (const parent of target.parents) {
      current = parent.row(current)
      if (current === undefined) {
        at[parent.name] = null
        break
      }
      const known = at[parent.name] as Record<string, unknown> | undefined
      const next = known ?? { attributes: attributes(objectNamed(schema, parent.object), current, version) }
      at[parent.name] = next
      at = next
    }
    if (current !== undefined) at[target.field.name] = written(target, target.field.get(current))
  }
  return result
}

function attributes(object: SchemaObject, row: number, version: string): { type: string; url: string } {
  const id = object.fields.get('id')?.get(row)
  return { type: object.name, url: `/services/data/${version}/sobjects/${object.name}/${id}` }
}

function written({ field }: ResolvedField, value: Value): Value {
  return field.type === 'datetime' && typeof value === 'number'
    ? new Date(value).toISOString().replace('Z', '+0000')
    : value
}
