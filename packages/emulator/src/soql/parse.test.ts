import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { smallSchema, smallWorld } from '../testing/small-world.ts'
import { anyQuery, render } from '../testing/soql-arbitrary.ts'
import { parse } from './parse.ts'
import type { SchemaObject } from './schema.ts'
import { SoqlError } from './soql-error.ts'

const schema = smallSchema(smallWorld(20))

test('a query means the same after being written down and read', () => {
  fc.assert(
    fc.property(anyQuery(schema, schema.get('messagingsession') as SchemaObject), (query) => {
      expect(parse(render(query))).toEqual(query)
    }),
  )
})

test('any text at all is parsed or refused, never anything else', () => {
  const word = fc.constantFrom(
    'SELECT',
    'Id',
    'FROM',
    'Contact',
    'WHERE',
    'AND',
    'OR',
    'NOT',
    'IN',
    '(',
    ')',
    "'",
    '\\',
    '=',
    ',',
    '1',
    'null',
    'ORDER',
    'BY',
    'LIMIT',
    '.',
    '2026-10-01',
    'LIKE',
    "'a'",
    'COUNT',
    '()',
    '\u0000',
    '😀',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map((words) => words.join(' ')),
        fc.array(word).map((words) => `SELECT Id FROM Contact WHERE ${words.join('')}`),
      ),
      (text) => {
        try {
          parse(text)
        } catch (error) {
          expect(error).toBeInstanceOf(SoqlError)
        }
      },
    ),
    { numRuns: 2_000 },
  )
})

describe('text in quotes', () => {
  const literal = (soql: string) => {
    const { where } = parse(`SELECT Id FROM Contact WHERE Name = ${soql}`)
    return where?.type === 'compare' ? where.value.value : undefined
  }

  test.each([
    [String.raw`'O\'Brien'`, "O'Brien"],
    [String.raw`'a\\b'`, 'a\\b'],
    [String.raw`'\n\r\t\"'`, '\n\r\t"'],
    [String.raw`'\u00e9'`, 'é'],
    [String.raw`'100\%'`, '100%'],
    ["'2026-10-01T00:00:00Z'", '2026-10-01T00:00:00Z'],
    ["'NULL'", 'NULL'],
    ["') OR (Id != null'", ') OR (Id != null'],
  ])('%s', (soql, value) => expect(literal(soql)).toBe(value))

  test('whatever it holds, once escaped it is a value and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)) }), (value) => {
        const escaped = value.replace(
          /[\\'\n\r]/g,
          (c) => ({ '\\': '\\\\', "'": "\\'", '\n': '\\n', '\r': '\\r' })[c] as string,
        )
        expect(literal(`'${escaped}'`)).toBe(value)
      }),
    )
  })
})

describe('refused as malformed', () => {
  test.each([
    ['', 'nothing'],
    ['SELECT FROM Contact', 'no field'],
    ['SELECT Id', 'no object'],
    ['SELECT Id FROM Contact WHERE', 'no condition'],
    ['SELECT Id FROM Contact WHERE Name', 'no operator'],
    ['SELECT Id FROM Contact WHERE Name =', 'no value'],
    ['SELECT Id FROM Contact WHERE Name = John', 'a bare word'],
    ["SELECT Id FROM Contact WHERE Name = 'open", 'an open quote'],
    [String.raw`SELECT Id FROM Contact WHERE Name = '\x'`, 'an unknown escape'],
    ["SELECT Id FROM Contact WHERE Name = 'a' OR '1' = '1'", 'an injected tautology'],
    ["SELECT Id FROM Contact WHERE Name = 'a'; DELETE", 'a second statement'],
    ["SELECT Id FROM Contact WHERE Name = 'a' -- comment", 'a comment'],
    ['SELECT Id FROM Contact WHERE Name IN ()', 'an empty list'],
    ["SELECT Id FROM Contact WHERE (Name = 'a'", 'an open parenthesis'],
    ['SELECT Id FROM Contact LIMIT -1', 'a negative limit'],
    ['SELECT Id FROM Contact LIMIT 1 LIMIT 2', 'two limits'],
    ['SELECT Id FROM Contact GROUP BY Id', 'grouping, which is not served'],
    ['SELECT COUNT(Id) FROM Contact', 'counting a field, which is not served'],
    ['SELECT (SELECT Id FROM Contacts) FROM Contact', 'a subquery, which is not served'],
    ['SELECT Id FROM Contact WHERE CreatedDate = TODAY', 'a relative date, which is not served'],
    ['SELECT Id FROM Contact WHERE Birthdate = 2026-02-30', 'a day that does not exist'],
    ['SELECT Id FROM Contact WHERE CreatedDate > 2026-10-01T25:00:00Z', 'an hour that does not exist'],
    [`SELECT Id FROM Contact WHERE ${'('.repeat(5_000)}Name = 'a'${')'.repeat(5_000)}`, 'nesting beyond reason'],
    [`SELECT Id FROM Contact WHERE ${'NOT '.repeat(20_000)}Name = 'a'`, 'negation beyond reason'],
    [`SELECT Id FROM Contact WHERE Name = '${'a'.repeat(100_000)}'`, 'more than a statement may hold'],
  ])('%.60s: %s', (soql) => {
    expect(() => parse(soql)).toThrow(expect.objectContaining({ errorCode: 'MALFORMED_QUERY' }))
  })

  test('without quoting the literals of the query', () => {
    expect(() => parse("SELECT Id FROM Contact WHERE Name = 'a' 'Anna Secret'")).toThrow(/^(?!.*Secret)/)
  })
})
