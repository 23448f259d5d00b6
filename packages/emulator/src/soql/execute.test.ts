import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { smallSchema, smallWorld } from '../testing/small-world.ts'
import { anyQuery, render } from '../testing/soql-arbitrary.ts'
import { execute } from './execute.ts'
import { parse } from './parse.ts'
import type { Condition, FieldPath, Literal, Query } from './query.ts'
import { resolve, type Schema, type SchemaObject, type Value } from './schema.ts'

const world = smallWorld(40, { longEntries: 30, orphanSessions: 2, sharedEveryNth: 2 })
world.append(9)
const schema = smallSchema(world)
const objectOf = (name: string): SchemaObject => schema.get(name) as SchemaObject
const run = (soql: string): Record<string, unknown>[] => {
  const result = execute(schema, parse(soql))
  return result.page(0, result.totalSize, 'v66.0') as Record<string, unknown>[]
}

describe('a query finds what plain filtering of all rows finds', () => {
  test.each([...schema.keys()])('%s', (name) => {
    const object = objectOf(name)
    fc.assert(
      fc.property(anyQuery(schema, object), (query) => {
        const text = render(query)
        const result = execute(schema, parse(text))
        const expected = naively(object, query)
        const found = result.page(0, result.totalSize, 'v66.0') as Record<string, unknown>[]
        expect(found.map((record) => (record['attributes'] as { url: string }).url.split('/').at(-1))).toEqual(
          expected.map((row) => object.fields.get('id')?.get(row)),
        )
        expect(result.totalSize).toBe(expected.length)
      }),
      { numRuns: 150 },
    )
  })
})

describe.each([2, 0])('ranges of rows, with %i sessions of no conversation, are never too narrow', (orphanSessions) => {
  const other = smallWorld(40, { longEntries: 30, orphanSessions })
  other.append(12, { at: other.timeline.to + 40 * 86_400_000 })
  const objects = smallSchema(other)

  test.each([...objects.values()].flatMap(({ name, ranges }) => [...ranges.keys()].map((field) => [name, field])))(
    '%s by %s',
    (name, fieldName) => {
      const object = objects.get((name as string).toLowerCase()) as SchemaObject
      const { field, get } = resolve(objects, object, [fieldName as string])
      const rows = [...object.rows(0, object.bound)]
      for (const row of rows) {
        const value = get(row)
        if (value === null) continue
        const near = typeof value === 'number' ? [value - 1, value, value + 1] : [value]
        for (const wanted of near) {
          const literal = field.type === 'datetime' ? new Date(Number(wanted)).toISOString() : `'${wanted}'`
          const count = (operator: string): number =>
            execute(objects, parse(`SELECT COUNT() FROM ${name} WHERE ${fieldName} ${operator} ${literal}`)).totalSize
          const held = (holds: (found: Value) => boolean): number => rows.filter((at) => holds(get(at))).length
          expect(count('>=')).toBe(held((found) => found !== null && found >= wanted))
          expect(count('<=')).toBe(held((found) => found !== null && found <= wanted))
          expect(count('<')).toBe(held((found) => found !== null && found < wanted))
          expect(count('=')).toBe(held((found) => found === wanted))
        }
      }
      expect(execute(objects, parse(`SELECT COUNT() FROM ${name} WHERE ${fieldName} = null`)).totalSize).toBe(
        rows.filter((row) => get(row) === null).length,
      )
    },
  )

  test.each([...objects.values()].flatMap(({ name, ordered }) => [...ordered].map((field) => [name, field])))(
    '%s is in order of %s',
    (name, fieldName) => {
      const object = objects.get((name as string).toLowerCase()) as SchemaObject
      const { get } = resolve(objects, object, [fieldName as string])
      const values = Array.from(object.rows(0, object.bound), get)
      expect(values.every((value, k) => k === 0 || (value !== null && value >= (values[k - 1] ?? '')))).toBe(true)
    },
  )
})

