import { SqlError, syntaxError } from './sql-error.ts'
import type { Literal } from './statement.ts'

export type Token =
  | {
      readonly type: 'name'
      readonly text: string
      readonly quoted: boolean
      readonly at: number
      readonly end: number
    }
  | {
      readonly type: 'literal'
      readonly value: Literal
      readonly text: string
      readonly at: number
      readonly end: number
    }
  | { readonly type: 'symbol' | 'end'; readonly text: string; readonly at: number; readonly end: number }

/** Values for the places a statement leaves open. */
export interface Parameters {
  /** For `?` and `$1`. */
  readonly positional: readonly Literal[]
  /** For `:name`. */
  readonly named: ReadonlyMap<string, Literal>
}

export const noParameters: Parameters = { positional: [], named: new Map() }

const pattern =
  /(?<space>(?:\s+|--[^\n]*|\/\*[^*]*(?:\*(?!\/)[^*]*)*\*\/)+)|(?<name>[A-Za-z_][A-Za-z0-9_]*)|"(?<quoted>(?:[^"]|"")*)"|'(?<string>(?:[^']|'')*)'|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])|\$(?<index>\d{1,5})|(?<mark>\?)|(?<!:):(?<named>[A-Za-z_]\w*)|(?<symbol>::|<>|!=|<=|>=|[=<>(),.*;-])/y

/** Cuts a statement into tokens, in one pass; parameters become the literals they stand for. */
export function tokenize(text: string, parameters: Parameters = noParameters): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  let marks = 0
  while (at < text.length) {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    const groups = found?.groups
    if (!found || !groups) throw syntaxError(`syntax error at or near "${text.slice(at, at + 1)}"`, at)
    const end = at + found[0].length
    const place = { text: found[0], at, end }
    const { name, quoted, string, number, index, mark, named } = groups
    const literal = (value: Literal | undefined): void => {
      if (value === undefined) throw new SqlError('42P02', `there is no parameter ${found[0]}`, at)
      tokens.push({ type: 'literal', value, ...place })
    }
    if (name !== undefined) tokens.push({ type: 'name', quoted: false, ...place })
    else if (quoted !== undefined) {
      tokens.push({ type: 'name', quoted: true, ...place, text: quoted.replaceAll('""', '"') })
    } else if (string !== undefined) literal(string.replaceAll("''", "'"))
    else if (number !== undefined) literal(Number(number))
    else if (index !== undefined) literal(parameters.positional[Number(index) - 1])
    else if (mark !== undefined) literal(parameters.positional[marks++])
    else if (named !== undefined) literal(parameters.named.get(named))
    else if (groups['symbol'] !== undefined) tokens.push({ type: 'symbol', ...place })
    at = end
  }
  tokens.push({ type: 'end', text: 'end of input', at, end: at })
  return tokens
}
