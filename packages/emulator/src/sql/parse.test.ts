import { describe, expect, test } from 'vitest'
import { parse } from './parse.ts'
import { SqlError } from './sql-error.ts'
import { timestampOf } from './timestamp.ts'

function failure(text: string): SqlError {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof SqlError) return error
    throw error
  }
  throw new Error(`accepted: ${text}`)
}

describe('a statement', () => {
  test('is read whichever way it is written', () => {
    const plain = parse('SELECT a.x AS y FROM t a LEFT JOIN u b ON a.k = b.k WHERE a.x IS NULL ORDER BY a.x LIMIT 3')
    const odd = parse(
      'select a.x y -- a comment\nfrom t as a left outer join u b on a.k=b.k /* another */ where a.x is null order by a.x asc limit 3;',
    )
    const shape = (value: unknown) => JSON.stringify(value, (key, part: unknown) => (key === 'at' ? 0 : part))
    expect(shape(odd)).toBe(shape(plain))
  })

  test.each([
    ['', 'end of input'],
    ['SELECT', 'end of input'],
    ['SELECT x', 'end of input'],
    ['SELECT x FROM', 'end of input'],
    ['SELECT x FROM t WHERE', 'end of input'],
    ['SELECT x FROM t u v', 'v'],
    ['SELECT x FROM t GROUP x', 'GROUP'],
    ['SELECT x FROM t LIMIT y', 'y'],
    ['SELECT x FROM t FULL JOIN u ON t.a = u.a', 'FULL'],
    ['SELECT x FROM t WHERE a = 1 HAVING b', 'HAVING'],
    ['SELECT x FROM t UNION SELECT y FROM t', 'UNION'],
    ['SELECT DISTINCT x FROM t', 'DISTINCT'],
    ['SELECT x FROM t; SELECT y FROM t', 'SELECT'],
    ['DELETE FROM t', 'DELETE'],
    ["SELECT x FROM t WHERE a = 'open", "'"],
    ['SELECT x FROM t WHERE a ~ 1', '~'],
  ])('%s: a syntax error near %s', (text, near) => {
    expect(failure(text)).toMatchObject({ sqlState: '42601', message: expect.stringContaining(`"${near}"`) })
  })

  test.each(["SELECT x FROM t WHERE a LIKE 'b%'", 'SELECT upper(x) FROM t', 'SELECT CAST(x AS bigint) FROM t'])(
    '%s: not supported, and said so',
    (text) => expect(failure(text).sqlState).toBe('0A000'),
  )

  test('says where it is wrong', () => expect(failure('SELECT x FROM t WHERE = 1').position).toBe(22))

  test('takes parameters for the places it leaves open', () => {
    const parameters = { positional: ['a', 2], named: new Map([['n', 'c']]) }
    const { where } = parse('SELECT x FROM t WHERE a = ? AND b = ? AND c = $1 AND d = :n', parameters)
    const operands = where?.type === 'and' ? where.operands : []
    const values = operands.map((operand) =>
      operand.type === 'comparison' && operand.right.type === 'literal' ? operand.right.value : undefined,
    )
    expect(values).toEqual(['a', 2, 'a', 'c'])
    expect(failure('SELECT x FROM t WHERE a = ?').sqlState).toBe('42P02')
  })
})

describe('a timestamp', () => {
  const noon = Date.UTC(2026, 9, 1, 12)
  test.each([
    '2026-10-01T12:00:00Z',
    '2026-10-01T12:00:00.000Z',
    '2026-10-01 12:00:00.000 UTC',
    '2026-10-01T12:00:00.000+00:00',
    '2026-10-01 09:00:00-03',
    '2026-10-01 17:30:00+0530',
    '2026-10-01 12:00',
  ])('%s', (text) => expect(timestampOf(text)).toBe(noon))

  test.each(['yesterday', '2026-13-01', '2026-02-30', '2026-10-01T25:00:00Z', '', '2026-10-01 12:00 CET'])(
    '%j is none',
    (text) => expect(() => timestampOf(text)).toThrow(SqlError),
  )
})
