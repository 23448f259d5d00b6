import { type Compiled, compare, everywhere, intersection, nowhere, union } from './compiled.ts'
import type { Scope } from './scope.ts'
import { SqlError, unsupported } from './sql-error.ts'
import type { ComparisonOperator, Expression, Select } from './statement.ts'
import type { Range, SqlType, Value } from './table.ts'
import { timestampOf } from './timestamp.ts'

/** Compiles the query behind an IN. */
export type CompileQuery = (operand: Compiled, query: Select, at: number) => Compiled

/** @throws SqlError for names that do not exist, types that do not fit, and whatever the engine does not know */
export function compile(expression: Expression, scope: Scope, queries: CompileQuery): Compiled {
  const recur = (inner: Expression): Compiled => compile(inner, scope, queries)
  switch (expression.type) {
    case 'literal':
      return constant(expression.value, expression.value === null ? undefined : literalTypes[typeof expression.value])
    case 'column': {
      const found = scope.resolve(expression.table, expression.name)
      const { table, column } = found
      return {
        type: column.type,
        evaluate: (tuple) => {
          const row = tuple[table]
          return row ? column.get(row) : null
        },
        column: found,
        // The first table is on no optional side of a join.
        required: table === 0 && column.required,
        hull: everywhere,
      }
    }
    case 'comparison':
      return comparison(expression.operator, recur(expression.left), recur(expression.right), expression.at)
    case 'distinct': {
      const [left, right, type] = aligned(recur(expression.left), recur(expression.right), undefined)
      return truth((tuple) => {
        const [a, b] = [left.evaluate(tuple), right.evaluate(tuple)]
        const equal = a === null || b === null ? a === b : compare(a, b, type) === 0
        return equal === expression.negated
      })
    }
    case 'and':
    case 'or':
      return junction(expression.type, expression.operands.map(recur))
    case 'not': {
      const operand = compile(expression.operand, scope, (_, __, at) => {
        // Whether a list holds a null is not looked at, and under NOT it would matter.
        throw unsupported('NOT IN (SELECT …)', at)
      })
      return truth((tuple) => {
        const value = operand.evaluate(tuple)
        return value === null ? null : value !== true
      })
    }
    case 'is-null': {
      const { evaluate, required } = recur(expression.operand)
      const { negated } = expression
      return truth((tuple) => (evaluate(tuple) === null) !== negated, required && !negated ? nowhere : everywhere)
    }
    case 'in-list': {
      const operand = recur(expression.operand)
      return junction(
        'or',
        expression.list.map((item) => comparison('=', operand, recur(item), undefined)),
      )
    }
    case 'in-query':
      return queries(recur(expression.operand), expression.query, expression.at)
    case 'coalesce':
      return coalesce(expression.operands.map(recur))
    case 'timestamp': {
      const operand = recur(expression.operand)
      if (operand.type === 'timestamptz') return operand
      if (typeof operand.constant?.value !== 'string') throw unsupported('a cast of this value', expression.at)
      return constant(timestampOf(operand.constant.value, expression.at), 'timestamptz')
    }
    case 'aggregate':
      throw new SqlError('42803', 'aggregate functions are not allowed here')
  }
}

const literalTypes: Readonly<Record<string, SqlType | undefined>> = { number: 'numeric', boolean: 'boolean' }

export function constant(value: Value, type: SqlType | undefined): Compiled {
  return { type, evaluate: () => value, constant: { value }, required: value !== null, hull: everywhere }
}

export function truth(evaluate: Compiled['evaluate'], hull: Range = everywhere): Compiled {
  return { type: 'boolean', evaluate, required: false, hull }
}

function junction(type: 'and' | 'or', operands: readonly Compiled[]): Compiled {
  const decisive = type === 'or'
  const hulls = operands.map(({ hull }) => hull)
  return truth(
    (tuple) => {
      let result: boolean | null = !decisive
      for (const { evaluate } of operands) {
        const value = evaluate(tuple)
        if (value === decisive) return decisive
        if (value === null) result = null
      }
      return result
    },
    decisive ? hulls.reduce(union, nowhere) : hulls.reduce(intersection, everywhere),
  )
}

const tests: Readonly<Record<ComparisonOperator, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

const mirrored: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}

function comparison(operator: ComparisonOperator, a: Compiled, b: Compiled, at: number | undefined): Compiled {
  const [left, right, type] = aligned(a, b, at)
  const test = tests[operator]
  const hull = right.constant
    ? hullOf(left, operator, right.constant.value)
    : left.constant
      ? hullOf(right, mirrored[operator], left.constant.value)
      : everywhere
  return truth((tuple) => {
    const [x, y] = [left.evaluate(tuple), right.evaluate(tuple)]
    return x === null || y === null ? null : test(compare(x, y, type))
  }, hull)
}

function hullOf(side: Compiled, operator: ComparisonOperator, value: Value): Range {
  if (value === null) return nowhere
  if (side.bounds) return side.bounds(operator, value)
  if (side.column?.table !== 0) return everywhere
  const { partitionOf, range } = side.column.column
  if (operator === '=' && partitionOf) {
    const place = partitionOf(String(value))
    return place === undefined ? nowhere : { first: place, end: place + 1 }
  }
  if (!range || operator === '<>') return everywhere
  return {
    first: operator === '<' || operator === '<=' ? 0 : range.atLeast(value),
    end: operator === '>' || operator === '>=' ? Number.POSITIVE_INFINITY : range.atMost(value),
  }
}

/** Gives literals the type of the other side. */
function aligned(a: Compiled, b: Compiled, at: number | undefined): readonly [Compiled, Compiled, SqlType] {
  const type = a.type ?? b.type ?? 'varchar'
  const [left, right] = [as(a, a.type ?? type, at), as(b, b.type ?? type, at)]
  const numbers = (candidate: SqlType | undefined): boolean => candidate === 'numeric' || candidate === 'bigint'
  if (left.type !== right.type && !(numbers(left.type) && numbers(right.type))) {
    throw new SqlError('42883', `operator does not exist: ${left.type} and ${right.type}`, at)
  }
  return [left, right, type]
}

/** A literal as a value of a type; anything else as it is. */
function as(side: Compiled, type: SqlType, at: number | undefined): Compiled {
  if (side.type !== undefined || !side.constant) return side
  const { value } = side.constant
  if (value === null || type === 'varchar') return constant(value, type)
  if (type === 'timestamptz') return constant(timestampOf(String(value), at), type)
  if (type === 'boolean') throw new SqlError('22P02', `invalid input syntax for type boolean: "${value}"`, at)
  if (!/^[+-]?\d+(?:\.\d+)?$/.test(String(value))) {
    throw new SqlError('22P02', `invalid input syntax for type ${type}: "${value}"`, at)
  }
  return constant(value, type)
}

function coalesce(operands: readonly Compiled[]): Compiled {
  const type = operands.find((operand) => operand.type !== undefined)?.type ?? 'varchar'
  const parts = operands.map((operand) => as(operand, type, undefined))
  if (parts.some((part) => part.type !== type)) throw new SqlError('42804', 'COALESCE types cannot be matched')
  // What stands behind one that is never null is never looked at.
  const certain = parts.findIndex(({ required }) => required)
  const used = certain < 0 ? parts : parts.slice(0, certain + 1)
  return {
    type,
    required: certain >= 0,
    hull: everywhere,
    bounds: (operator, value) => used.map((part) => hullOf(part, operator, value)).reduce(union, nowhere),
    evaluate(tuple) {
      for (const { evaluate } of used) {
        const value = evaluate(tuple)
        if (value !== null) return value
      }
      return null
    },
  }
}