/** No parser, no index, no range, no compiled predicate: every row of the object, one by one. */
function naively(object: SchemaObject, { where, orderBy, limit, offset }: Query): number[] {
  const fieldOf = (row: number, path: FieldPath): Value => resolve(schema, object, path).get(row)
  const isText = (path: FieldPath): boolean => resolve(schema, object, path).field.type === 'string'
  const fold = (path: FieldPath, value: Value): Value =>
    typeof value === 'string' && isText(path) ? value.toLowerCase() || null : value
  const literal = (path: FieldPath, { value }: Literal): Value => {
    const isId = resolve(schema, object, path).field.type === 'id'
    return isId && typeof value === 'string' ? value.slice(0, 15) : fold(path, value)
  }
  const holds = (row: number, condition: Condition): boolean => {
    if (condition.type === 'and') return condition.operands.every((operand) => holds(row, operand))
    if (condition.type === 'or') return condition.operands.some((operand) => holds(row, operand))
    if (condition.type === 'not') return !holds(row, condition.operand)
    const raw = fold(condition.path, fieldOf(row, condition.path))
    const isId = resolve(schema, object, condition.path).field.type === 'id'
    const value = isId && typeof raw === 'string' ? raw.slice(0, 15) : raw
    if (condition.type === 'in') {
      return condition.values.some((wanted) => literal(condition.path, wanted) === value) !== condition.negated
    }
    if (condition.type === 'like') {
      if (typeof value !== 'string') return false
      const pattern = condition.pattern.replace(/\\[\\%_]|[%_]|[\s\S]/g, (part) => {
        if (part === '%') return '[\\s\\S]*'
        if (part === '_') return '[\\s\\S]'
        return `\\u${(part[1] ?? part).toLowerCase().charCodeAt(0).toString(16).padStart(4, '0')}`
      })
      return new RegExp(`^${pattern}$`).test(value)
    }
    const wanted = literal(condition.path, condition.value)
    if (condition.operator === '=') return value === wanted
    if (condition.operator === '!=') return value !== wanted
    if (value === null || wanted === null) return false
    const sign = value < wanted ? -1 : value > wanted ? 1 : 0
    return { '<': sign < 0, '<=': sign <= 0, '>': sign > 0, '>=': sign >= 0 }[condition.operator]
  }
  const all = [...object.rows(0, object.bound)].filter((row) => !where || holds(row, where))
  all.sort((a, b) => {
    for (const { path, descending, nullsFirst } of orderBy) {
      const [left, right] = [fold(path, fieldOf(a, path)), fold(path, fieldOf(b, path))]
      if (left === right) continue
      if (left === null || right === null) return (left === null) === nullsFirst ? -1 : 1
      return left < right === descending ? 1 : -1
    }
    return a - b
  })
  return all.slice(offset, limit === undefined ? undefined : offset + limit)
}

