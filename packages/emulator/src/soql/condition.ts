import { looksLikeRecordId, withChecksum } from '../ids.ts'
import type { Condition, Literal, Operator } from './query.ts'
import { type ResolvedField, resolve, type Schema, type SchemaObject, type Value } from './schema.ts'
import { SoqlError } from './soql-error.ts'

export type Predicate = (row: number) => boolean

/**
 * Turns a condition into a test on a row, with every type checked beforehand.
 *
 * @throws SoqlError `INVALID_FIELD`, `INVALID_QUERY_FILTER_OPERATOR`
 */
export function compile(schema: Schema, object: SchemaObject, condition: Condition): Predicate {
  switch (condition.type) {
    case 'and': {
      const operands = condition.operands.map((operand) => compile(schema, object, operand))
      return (row) => operands.every((operand) => operand(row))
    }
    case 'or': {
      const operands = condition.operands.map((operand) => compile(schema, object, operand))
      return (row) => operands.some((operand) => operand(row))
    }
    case 'not': {
      const operand = compile(schema, object, condition.operand)
      return (row) => !operand(row)
    }
    case 'like': {
      const target = resolve(schema, object, condition.path)
      if (target.field.type !== 'string') throw wrongOperator(target, 'LIKE')
      const matches = likePattern(condition.pattern)
      return (row) => matches(target.get(row))
    }
    case 'in': {
      const target = resolve(schema, object, condition.path)
      const wanted = new Set(condition.values.map((value) => comparable(target, valueFor(target, value))))
      return (row) => wanted.has(comparable(target, target.get(row))) !== condition.negated
    }
    case 'compare': {
      const target = resolve(schema, object, condition.path)
      return comparison(target, condition.operator, valueFor(target, condition.value))
    }
  }
}

function comparison(target: ResolvedField, operator: Operator, raw: Value): Predicate {
  const wanted = comparable(target, raw)
  if (operator === '=') return (row) => comparable(target, target.get(row)) === wanted
  if (operator === '!=') return (row) => comparable(target, target.get(row)) !== wanted
  if (wanted === null || target.field.type === 'boolean') throw wrongOperator(target, operator)
  return (row) => {
    const value = comparable(target, target.get(row))
    // Nothing is less or more than an empty field.
    if (value === null) return false
    switch (operator) {
      case '<':
        return value < wanted
      case '<=':
        return value <= wanted
      case '>':
        return value > wanted
      case '>=':
        return value >= wanted
    }
  }
}

/** Text compares without regard to case; ids compare exactly, as their 18 characters. */
export function comparable({ field }: ResolvedField, value: Value): Value {
  return field.type === 'string' && typeof value === 'string' ? value.toLowerCase() : value
}

/** The value a literal stands for in a field. */
export function valueFor(target: ResolvedField, literal: Literal): Value {
  const { name, type } = target.field
  if (literal.type === 'null') return null
  if (type === 'id' && literal.type === 'string') {
    if (literal.value === '') return null
    if (!looksLikeRecordId(literal.value)) {
      throw new SoqlError('INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${name}`)
    }
    return withChecksum(literal.value.slice(0, 15))
  }
  // An empty string is the same as no value.
  if (type === 'string' && literal.type === 'string') return literal.value === '' ? null : literal.value
  if (type === literal.type) return literal.value
  const enclosed = type === 'string' || type === 'id' ? 'should be' : 'should not be'
  throw new SoqlError(
    'INVALID_FIELD',
    `value of filter criterion for field '${name}' must be of type ${type} and ${enclosed} enclosed in quotes`,
  )
}

/** `%` any characters, `_` any one; `\%` and `\_` themselves. Linear for each `%`, with no backtracking beyond it. */
function likePattern(pattern: string): (value: Value) => boolean {
  const parts: { readonly any?: 'one' | 'many'; readonly text?: string }[] = []
  for (let k = 0; k < pattern.length; k++) {
    const character = pattern[k] as string
    if (character === '\\') parts.push({ text: (pattern[++k] ?? '').toLowerCase() })
    else if (character === '%') parts.push({ any: 'many' })
    else if (character === '_') parts.push({ any: 'one' })
    else parts.push({ text: character.toLowerCase() })
  }
  return (value) => {
    if (typeof value !== 'string') return false
    const text = value.toLowerCase()
    let at = 0
    let part = 0
    let resumeAt = -1
    let resumePart = -1
    while (at < text.length) {
      const current = parts[part]
      if (current?.any === 'one' || (current?.text !== undefined && current.text === text[at])) {
        at += 1
        part += 1
      } else if (current?.any === 'many') {
        resumePart = ++part
        resumeAt = at
      } else if (resumePart >= 0) {
        part = resumePart
        at = ++resumeAt
      } else return false
    }
    while (parts[part]?.any === 'many') part += 1
    return part === parts.length
  }
}

function wrongOperator(target: ResolvedField, operator: string): SoqlError {
  return new SoqlError('INVALID_QUERY_FILTER_OPERATOR', `invalid operator ${operator} on field '${target.field.name}'`)
}
