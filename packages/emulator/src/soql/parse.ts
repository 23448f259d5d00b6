import type { Condition, FieldPath, Literal, Operator, Ordering, Query } from './query.ts'
import { malformed } from './soql-error.ts'
import { type Token, tokenize } from './tokens.ts'

/** Salesforce's limit on the length of a statement, in characters. */
const longestStatement = 100_000

/** How deep parentheses and NOTs may stand in one another. */
const deepestNesting = 100

/**
 * Parses the part of SOQL that is served: one object, fields and parent fields, COUNT(), WHERE, ORDER BY, LIMIT, OFFSET.
 *
 * @throws SoqlError `MALFORMED_QUERY`
 */
export function parse(text: string): Query {
  if (text.length > longestStatement)
    throw malformed(`SOQL statements cannot be longer than ${longestStatement} characters`)
  return new Parser(tokenize(text)).query()
}

class Parser {
  readonly #tokens: readonly Token[]
  #position = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  query(): Query {
    this.#keyword('SELECT')
    const select = this.#select()
    this.#keyword('FROM')
    const from = this.#name()
    const alias = this.#alias()
    const where = this.#accept('WHERE') ? this.#or() : undefined
    const orderBy = this.#acceptPair('ORDER', 'BY') ? this.#list(() => this.#ordering()) : []
    const limit = this.#accept('LIMIT') ? this.#count() : undefined
    const offset = this.#accept('OFFSET') ? this.#count() : 0
    if (this.#peek().type !== 'end') throw this.#unexpected()
    return { select, from, alias, where, orderBy, limit, offset }
  }

  #select(): Query['select'] {
    if (this.#is('COUNT') && this.#peek(1).text === '(') {
      this.#position += 2
      this.#symbol(')')
      return 'count'
    }
    return this.#list(() => this.#path())
  }

  #alias(): string | undefined {
    const token = this.#peek()
    if (this.#accept('AS')) return this.#name()
    if (token.type !== 'name' || reserved.has(token.text.toUpperCase())) return undefined
    return this.#name()
  }

  #or(): Condition {
    const operands = [this.#and()]
    while (this.#accept('OR')) operands.push(this.#and())
    return operands.length === 1 ? (operands[0] as Condition) : { type: 'or', operands }
  }

  #and(): Condition {
    const operands = [this.#not()]
    while (this.#accept('AND')) operands.push(this.#not())
    return operands.length === 1 ? (operands[0] as Condition) : { type: 'and', operands }
  }

  #not(): Condition {
    if (this.#accept('NOT')) return this.#nested(() => ({ type: 'not', operand: this.#not() }))
    if (this.#peek().text !== '(') return this.#comparison()
    return this.#nested(() => {
      this.#symbol('(')
      const inner = this.#or()
      this.#symbol(')')
      return inner
    })
  }

  #nested(parse: () => Condition): Condition {
    if (++this.#depth > deepestNesting) throw malformed('conditions are nested too deeply')
    const condition = parse()
    this.#depth -= 1
    return condition
  }

  #comparison(): Condition {
    const path = this.#path()
    if (this.#accept('LIKE')) {
      const token = this.#next()
      if (token.type !== 'string') throw this.#unexpected(token)
      return { type: 'like', path, pattern: token.raw }
    }
    const negated = this.#acceptPair('NOT', 'IN')
    if (negated || this.#accept('IN')) {
      this.#symbol('(')
      const values = this.#list(() => this.#literal())
      this.#symbol(')')
      return { type: 'in', path, negated, values }
    }
    const token = this.#next()
    const operator = token.type === 'symbol' ? operators.get(token.text) : undefined
    if (!operator) throw this.#unexpected(token)
    return { type: 'compare', path, operator, value: this.#literal() }
  }

  #literal(): Literal {
    const token = this.#next()
    switch (token.type) {
      case 'string':
        return { type: 'string', value: token.value }
      case 'number':
        return { type: 'number', value: Number(token.text) }
      case 'datetime':
        return { type: 'datetime', value: this.#instant(token) }
      case 'date': {
        const time = Date.parse(token.text)
        if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== token.text)
          throw this.#unexpected(token)
        return { type: 'date', value: token.text }
      }
      case 'name': {
        const word = token.text.toUpperCase()
        if (word === 'NULL') return { type: 'null', value: null }
        if (word === 'TRUE' || word === 'FALSE') return { type: 'boolean', value: word === 'TRUE' }
        throw this.#unexpected(token)
      }
      default:
        throw this.#unexpected(token)
    }
  }

  #instant(token: Token): number {
    // `+0000` is as good as `+00:00`; fractions beyond milliseconds do not count.
    const text = token.text
      .toUpperCase()
      .replace(/([+-]\d{2})(\d{2})$/, '$1:$2')
      .replace(/(\.\d{3})\d+/, '$1')
    const time = Date.parse(text)
    if (Number.isNaN(time)) throw this.#unexpected(token)
    return time
  }

  #ordering(): Ordering {
    const path = this.#path()
    const descending = this.#accept('DESC')
    if (!descending) this.#accept('ASC')
    if (!this.#accept('NULLS')) return { path, descending, nullsFirst: true }
    const nullsFirst = this.#accept('FIRST')
    if (!nullsFirst) this.#keyword('LAST')
    return { path, descending, nullsFirst }
  }

  #path(): FieldPath {
    const names = [this.#name()]
    while (this.#peek().text === '.') {
      this.#position += 1
      names.push(this.#name())
    }
    return names
  }

  #count(): number {
    const token = this.#next()
    if (token.type !== 'number' || !/^\d{1,9}$/.test(token.text)) throw this.#unexpected(token)
    return Number(token.text)
  }

  #list<T>(item: () => T): T[] {
    const items = [item()]
    while (this.#peek().text === ',' && this.#peek().type === 'symbol') {
      this.#position += 1
      items.push(item())
    }
    return items
  }

  #name(): string {
    const token = this.#next()
    if (token.type !== 'name') throw this.#unexpected(token)
    return token.text
  }

  #keyword(word: string): void {
    if (!this.#accept(word)) throw this.#unexpected()
  }

  #symbol(text: string): void {
    const token = this.#next()
    if (token.type !== 'symbol' || token.text !== text) throw this.#unexpected(token)
  }

  #accept(word: string): boolean {
    if (!this.#is(word)) return false
    this.#position += 1
    return true
  }

  #acceptPair(first: string, second: string): boolean {
    if (!this.#is(first) || !this.#is(second, 1)) return false
    this.#position += 2
    return true
  }

  #is(word: string, ahead = 0): boolean {
    const token = this.#peek(ahead)
    return token.type === 'name' && token.text.toUpperCase() === word
  }

  #next(): Token {
    const token = this.#peek()
    if (token.type !== 'end') this.#position += 1
    return token
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#position + ahead, this.#tokens.length - 1)] as Token
  }

  #unexpected(token: Token = this.#peek()): Error {
    // The place, never the text: a literal of a query may be somebody's name.
    const what = token.type === 'string' ? 'string' : token.type === 'end' ? 'end of query' : `token '${token.text}'`
    return malformed(`unexpected ${what} at position ${token.at + 1}`)
  }
}

const operators: ReadonlyMap<string, Operator> = new Map([
  ['=', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
])

const reserved = new Set(
  'WHERE ORDER LIMIT OFFSET GROUP HAVING WITH FOR USING ALL UPDATE AND OR NOT IN LIKE'.split(' '),
)
