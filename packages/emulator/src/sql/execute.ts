import { grouping, isAggregate } from './aggregate.ts'
import { compile } from './compile.ts'
import type { Compiled } from './compiled.ts'
import { compareValues, type OrderKey, ordered } from './order.ts'
import { parse } from './parse.ts'
import { type Parts, Result, type ResultColumn } from './result.ts'
import { membership, type Scan, scanOf } from './scan.ts'
import { SqlError } from './sql-error.ts'
import type { Expression, OrderItem, Select, SelectItem } from './statement.ts'
import type { Catalog, Tuple, Value } from './table.ts'
import type { Parameters } from './tokens.ts'

export interface ExecuteOptions {
  readonly parameters?: Parameters | undefined
  /** What decides over the order of rows where the statement does not. @defaultValue as they are */
  readonly shuffle?: number | undefined
}

/**
 * Runs a statement: everything wrong with it is known when this returns, its rows are made as they are read.
 *
 * @throws SqlError
 */
export async function execute(catalog: Catalog, text: string, options: ExecuteOptions = {}): Promise<Result> {
  const statement = parse(text, options.parameters)
  const scan = scanOf(catalog, statement)
  const { limit, offset } = statement
  const { columns, parts } = await (isAggregate(statement)
    ? groups(scan, statement)
    : plain(scan, statement, options.shuffle))
  return new Result(columns, parts, limit, offset)
}

interface Rows {
  readonly columns: readonly ResultColumn[]
  readonly parts: Parts
}

async function plain(scan: Scan, statement: Select, shuffle: number | undefined): Promise<Rows> {
  const compiled = (expression: Expression): Compiled => compile(expression, scan.scope, membership(scan.scope.catalog))
  const items = statement.items.map(({ expression }) => compiled(expression))
  const keys = statement.orderBy.map((item): OrderKey => {
    const place = outputOf(item, statement.items)
    return { ...item, compiled: place === undefined ? compiled(item.expression) : (items[place] as Compiled) }
  })
  const columns = statement.items.map((item, k) => ({ name: nameOf(item), type: items[k]?.type ?? 'varchar' }))
  const { length, size, tuples } = await ordered(scan, keys, shuffle)
  // A page asks for many rows of one part.
  let latest: { part: number; tuples: readonly Tuple[] } | undefined
  const tuplesOf = (part: number): readonly Tuple[] => {
    if (latest?.part !== part) latest = { part, tuples: tuples(part) }
    return latest.tuples
  }
  const values = (part: number, row: number): readonly Value[] =>
    items.map(({ evaluate }) => evaluate(tuplesOf(part)[row] as Tuple))
  return {
    columns,
    parts: { length, size: (part) => (latest?.part === part ? latest.tuples.length : size(part)), values },
  }
}

async function groups(scan: Scan, statement: Select): Promise<Rows> {
  const keys = statement.orderBy.map((item) => ({ ...item, place: outputOf(item, statement.items) }))
  if (keys.some(({ place }) => place === undefined)) {
    throw new SqlError('42803', 'a grouped query is ordered by its own columns')
  }
  const { types, rows } = await grouping(scan, statement, membership(scan.scope.catalog))()
  const columns = statement.items.map((item, k) => ({ name: nameOf(item), type: types[k] ?? 'varchar' }))
  const inOrder = rows.toSorted((a, b) => {
    for (const { place = 0, descending, nullsFirst } of keys) {
      const column = { type: types[place] }
      const found = compareValues(a[place] as Value, b[place] as Value, column, descending, nullsFirst)
      if (found !== 0) return found
    }
    return 0
  })
  return { columns, parts: { length: 1, size: () => inOrder.length, values: (_, row) => inOrder[row] ?? [] } }
}

/** Which output an ORDER BY item means: by position, by alias, or by being written the same. */
function outputOf({ expression }: OrderItem, items: readonly SelectItem[]): number | undefined {
  if (expression.type === 'literal') {
    const place = Number(expression.value) - 1
    if (!items[place]) throw new SqlError('42P10', `ORDER BY position ${expression.value} is not in select list`)
    return place
  }
  const place = items.findIndex(({ alias, expression: written }) =>
    expression.type === 'column' && expression.table === undefined
      ? alias?.text.toLowerCase() === expression.name.text.toLowerCase() || alike(written, expression)
      : alike(written, expression),
  )
  return place < 0 ? undefined : place
}

function alike(a: Expression, b: Expression): boolean {
  // Where things stand in the text is no part of what they are.
  const bare = (expression: Expression): string =>
    JSON.stringify(expression, (key, value: unknown) => (key === 'at' ? undefined : value)).toLowerCase()
  return bare(a) === bare(b)
}

/** Columns are called by their alias, else as they were written, without their table. */
function nameOf({ alias, expression, text }: SelectItem): string {
  if (alias) return alias.text
  if (expression.type === 'column') return expression.name.text
  return expression.type === 'aggregate' ? expression.aggregate : text
}
