import { malformed } from './soql-error.ts'

export type Token =
  | { readonly type: 'name'; readonly text: string; readonly at: number }
  /** `value` is unescaped for comparing; `raw` still holds `\%` and `\_`, which only LIKE tells apart. */
  | {
      readonly type: 'string'
      readonly value: string
      readonly raw: string
      readonly text: string
      readonly at: number
    }
  | { readonly type: 'number' | 'date' | 'datetime' | 'symbol' | 'end'; readonly text: string; readonly at: number }

const patterns = {
  space: /\s+/y,
  name: /[A-Za-z_][A-Za-z0-9_]*/y,
  datetime: /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})/iy,
  date: /\d{4}-\d{2}-\d{2}(?![\dT])/iy,
  number: /[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])/iy,
  symbol: /!=|<>|<=|>=|[=<>(),.:]/y,
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  N: '\n',
  r: '\r',
  R: '\r',
  t: '\t',
  T: '\t',
  b: '\b',
  B: '\b',
  f: '\f',
  F: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
}

/** Cuts a query into tokens, in one pass. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  const match = (kind: keyof typeof patterns): string | undefined => {
    const pattern = patterns[kind]
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  while (at < text.length) {
    const space = match('space')
    if (space) {
      at += space.length
      continue
    }
    if (text[at] === "'") {
      const token = stringToken(text, at)
      tokens.push(token)
      at += token.text.length
      continue
    }
    const kind = (['name', 'datetime', 'date', 'number', 'symbol'] as const).find((candidate) => match(candidate))
    if (!kind) throw malformed(`unexpected character at position ${at + 1}`)
    const found = match(kind) as string
    tokens.push({ type: kind, text: found, at })
    at += found.length
  }
  tokens.push({ type: 'end', text: '<EOF>', at })
  return tokens
}

function stringToken(text: string, start: number): Extract<Token, { type: 'string' }> {
  const value: string[] = []
  const raw: string[] = []
  let at = start + 1
  while (at < text.length) {
    const character = text[at] as string
    if (character === "'") {
      return { type: 'string', value: value.join(''), raw: raw.join(''), text: text.slice(start, at + 1), at: start }
    }
    if (character === '\n' || character === '\r') break
    if (character !== '\\') {
      value.push(character)
      raw.push(character)
      at += 1
      continue
    }
    const escaped = text[at + 1] ?? ''
    const unicode = /^u[0-9a-f]{4}/i.exec(text.slice(at + 1, at + 6))
    if (escaped === '%' || escaped === '_') {
      value.push(escaped)
      raw.push(`\\${escaped}`)
      at += 2
    } else if (unicode) {
      const decoded = String.fromCharCode(Number.parseInt(text.slice(at + 2, at + 6), 16))
      value.push(decoded)
      raw.push(decoded === '\\' ? '\\\\' : decoded)
      at += 6
    } else {
      const decoded = Object.hasOwn(escapes, escaped) ? (escapes[escaped] as string) : undefined
      if (decoded === undefined) throw malformed(`Illegal string escape at position ${at + 1}`)
      value.push(decoded)
      raw.push(decoded === '\\' ? '\\\\' : decoded)
      at += 2
    }
  }
  throw malformed(`unterminated string at position ${start + 1}`)
}
