import type { Cursor } from './cursor.ts'
import { unsupported } from './sql-error.ts'
import type { ComparisonOperator, Expression, Literal } from './statement.ts'

/** Loosest first: OR, AND, NOT, predicates, values. */
export function expression(cursor: Cursor): Expression {
  return chain(cursor, 'or', () => chain(cursor, 'and', () => negation(cursor)))
}

function chain(cursor: Cursor, type: 'and' | 'or', operand: () => Expression): Expression {
  const operands = [operand()]
  while (cursor.word(type.toUpperCase())) operands.push(operand())
  return operands.length === 1 ? (operands[0] as Expression) : { type, operands }
}

function negation(cursor: Cursor): Expression {
  return cursor.word('NOT') ? { type: 'not', operand: negation(cursor) } : predicate(cursor)
}

const operators: ReadonlyMap<string, ComparisonOperator> = new Map([
  ['=', '='],
  ['<>', '<>'],
  ['!=', '<>'],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
])

function predicate(cursor: Cursor): Expression {
  const left = value(cursor)
  const { token } = cursor
  const operator = token.type === 'symbol' ? operators.get(token.text) : undefined
  if (operator) {
    cursor.advance()
    return { type: 'comparison', operator, left, right: value(cursor), at: token.at }
  }
  if (cursor.word('IS')) {
    const negated = cursor.word('NOT')
    if (cursor.word('NULL')) return { type: 'is-null', operand: left, negated }
    if (cursor.words('DISTINCT', 'FROM')) return { type: 'distinct', left, right: value(cursor), negated }
    throw cursor.unexpected()
  }
  const negated = cursor.word('NOT')
  const found = cursor.word('IN')
    ? membership(cursor, left)
    : cursor.word('BETWEEN')
      ? between(cursor, left)
      : undefined
  if (found) return negated ? { type: 'not', operand: found } : found
  if (negated || cursor.word('LIKE')) throw unsupported('this predicate', token.at)
  return left
}

function membership(cursor: Cursor, operand: Expression): Expression {
  const { at } = cursor.token
  cursor.expectSymbol('(')
  if (cursor.token.text.toUpperCase() === 'SELECT') {
    const query = cursor.query()
    cursor.expectSymbol(')')
    return { type: 'in-query', operand, query, at }
  }
  const list = [value(cursor)]
  while (cursor.symbol(',')) list.push(value(cursor))
  cursor.expectSymbol(')')
  return { type: 'in-list', operand, list }
}

function between(cursor: Cursor, operand: Expression): Expression {
  const { at } = cursor.token
  const low = value(cursor)
  cursor.expectWord('AND')
  const high = value(cursor)
  return {
    type: 'and',
    operands: [
      { type: 'comparison', operator: '>=', left: operand, right: low, at },
      { type: 'comparison', operator: '<=', left: operand, right: high, at },
    ],
  }
}

function value(cursor: Cursor): Expression {
  let found = primary(cursor)
  while (cursor.symbol('::')) found = cast(cursor, found)
  return found
}

function primary(cursor: Cursor): Expression {
  const { token } = cursor
  if (cursor.symbol('(')) {
    const inner = expression(cursor)
    cursor.expectSymbol(')')
    return inner
  }
  if (cursor.symbol('-')) {
    const number = cursor.token
    if (number.type !== 'literal' || typeof number.value !== 'number') throw cursor.unexpected()
    cursor.advance()
    return { type: 'literal', value: -number.value, at: token.at }
  }
  if (token.type === 'literal') {
    cursor.advance()
    return { type: 'literal', value: token.value, at: token.at }
  }
  if (cursor.word('CAST')) {
    cursor.expectSymbol('(')
    const inner = expression(cursor)
    cursor.expectWord('AS')
    const made = cast(cursor, inner)
    cursor.expectSymbol(')')
    return made
  }
  const constant = constantOf(cursor)
  if (constant !== undefined) return { type: 'literal', value: constant, at: token.at }
  if (cursor.atCall()) return call(cursor)
  const typed = typedLiteral(cursor)
  if (typed) return typed
  const first = cursor.name()
  return cursor.symbol('.')
    ? { type: 'column', table: first, name: cursor.name() }
    : { type: 'column', table: undefined, name: first }
}

function constantOf(cursor: Cursor): Literal | undefined {
  if (cursor.word('NULL')) return null
  if (cursor.word('TRUE')) return true
  return cursor.word('FALSE') ? false : undefined
}

/** `TIMESTAMP '…'` and its longer spellings. */
function typedLiteral(cursor: Cursor): Expression | undefined {
  const { token } = cursor
  if (token.type !== 'name' || token.quoted || !/^(?:timestamp|timestamptz|date)$/i.test(token.text)) return undefined
  const operandOf = (): Expression => {
    const literal = cursor.token
    if (literal.type !== 'literal') throw cursor.unexpected()
    cursor.advance()
    return { type: 'literal', value: literal.value, at: literal.at }
  }
  cursor.advance()
  cursor.words('WITH', 'TIME', 'ZONE')
  return { type: 'timestamp', operand: operandOf(), at: token.at }
}

function cast(cursor: Cursor, operand: Expression): Expression {
  const { at } = cursor.token
  const type = cursor.name().text.toLowerCase()
  cursor.words('WITH', 'TIME', 'ZONE')
  if (type !== 'timestamp' && type !== 'timestamptz') throw unsupported(`a cast to ${type}`, at)
  return { type: 'timestamp', operand, at }
}

function call(cursor: Cursor): Expression {
  const { token } = cursor
  const name = token.text.toLowerCase()
  cursor.advance()
  cursor.expectSymbol('(')
  if (name === 'coalesce') {
    const operands = [expression(cursor)]
    while (cursor.symbol(',')) operands.push(expression(cursor))
    cursor.expectSymbol(')')
    return { type: 'coalesce', operands }
  }
  if (name !== 'count' && name !== 'min' && name !== 'max') throw unsupported(`the function ${name}`, token.at)
  const all = name === 'count' && cursor.symbol('*')
  const distinct = !all && cursor.word('DISTINCT')
  const operand = all ? undefined : expression(cursor)
  cursor.expectSymbol(')')
  return { type: 'aggregate', aggregate: name, operand, distinct }
}
