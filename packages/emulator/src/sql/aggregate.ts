import { type CompileQuery, compile } from './compile.ts'
import { type Compiled, compare } from './compiled.ts'
import { throughParts } from './result.ts'
import type { Scan } from './scan.ts'
import { SqlError } from './sql-error.ts'
import type { Expression, Select } from './statement.ts'
import type { SqlType, Tuple, Value } from './table.ts'

/** Groups that are held at once. */
const mostGroups = 1_000_000

/** One column of a grouped result: a key of the group, or something gathered over it. */
interface Output {
  readonly type: SqlType
  /** Undefined for a key. */
  readonly gather: (() => Gatherer) | undefined
  readonly key: number
}

interface Gatherer {
  add(tuple: Tuple): void
  /** The partition is over. */
  endPart(): void
  value(): Value
}

export function isAggregate(statement: Select): boolean {
  return statement.groupBy.length > 0 || statement.items.some(({ expression }) => expression.type === 'aggregate')
}

export interface Grouped {
  readonly types: readonly SqlType[]
  readonly rows: readonly (readonly Value[])[]
}

/** Works a grouped statement off, in one pass over the partitions. */
export function grouping(scan: Scan, statement: Select, queries: CompileQuery): () => Promise<Grouped> {
  const compiled = (expression: Expression): Compiled => compile(expression, scan.scope, queries)
  const keys = statement.groupBy.map(compiled)
  const outputs = statement.items.map(({ expression, text }): Output => {
    if (expression.type === 'aggregate') {
      const operand = expression.operand && compiled(expression.operand)
      const { aggregate, distinct } = expression
      const type = aggregate === 'count' ? 'bigint' : (operand?.type ?? 'varchar')
      return { type, key: -1, gather: () => gatherer(aggregate, distinct, operand) }
    }
    const wanted = JSON.stringify(place(expression, compiled))
    const key = statement.groupBy.findIndex((candidate) => JSON.stringify(place(candidate, compiled)) === wanted)
    if (key < 0) throw new SqlError('42803', `column "${text}" must appear in the GROUP BY clause`)
    return { type: keys[key]?.type ?? 'varchar', key, gather: undefined }
  })

  return async () => {
    const groups = new Map<string, { keys: readonly Value[]; gatherers: readonly (Gatherer | undefined)[] }>()
    const groupOf = (values: readonly Value[]): { readonly gatherers: readonly (Gatherer | undefined)[] } => {
      const id = JSON.stringify(values)
      const known = groups.get(id)
      if (known) return known
      if (groups.size >= mostGroups) throw new SqlError('54000', `the simulated engine keeps ${mostGroups} groups`)
      const fresh = { keys: values, gatherers: outputs.map(({ gather }) => gather?.()) }
      groups.set(id, fresh)
      return fresh
    }
    // Without GROUP BY there is one group, even of nothing.
    if (keys.length === 0) groupOf([])
    const { first, end } = scan.range
    await throughParts(end - first, (part) => {
      const touched = new Set<readonly (Gatherer | undefined)[]>()
      for (const tuple of scan.tuples(first + part)) {
        const { gatherers } = groupOf(keys.map(({ evaluate }) => evaluate(tuple)))
        for (const one of gatherers) one?.add(tuple)
        touched.add(gatherers)
      }
      for (const gatherers of touched) for (const one of gatherers) one?.endPart()
      return undefined
    })
    const rows = Array.from(groups.values(), (group) =>
      outputs.map(({ key }, k) => group.gatherers[k]?.value() ?? (key < 0 ? null : (group.keys[key] as Value))),
    )
    return { types: outputs.map(({ type }) => type), rows }
  }
}

/** What an expression is, whichever way it was written. */
function place(expression: Expression, compiled: (expression: Expression) => Compiled): unknown {
  const column = compiled(expression).column
  return column ? [column.table, column.column.name] : expression
}

function gatherer(aggregate: 'count' | 'min' | 'max', distinct: boolean, operand: Compiled | undefined): Gatherer {
  if (aggregate !== 'count') return extreme(aggregate, operand as Compiled)
  let count = 0
  if (!operand || !distinct) {
    const counts = (tuple: Tuple): boolean => !operand || operand.evaluate(tuple) !== null
    return { add: (tuple) => void (counts(tuple) && count++), endPart: () => undefined, value: () => count }
  }
  // Where values do not cross partitions, each can be forgotten at the end of its own.
  const local = operand.column?.table === 0 && operand.column.column.partitionOf !== undefined
  const seen = new Set<Value>()
  return {
    add(tuple) {
      const value = operand.evaluate(tuple)
      if (value !== null) seen.add(value)
    },
    endPart() {
      if (!local) return
      count += seen.size
      seen.clear()
    },
    value: () => count + seen.size,
  }
}

function extreme(aggregate: 'min' | 'max', { evaluate, type = 'varchar' }: Compiled): Gatherer {
  let found: Value = null
  return {
    add(tuple) {
      const value = evaluate(tuple)
      if (value === null) return
      const order = found === null ? 0 : compare(value, found, type)
      if (found === null || (aggregate === 'min' ? order < 0 : order > 0)) found = value
    },
    endPart: () => undefined,
    value: () => found,
  }
}
