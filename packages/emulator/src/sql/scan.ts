import { type CompileQuery, compile, truth } from './compile.ts'
import { type Compiled, everywhere, intersection } from './compiled.ts'
import { Scope } from './scope.ts'
import { SqlError, unsupported } from './sql-error.ts'
import type { Expression, Join, Select } from './statement.ts'
import type { Catalog, Range, Row, Tuple, Value } from './table.ts'

/** FROM, JOIN and WHERE of a statement, by partitions of its first table. */
export interface Scan {
  readonly scope: Scope
  readonly range: Range
  /** The rows of a partition that WHERE leaves, in no promised order. */
  tuples(partition: number): readonly Tuple[]
}

/** Adds to a tuple what a join finds for it. */
type Step = (tuple: Tuple) => readonly Tuple[]

export function scanOf(catalog: Catalog, statement: Select): Scan {
  const scope = new Scope(catalog)
  const first = scope.add(statement.from)
  const steps = statement.joins.map((join) => joinStep(scope, join))
  const where = statement.where && condition(statement.where, scope)
  return {
    scope,
    range: intersection({ first: 0, end: first.partitions }, where?.hull ?? everywhere),
    tuples(partition) {
      let tuples: readonly Tuple[] = first.rowsOf(partition).map((row): Tuple => [row])
      for (const step of steps) tuples = tuples.flatMap(step)
      return where ? tuples.filter((tuple) => where.evaluate(tuple) === true) : tuples
    },
  }
}

function condition(expression: Expression, scope: Scope): Compiled {
  const compiled = compile(expression, scope, membership(scope.catalog))
  if (compiled.type === 'boolean' || compiled.constant?.value === null) return compiled
  throw new SqlError('42804', 'argument of WHERE or ON must be type boolean')
}

/**
 * Joins go by an equality with a column that tells the partition of its values; further conditions may come with it. Every join is so
 * a look into one partition, never a pass over a table.
 */
function joinStep(scope: Scope, { kind, table: reference, on }: Join): Step {
  const table = scope.add(reference)
  const place = scope.size - 1
  const conditions = (on.type === 'and' ? on.operands : [on]).map((part) => ({ part, key: keyOf(part, scope, place) }))
  const found = conditions.find(({ key }) => key !== undefined)
  if (!found?.key) throw unsupported('a join without an equality on an id', reference.name.at)
  const { partitionOf, value, get } = found.key
  const rest = conditions.filter((other) => other !== found).map(({ part }) => condition(part, scope))

  // The rows of the partition looked at last, by the column the join goes by.
  let known = new Map<Value, Row[]>()
  const rowsWith = (wanted: Value): readonly Row[] => {
    const found = known.get(wanted)
    if (found) return found
    const partition = wanted === null ? undefined : partitionOf(String(wanted))
    if (partition === undefined || partition >= table.partitions) return []
    known = Map.groupBy(table.rowsOf(partition), get)
    return known.get(wanted) ?? []
  }

  return (tuple) => {
    const wanted = value.evaluate(tuple)
    const wider = wanted === null ? [] : rowsWith(wanted).map((row): Tuple => [...tuple, row])
    const matches =
      rest.length === 0 ? wider : wider.filter((each) => rest.every(({ evaluate }) => evaluate(each) === true))
    return matches.length === 0 && kind === 'left' ? [[...tuple, null]] : matches
  }
}

interface Key {
  readonly partitionOf: (value: string) => number | undefined
  readonly get: (row: Row) => Value
  readonly value: Compiled
}

function keyOf(part: Expression, scope: Scope, place: number): Key | undefined {
  if (part.type !== 'comparison' || part.operator !== '=') return undefined
  const sides = [part.left, part.right].map((side) => compile(side, scope, noQuery))
  for (const [inner, value] of [sides, sides.toReversed()]) {
    const column = inner?.column
    if (column?.table !== place || !column.column.partitionOf || !value || value.column?.table === place) continue
    if (value.type !== column.column.type) continue
    return { partitionOf: column.column.partitionOf, get: column.column.get, value }
  }
  return undefined
}

const noQuery: CompileQuery = (_, __, at) => {
  throw unsupported('a query in a join condition', at)
}

/**
 * `x IN (SELECT y …)`: y tells the partition of its values, so only the partition of x is looked at, and only once for all rows of it.
 */
export function membership(catalog: Catalog): CompileQuery {
  return (operand, query, at) => {
    const scan = scanOf(catalog, query)
    const [item, another] = query.items
    if (!item || another) throw new SqlError('42601', 'subquery must return only one column', at)
    const more = query.groupBy.length + query.orderBy.length + query.offset > 0 || query.limit !== undefined
    if (more) throw unsupported('GROUP BY, ORDER BY or LIMIT behind IN', at)
    const wanted = compile(item.expression, scan.scope, noQuery)
    const column = wanted.column?.table === 0 ? wanted.column.column : undefined
    const partitionOf = column?.partitionOf
    if (!column || !partitionOf || operand.type !== column.type) throw unsupported('this query behind IN', at)

    let known = { partition: -1, values: new Set<unknown>() }
    let last: { value: unknown; found: boolean } | undefined
    const follows = operand.column?.table === 0 && operand.column.column.partitionOf !== undefined
    return truth(
      (tuple) => {
        const value = operand.evaluate(tuple)
        if (value === null) return null
        if (last?.value === value) return last.found
        const partition = partitionOf(String(value))
        if (partition === undefined || partition < scan.range.first || partition >= scan.range.end) return false
        if (known.partition !== partition) {
          known = { partition, values: new Set(scan.tuples(partition).map((inner) => wanted.evaluate(inner))) }
        }
        last = { value, found: known.values.has(value) }
        return last.found
      },
      follows ? scan.range : everywhere,
    )
  }
}
