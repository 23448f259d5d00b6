import type { ComparisonOperator } from './statement.ts'
import type { Column, Range, SqlType, Tuple, Value } from './table.ts'

/** An expression ready to be evaluated. Truth has three values: null is unknown. */
export interface Compiled {
  /** Undefined for a literal whose type its surroundings decide. */
  readonly type: SqlType | undefined
  readonly evaluate: (tuple: Tuple) => Value
  /** Set where it is a constant. */
  readonly constant?: { readonly value: Value }
  /** Set where it is a column. */
  readonly column?: { readonly table: number; readonly column: Column }
  /** Never null. */
  readonly required: boolean
  /** Partitions of the first table outside which it is certainly not true. */
  readonly hull: Range
  /** Where it may compare so with a value, for what is made of columns. */
  readonly bounds?: (operator: ComparisonOperator, value: NonNullable<Value>) => Range
}

export const everywhere: Range = { first: 0, end: Number.POSITIVE_INFINITY }
export const nowhere: Range = { first: 0, end: 0 }

export function intersection(a: Range, b: Range): Range {
  const first = Math.max(a.first, b.first)
  return { first, end: Math.max(first, Math.min(a.end, b.end)) }
}

/** The smallest range that holds both. */
export function union(a: Range, b: Range): Range {
  if (a.end <= a.first) return b
  if (b.end <= b.first) return a
  return { first: Math.min(a.first, b.first), end: Math.max(a.end, b.end) }
}

/** Orders two values of a type; null is handled by who asks. */
export function compare(a: NonNullable<Value>, b: NonNullable<Value>, type: SqlType): number {
  if (type === 'numeric' || type === 'bigint') return Number(a) - Number(b)
  return a < b ? -1 : a > b ? 1 : 0
}
