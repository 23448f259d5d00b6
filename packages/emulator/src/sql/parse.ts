import { Cursor } from './cursor.ts'
import { expression } from './parse-expression.ts'
import { syntaxError } from './sql-error.ts'
import type { Expression, Join, Name, OrderItem, Select, SelectItem, TableReference } from './statement.ts'
import { type Parameters, tokenize } from './tokens.ts'

/**
 * Reads one SELECT. What it does not understand is an error, never ignored.
 *
 * @throws SqlError `42601` and others
 */
export function parse(text: string, parameters?: Parameters): Select {
  const cursor = new Cursor(text, tokenize(text, parameters), select)
  const statement = select(cursor)
  cursor.symbol(';')
  if (cursor.token.type !== 'end') throw cursor.unexpected()
  return statement
}

function select(cursor: Cursor): Select {
  cursor.expectWord('SELECT')
  const items = listOf(cursor, selectItem)
  cursor.expectWord('FROM')
  const from = tableReference(cursor)
  const joins: Join[] = []
  for (let found = join(cursor); found; found = join(cursor)) joins.push(found)
  const where = cursor.word('WHERE') ? expression(cursor) : undefined
  const groupBy = cursor.words('GROUP', 'BY') ? listOf(cursor, expression) : []
  const orderBy = cursor.words('ORDER', 'BY') ? listOf(cursor, orderItem) : []
  const limit = cursor.word('LIMIT') ? wholeNumber(cursor) : undefined
  const offset = cursor.word('OFFSET') ? wholeNumber(cursor) : 0
  return { items, from, joins, where, groupBy, orderBy, limit, offset }
}

function listOf<T>(cursor: Cursor, item: (cursor: Cursor) => T): T[] {
  const list = [item(cursor)]
  while (cursor.symbol(',')) list.push(item(cursor))
  return list
}

function selectItem(cursor: Cursor): SelectItem {
  const { at } = cursor.token
  const value: Expression = expression(cursor)
  const text = cursor.textFrom(at)
  return { expression: value, alias: aliasOf(cursor), text }
}

function tableReference(cursor: Cursor): TableReference {
  return { name: cursor.name(), alias: aliasOf(cursor) }
}

/** `AS name`, or a name that no keyword is. */
function aliasOf(cursor: Cursor): Name | undefined {
  if (cursor.word('AS')) return cursor.name()
  return cursor.atName() ? cursor.name() : undefined
}

function join(cursor: Cursor): Join | undefined {
  const left = cursor.word('LEFT')
  if (left) cursor.word('OUTER')
  const inner = !left && cursor.word('INNER')
  if (!cursor.word('JOIN')) {
    if (left || inner) throw cursor.unexpected()
    return undefined
  }
  const table = tableReference(cursor)
  cursor.expectWord('ON')
  return { kind: left ? 'left' : 'inner', table, on: expression(cursor) }
}

function orderItem(cursor: Cursor): OrderItem {
  const value = expression(cursor)
  const descending = cursor.word('DESC')
  if (!descending) cursor.word('ASC')
  if (cursor.words('NULLS', 'FIRST')) return { expression: value, descending, nullsFirst: true }
  if (cursor.words('NULLS', 'LAST')) return { expression: value, descending, nullsFirst: false }
  return { expression: value, descending, nullsFirst: descending }
}

function wholeNumber(cursor: Cursor): number {
  const { token } = cursor
  if (token.type !== 'literal' || typeof token.value !== 'number' || !Number.isSafeInteger(token.value)) {
    throw syntaxError(`a whole number is expected instead of "${token.text}"`, token.at)
  }
  cursor.advance()
  return token.value
}