describe('records', () => {
  test('nest their parents, each with its attributes, and write times as Salesforce does', () => {
    const [session] = run(
      'SELECT Id, StartTime, Conversation.ConversationIdentifier, MessagingEndUser.Contact.Email, MessagingEndUser.Name FROM MessagingSession WHERE MessagingEndUser.ContactId != null ORDER BY Id LIMIT 1',
    )
    expect(session).toEqual({
      attributes: {
        type: 'MessagingSession',
        url: expect.stringMatching(/^\/services\/data\/v66\.0\/sobjects\/MessagingSession\/0Mw\w{15}$/),
      },
      Id: expect.stringMatching(/^0Mw\w{15}$/),
      StartTime: expect.stringMatching(/^2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
      Conversation: {
        attributes: expect.objectContaining({ type: 'Conversation' }),
        ConversationIdentifier: expect.any(String),
      },
      MessagingEndUser: {
        attributes: expect.objectContaining({ type: 'MessagingEndUser' }),
        Name: expect.any(String),
        Contact: { attributes: expect.objectContaining({ type: 'Contact' }), Email: expect.stringContaining('@') },
      },
    })
  })

  test('have null for a parent that is not there', () => {
    const rows = run('SELECT Id, Conversation.ConversationIdentifier FROM MessagingSession WHERE ConversationId = null')
    expect(rows.map((row) => row['Conversation'])).toEqual([null, null])
  })

  test('are found by alias and by the object’s own name', () => {
    expect(
      run('SELECT c.Id FROM Conversation c WHERE c.StartTime > 2026-10-15T00:00:00Z ORDER BY c.Id LIMIT 2'),
    ).toEqual(
      run('SELECT Conversation.Id FROM Conversation WHERE StartTime > 2026-10-15T00:00:00+00:00 ORDER BY Id LIMIT 2'),
    )
  })
})

test('going on behind the last Id of each page gives every row once', () => {
  const all = run('SELECT Id FROM MessagingSession ORDER BY Id').map((row) => row['Id'])
  const found: unknown[] = []
  for (let last = '000000000000000'; ; last = String(found.at(-1))) {
    const page = run(`SELECT Id FROM MessagingSession WHERE Id > '${last}' ORDER BY Id LIMIT 7`)
    if (page.length === 0) break
    found.push(...page.map((row) => row['Id']))
  }
  expect(found).toEqual(all)
})

describe('only the rows that can match are looked at', () => {
  const seen = (soql: string): number => {
    let looked = 0
    const counting: Schema = new Map(
      [...schema].map(([name, object]) => [
        name,
        {
          ...object,
          *rows(first: number, end: number) {
            for (const row of object.rows(first, end)) {
              looked += 1
              yield row
            }
          },
        },
      ]),
    )
    execute(counting, parse(soql))
    return looked
  }
  const conversation = run('SELECT Id, ConversationIdentifier FROM Conversation')[5] as Record<string, string>

  test.each([
    [`SELECT Id FROM Conversation WHERE Id IN ('${conversation['Id']}', '${conversation['Id']?.slice(0, 15)}')`, 0],
    [`SELECT Id FROM Conversation WHERE ConversationIdentifier = '${conversation['ConversationIdentifier']}'`, 0],
    [`SELECT Id FROM MessagingSession WHERE ConversationId IN ('${conversation['Id']}') AND Status = 'Ended'`, 0],
    [`SELECT Id FROM ConversationParticipant WHERE ConversationId = '${conversation['Id']}'`, 0],
    [`SELECT Id FROM Conversation WHERE Id > '${conversation['Id']}' ORDER BY Id LIMIT 1`, 2],
    ['SELECT Id FROM Conversation WHERE StartTime < 2001-01-01T00:00:00Z OR StartTime = null', 0],
    ['SELECT Id FROM Conversation ORDER BY StartTime LIMIT 3', 3],
  ])('%s', (soql, most) => {
    expect(seen(soql)).toBeLessThanOrEqual(most)
  })

  test('and not so few that any is missed', () => expect(seen('SELECT Id FROM Conversation')).toBe(40))
})

describe('refused', () => {
  test.each([
    ['SELECT Id FROM Account', 'INVALID_TYPE'],
    ['SELECT Nope FROM Contact', 'INVALID_FIELD'],
    ['SELECT Nope.Id FROM Contact', 'INVALID_FIELD'],
    ['SELECT SystemModstamp FROM Conversation', 'INVALID_FIELD'],
    ['SELECT Id FROM Contact WHERE Nope = 1', 'INVALID_FIELD'],
    ['SELECT Id FROM Contact ORDER BY Nope', 'INVALID_FIELD'],
    ["SELECT Id FROM Conversation WHERE StartTime > '2026-10-01T00:00:00Z'", 'INVALID_FIELD'],
    ['SELECT Id FROM Conversation WHERE StartTime > 2026-10-01', 'INVALID_FIELD'],
    ['SELECT Id FROM Contact WHERE Name = 5', 'INVALID_FIELD'],
    ["SELECT Id FROM Conversation WHERE Id = 'short'", 'INVALID_QUERY_FILTER_OPERATOR'],
    ['SELECT Id FROM Contact WHERE Email > null', 'INVALID_QUERY_FILTER_OPERATOR'],
    ["SELECT Id FROM Contact WHERE Id LIKE '0%'", 'INVALID_QUERY_FILTER_OPERATOR'],
    ['SELECT Id FROM Contact WHERE IsDeleted > false', 'INVALID_QUERY_FILTER_OPERATOR'],
    ['SELECT Id, id FROM Contact', 'MALFORMED_QUERY'],
    ['SELECT COUNT() FROM Contact ORDER BY Id', 'MALFORMED_QUERY'],
    ['SELECT Id FROM Contact OFFSET 2001', 'MALFORMED_QUERY'],
  ])('%s: %s', (soql, errorCode) => {
    expect(() => run(soql)).toThrow(expect.objectContaining({ errorCode }))
  })
})
