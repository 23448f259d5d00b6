import { type SqlError, syntaxError } from './sql-error.ts'
import type { Name, Select } from './statement.ts'
import type { Token } from './tokens.ts'

/** Words that are no names unless quoted. */
const reserved: ReadonlySet<string> = new Set(
  `ALL AND AS ASC BETWEEN BY CASE CAST CROSS DESC DISTINCT ELSE END EXCEPT EXISTS FETCH FOR FROM FULL GROUP HAVING IN
  INNER INTERSECT IS JOIN LATERAL LEFT LIKE LIMIT NATURAL NOT NULL NULLS OFFSET ON OR ORDER OUTER RIGHT SELECT THEN
  UNION USING WHEN WHERE WINDOW WITH`.split(/\s+/),
)

/** A place in the tokens of a statement, moving on. */
export class Cursor {
  readonly #text: string
  readonly #tokens: readonly Token[]
  readonly #select: (cursor: Cursor) => Select
  #next = 0

  /** `select` reads a query inside an expression. */
  constructor(text: string, tokens: readonly Token[], select: (cursor: Cursor) => Select) {
    this.#text = text
    this.#tokens = tokens
    this.#select = select
  }

  query(): Select {
    return this.#select(this)
  }

  get token(): Token {
    return this.#tokens[this.#next] as Token
  }

  advance(): void {
    this.#next += 1
  }

  /** What was written from a place up to here. */
  textFrom(at: number): string {
    return this.#text.slice(at, this.#tokens[this.#next - 1]?.end ?? at)
  }

  /** Moves on if the next token is this keyword. */
  word(keyword: string): boolean {
    return this.words(keyword)
  }

  /** Moves on if the next tokens are these keywords. */
  words(...keywords: readonly string[]): boolean {
    const fits = keywords.every((keyword, k) => {
      const token = this.#tokens[this.#next + k]
      return token?.type === 'name' && !token.quoted && token.text.toUpperCase() === keyword
    })
    if (fits) this.#next += keywords.length
    return fits
  }

  expectWord(keyword: string): void {
    if (!this.word(keyword)) throw this.unexpected()
  }

  symbol(text: string): boolean {
    const { token } = this
    if (token.type !== 'symbol' || token.text !== text) return false
    this.advance()
    return true
  }

  expectSymbol(text: string): void {
    if (!this.symbol(text)) throw this.unexpected()
  }

  atName(): boolean {
    const { token } = this
    return token.type === 'name' && (token.quoted || !reserved.has(token.text.toUpperCase()))
  }

  name(): Name {
    const { token } = this
    if (token.type !== 'name' || !this.atName()) throw this.unexpected()
    this.advance()
    return { text: token.text, quoted: token.quoted, at: token.at }
  }

  /** Whether the next token is a name with an opening parenthesis behind it. */
  atCall(): boolean {
    const behind = this.#tokens[this.#next + 1]
    return this.token.type === 'name' && !this.token.quoted && behind?.type === 'symbol' && behind.text === '('
  }

  unexpected(): SqlError {
    return syntaxError(`syntax error at or near "${this.token.text}"`, this.token.at)
  }
}
