/** A row as the fake org holds it. Parents are nested rows, or null. */
export type TableRow = { readonly [field: string]: unknown }

export interface ParsedQuery {
  /** Empty for `COUNT()`. */
  readonly fields: readonly string[]
  readonly object: string
  readonly matches: (row: TableRow) => boolean
  readonly orderBy: readonly string[]
}

/** Parses just the SOQL that the census writes, independently of how it is written there. */
export function parseSoql(text: string): ParsedQuery {
  const match = /^SELECT (.+?) FROM (\w+) WHERE (.+?)(?: ORDER BY ([\w., ]+))?$/.exec(text)
  if (!match) throw new Error(`Not understood: ${text}`)
  const [, select = '', object = '', where = '', orderBy] = match
  return {
    fields: select === 'COUNT()' ? [] : select.split(', '),
    object,
    matches: parseCondition(where),
    orderBy: orderBy?.split(', ') ?? [],
  }
}

export function valueAt(row: TableRow, path: string): unknown {
  return path.split('.').reduce<unknown>((at, name) => (at as TableRow | null | undefined)?.[name] ?? null, row)
}

type Predicate = (row: TableRow) => boolean

function parseCondition(text: string): Predicate {
  const tokens = text.match(/'(?:\\.|[^'\\])*'|[<>!]=?|[=(),]|[\w.:+-]+/g) ?? []
  if (tokens.join('') !== text.replace(/ /g, '')) throw new Error(`Not understood: ${text}`)
  let position = 0
  const next = (): string => tokens[position++] ?? ''
  const accept = (token: string): boolean => tokens[position] === token && ++position > 0

  /** AND and OR may not stand side by side without parentheses: Salesforce refuses that. */
  const joined = (): Predicate => {
    const operands = [operand()]
    const operator = tokens[position]
    if (operator !== 'AND' && operator !== 'OR') return operands[0] as Predicate
    while (accept(operator)) operands.push(operand())
    if (tokens[position] === 'AND' || tokens[position] === 'OR') throw new Error(`AND and OR mixed: ${text}`)
    return operator === 'AND' ? (row) => operands.every((is) => is(row)) : (row) => operands.some((is) => is(row))
  }
  const operand = (): Predicate => {
    if (!accept('(')) return comparison()
    const inner = joined()
    if (!accept(')')) throw new Error(`No closing parenthesis: ${text}`)
    return inner
  }
  const comparison = (): Predicate => {
    const path = next()
    const operator = next()
    if (operator === 'IN') {
      accept('(')
      const values = new Set([literal(next())])
      while (accept(',')) values.add(literal(next()))
      accept(')')
      return (row) => values.has(comparable(valueAt(row, path)))
    }
    const wanted = literal(next())
    return (row) => compare(comparable(valueAt(row, path)), operator, wanted)
  }
  const condition = joined()
  if (position !== tokens.length) throw new Error(`Not understood at ${tokens[position]}: ${text}`)
  return condition
}

function literal(token: string): string | number | null {
  if (token === 'null') return null
  if (token.startsWith("'")) return token.slice(1, -1).replace(/\\(.)/g, '$1')
  return Date.parse(token)
}

function comparable(value: unknown): string | number | null {
  if (typeof value !== 'string') return null
  return /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : value
}

function compare(value: string | number | null, operator: string, wanted: string | number | null): boolean {
  if (operator === '=') return value === wanted
  // Nothing is less or more than an empty field.
  if (value === null || wanted === null) return false
  if (typeof value !== typeof wanted) throw new Error(`${typeof value} compared with ${typeof wanted}`)
  switch (operator) {
    case '<':
      return value < wanted
    case '>':
      return value > wanted
    case '>=':
      return value >= wanted
    default:
      throw new Error(`Unknown operator: ${operator}`)
  }
}
