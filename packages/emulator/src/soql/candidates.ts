import { valueFor } from './condition.ts'
import type { Condition, Literal } from './query.ts'
import { resolve, type Schema, type SchemaObject } from './schema.ts'

/**
 * The rows a condition may hold for, ascending: by an index where a condition that must hold names one, else by the
 * narrowest range of rows. Every row still has to be tested.
 */
export function candidates(schema: Schema, object: SchemaObject, where: Condition | undefined): Iterable<number> {
  if (!where) return object.rows(0, object.bound)
  const { first, end } = rangeOf(schema, object, where)
  const found = byIndex(schema, object, where)
  return found ? found.filter((row) => row >= first && row < end) : object.rows(first, Math.max(first, end))
}

/** Half-open; empty where `end <= first`. */
interface Range {
  readonly first: number
  readonly end: number
}

function rangeOf(schema: Schema, object: SchemaObject, condition: Condition): Range {
  const everything = { first: 0, end: object.bound }
  switch (condition.type) {
    case 'and':
      return condition.operands
        .map((operand) => rangeOf(schema, object, operand))
        .reduce((a, b) => ({ first: Math.max(a.first, b.first), end: Math.min(a.end, b.end) }))
    case 'or':
      return condition.operands
        .map((operand) => rangeOf(schema, object, operand))
        .reduce((a, b) => (isEmpty(a) ? b : isEmpty(b) ? a : hull(a, b)))
    case 'compare': {
      const { operator, path } = condition
      const range = path.length === 1 ? object.ranges.get((path[0] as string).toLowerCase()) : undefined
      if (!range || operator === '!=') return everything
      const value = valueFor(resolve(schema, object, path), condition.value)
      if (value === null) return range.neverEmpty ? { first: 0, end: 0 } : everything
      return {
        first: operator.startsWith('<') ? 0 : range.atLeast(value),
        end: operator.startsWith('>') ? object.bound : range.atMost(value),
      }
    }
    default:
      return everything
  }
}

function hull(a: Range, b: Range): Range {
  return { first: Math.min(a.first, b.first), end: Math.max(a.end, b.end) }
}

function isEmpty({ first, end }: Range): boolean {
  return end <= first
}

/** The rows of the most selective index among the conditions that must all hold; undefined where there is none. */
function byIndex(schema: Schema, object: SchemaObject, condition: Condition): readonly number[] | undefined {
  if (condition.type === 'and') {
    return condition.operands
      .map((operand) => byIndex(schema, object, operand))
      .reduce((best, rows) => (!best || (rows && rows.length < best.length) ? rows : best))
  }
  if (condition.type !== 'compare' && condition.type !== 'in') return undefined
  const { path } = condition
  const lookup = path.length === 1 ? object.indexes.get((path[0] as string).toLowerCase()) : undefined
  const literals = wantedLiterals(condition)
  if (!lookup || !literals) return undefined
  const target = resolve(schema, object, path)
  const values = literals.map((literal) => valueFor(target, literal))
  // An index does not know empty fields.
  if (!values.every((value) => typeof value === 'string')) return undefined
  return [...new Set(values.flatMap((value) => lookup(value)))].sort((a, b) => a - b)
}

function wantedLiterals(condition: Extract<Condition, { type: 'compare' | 'in' }>): readonly Literal[] | undefined {
  if (condition.type === 'in') return condition.negated ? undefined : condition.values
  return condition.operator === '=' ? [condition.value] : undefined
}
