import { hash32 } from '../random.ts'
import { type Compiled, compare } from './compiled.ts'
import { throughParts } from './result.ts'
import type { Scan } from './scan.ts'
import { SqlError } from './sql-error.ts'
import type { Tuple, Value } from './table.ts'

export interface OrderKey {
  readonly compiled: Compiled
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/** Partitions in the order of their rows, each with its rows in order. */
export interface Ordered {
  readonly length: number
  /** How many rows a part has, in whatever order. */
  size(part: number): number
  tuples(part: number): readonly Tuple[]
}

/** Rows that are sorted in memory when the order has nothing to do with conversations. */
const mostSorted = 300_000

/**
 * Rows in the order asked for. Where that follows the partitions, or goes by what all rows of a partition have in common, only one
 * partition is ever sorted at a time; otherwise all rows are, up to a bound.
 *
 * Without an order, `shuffle` makes another one for each of its values.
 *
 * @throws SqlError `54000` beyond it
 */
export async function ordered(scan: Scan, keys: readonly OrderKey[], shuffle?: number): Promise<Ordered> {
  const { first, end } = scan.range
  const length = end - first
  const order = comparatorOf(keys)
  const sorted = (partition: number): readonly Tuple[] => {
    const tuples = scan.tuples(partition)
    return keys.length === 0 ? tuples : tuples.toSorted(order)
  }
  const [leading] = keys
  const along = (partitionOf: (part: number) => number, parts: number = length): Ordered => ({
    length: parts,
    size: (part) => scan.tuples(partitionOf(part)).length,
    tuples: (part) => sorted(partitionOf(part)),
  })
  if (!leading) {
    const turned = shuffle === undefined ? 0 : hash32(shuffle, length) % Math.max(1, length)
    return along((part) => first + ((part + turned) % length))
  }
  const column = leading.compiled.column
  if (column?.table === 0 && column.column.ascending && column.column.required) {
    return along((part) => (leading.descending ? end - 1 - part : first + part))
  }
  const partitions = await byPartition(scan, order)
  return partitions ? along((part) => partitions[part] as number, partitions.length) : await inMemory(scan, order)
}

function comparatorOf(keys: readonly OrderKey[]): (a: Tuple, b: Tuple) => number {
  return (a, b) => {
    for (const { compiled, descending, nullsFirst } of keys) {
      const found = compareValues(compiled.evaluate(a), compiled.evaluate(b), compiled, descending, nullsFirst)
      if (found !== 0) return found
    }
    return 0
  }
}

export function compareValues(
  a: Value,
  b: Value,
  { type = 'varchar' }: Pick<Compiled, 'type'>,
  descending: boolean,
  nullsFirst: boolean,
): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === nullsFirst ? -1 : 1
  return descending ? compare(b, a, type) : compare(a, b, type)
}

/** Orders whole partitions by their first rows; undefined where the rows of two mingle. */
async function byPartition(
  { range, tuples }: Scan,
  order: (a: Tuple, b: Tuple) => number,
): Promise<Uint32Array | undefined> {
  const spans: { partition: number; least: Tuple; most: Tuple }[] = []
  await throughParts(range.end - range.first, (part) => {
    let [least, most]: [Tuple?, Tuple?] = []
    for (const tuple of tuples(range.first + part)) {
      if (least === undefined || order(tuple, least) < 0) least = tuple
      if (most === undefined || order(tuple, most) >= 0) most = tuple
    }
    if (least && most) spans.push({ partition: range.first + part, least, most })
    return undefined
  })
  spans.sort((a, b) => order(a.least, b.least))
  const mingled = spans.some(({ least }, k) => k > 0 && order((spans[k - 1] as { most: Tuple }).most, least) > 0)
  if (mingled) return undefined
  return Uint32Array.from(spans, ({ partition }) => partition)
}

async function inMemory({ range, tuples }: Scan, order: (a: Tuple, b: Tuple) => number): Promise<Ordered> {
  const all: Tuple[] = []
  await throughParts(range.end - range.first, (part) => {
    for (const tuple of tuples(range.first + part)) all.push(tuple)
    if (all.length > mostSorted) {
      throw new SqlError('54000', `the simulated engine sorts no more than ${mostSorted} rows that mingle`)
    }
    return undefined
  })
  all.sort(order)
  return { length: 1, size: () => all.length, tuples: () => all }
}
