import fc from 'fast-check'
import type { Condition, FieldPath, Literal, Query } from '../soql/query.ts'
import type { FieldType, Schema, SchemaObject } from '../soql/schema.ts'

/** Any query over an object: conditions of the right types, with literals that occur as well as ones that do not. */
export function anyQuery(schema: Schema, object: SchemaObject): fc.Arbitrary<Query> {
  const paths = pathsOf(schema, object)
  const path = fc.constantFrom(...paths.map(({ path }) => path))
  return fc.record({
    select: fc.uniqueArray(path, { minLength: 1, maxLength: 6, selector: (fields) => fields.join('.') }),
    from: fc.constant(object.name),
    alias: fc.constant(undefined),
    where: fc.option(anyCondition(paths), { nil: undefined }),
    orderBy: fc.array(fc.record({ path, descending: fc.boolean(), nullsFirst: fc.boolean() }), { maxLength: 3 }),
    limit: fc.option(fc.nat({ max: 80 }), { nil: undefined }),
    offset: fc.oneof(fc.constant(0), fc.nat({ max: 30 })),
  })
}

interface TypedPath {
  readonly path: FieldPath
  readonly type: FieldType
  /** Values that occur. */
  readonly values: readonly Literal[]
}

function pathsOf(schema: Schema, object: SchemaObject, rows = [...object.rows(0, object.bound)]): TypedPath[] {
  const own = [...object.fields.values()].map(({ name, type, get }): TypedPath => {
    const values = rows.slice(0, 60).map((row) => ({ type: type === 'id' ? 'string' : type, value: get(row) }))
    return { path: [name], type, values: values.filter(({ value }) => value !== null) as unknown as Literal[] }
  })
  const parents = [...object.parents.values()].flatMap(({ name, object: target, row }) => {
    const parent = schema.get(target.toLowerCase()) as SchemaObject
    const parentRows = [...new Set(rows.slice(0, 60).map(row))].filter((at) => at !== undefined)
    return [...parent.fields.values()].map(({ name: field, type, get }): TypedPath => {
      const values = parentRows.map((at) => ({ type: type === 'id' ? 'string' : type, value: get(at) }))
      return { path: [name, field], type, values: values.filter(({ value }) => value !== null) as unknown as Literal[] }
    })
  })
  return [...own, ...parents]
}

function anyCondition(paths: readonly TypedPath[]): fc.Arbitrary<Condition> {
  const target = fc.constantFrom(...paths)
  const literal = ({ type, values }: TypedPath): fc.Arbitrary<Literal> =>
    fc.oneof(
      { weight: 8, arbitrary: values.length > 0 ? fc.constantFrom(...values) : fc.constant(nothing) },
      { weight: 1, arbitrary: fc.constant(nothing) },
      { weight: 2, arbitrary: strangers[type] },
    )
  const compare = target.chain((typed): fc.Arbitrary<Condition> => {
    const operators = typed.type === 'boolean' ? (['=', '!='] as const) : (['=', '!=', '<', '<=', '>', '>='] as const)
    return fc.record({ operator: fc.constantFrom(...operators), value: literal(typed) }).map(({ operator, value }) => ({
      type: 'compare',
      path: typed.path,
      operator: value.type === 'null' ? (operator === '!=' ? '!=' : '=') : operator,
      value,
    }))
  })
  const isIn = target.chain(
    (typed): fc.Arbitrary<Condition> =>
      fc.record({
        type: fc.constant('in' as const),
        path: fc.constant(typed.path),
        negated: fc.boolean(),
        values: fc.array(literal(typed), { minLength: 1, maxLength: 4 }),
      }),
  )
  const texts = paths.filter(({ type }) => type === 'string')
  const textField = texts.length > 0 ? fc.constantFrom(...texts) : undefined
  const like = textField?.chain(({ path, values }): fc.Arbitrary<Condition> => {
    const whole = values.length > 0 ? fc.constantFrom(...values.map(({ value }) => String(value))) : fc.constant('')
    return fc.record({
      type: fc.constant('like' as const),
      path: fc.constant(path),
      pattern: fc
        .tuple(whole, fc.constantFrom('whole', 'head', 'tail', 'one', 'none'))
        .map(([text, how]) => likePattern(text, how)),
    })
  })
  return fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      compare,
      isIn,
      like ?? compare,
      fc.record({
        type: fc.constantFrom('and' as const, 'or' as const),
        operands: fc.array(tie('condition'), { minLength: 2, maxLength: 3 }),
      }),
      fc.record({ type: fc.constant('not' as const), operand: tie('condition') }),
    ),
  })).condition
}

const nothing: Literal = { type: 'null', value: null }

const strangers: Readonly<Record<FieldType, fc.Arbitrary<Literal>>> = {
  id: fc.constantFrom(
    { type: 'string', value: '001000000000000' },
    { type: 'string', value: 'zzzzzzzzzzzzzzz' },
    { type: 'string', value: '0dwKj0000000005' },
    { type: 'string', value: '0MwKj000000000G' },
  ),
  string: fc.string({ minLength: 1 }).map((value) => ({ type: 'string', value })),
  number: fc.integer({ min: -3, max: 40 }).map((value) => ({ type: 'number', value })),
  boolean: fc.boolean().map((value) => ({ type: 'boolean', value })),
  datetime: fc
    .integer({ min: Date.UTC(2026, 8, 25), max: Date.UTC(2026, 10, 8) })
    .map((value) => ({ type: 'datetime', value })),
  date: fc.constantFrom({ type: 'date', value: '1980-01-01' }, { type: 'date', value: '2000-02-29' }),
}

function likePattern(text: string, how: string): string {
  const escaped = text.replace(/[\\%_]/g, '\\$&')
  switch (how) {
    case 'head':
      return `${escaped.slice(0, 3).replace(/\\$/, '')}%`
    case 'tail':
      return `%${escaped.slice(-2)}`
    case 'one':
      return `_%${escaped.slice(3)}`
    case 'none':
      return '%\\%%'
    default:
      return escaped
  }
}

/** A query as somebody types it. */
export function render({ select, from, where, orderBy, limit, offset }: Query): string {
  const fields = select === 'count' ? 'COUNT()' : select.map((path) => path.join('.')).join(', ')
  const order = orderBy.map(
    ({ path, descending, nullsFirst }) =>
      `${path.join('.')}${descending ? ' DESC' : ''} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`,
  )
  return [
    `SELECT ${fields} FROM ${from}`,
    where && `WHERE ${renderCondition(where)}`,
    order.length > 0 && `ORDER BY ${order.join(', ')}`,
    limit !== undefined && `LIMIT ${limit}`,
    offset > 0 && `OFFSET ${offset}`,
  ]
    .filter(Boolean)
    .join(' ')
}

function renderCondition(condition: Condition): string {
  switch (condition.type) {
    case 'and':
    case 'or':
      return condition.operands
        .map((operand) => `(${renderCondition(operand)})`)
        .join(` ${condition.type.toUpperCase()} `)
    case 'not':
      return `NOT (${renderCondition(condition.operand)})`
    case 'like':
      return `${condition.path.join('.')} LIKE '${quoted(condition.pattern, true)}'`
    case 'in': {
      const values = condition.values.map(renderLiteral).join(', ')
      return `${condition.path.join('.')} ${condition.negated ? 'NOT IN' : 'IN'} (${values})`
    }
    case 'compare':
      return `${condition.path.join('.')} ${condition.operator} ${renderLiteral(condition.value)}`
  }
}

function renderLiteral(literal: Literal): string {
  switch (literal.type) {
    case 'string':
      return `'${quoted(literal.value, false)}'`
    case 'datetime':
      return new Date(literal.value).toISOString()
    default:
      return String(literal.value)
  }
}

/** Escapes a text for quotes. A pattern keeps its own `\%` and `\_`. */
function quoted(text: string, isPattern: boolean): string {
  const hidden = text.replace(
    isPattern ? /\\(?![%_])|['"\n\r\t\b\f]/g : /[\\'"\n\r\t\b\f]/g,
    (c) => escapes[c] as string,
  )
  return hidden
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
}
