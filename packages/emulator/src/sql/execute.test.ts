import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { smallCatalog } from '../testing/data360-client.ts'
import { execute } from './execute.ts'
import { SqlError } from './sql-error.ts'
import type { Catalog, Column, Row, Table, Value } from './table.ts'

const catalog = smallCatalog()
const entry = 'ssot__ConversationEntry__dlm'
const conversation = 'ssot__Conversation__dlm'

async function rows(sql: string, from: Catalog = catalog): Promise<(readonly Value[])[]> {
  const result = await execute(from, sql)
  const found = Array.from(result.rows(await result.placeOf(0)), ({ values }) => values)
  expect(found).toHaveLength(await result.count())
  return found
}

async function state(sql: string, from: Catalog = catalog): Promise<string> {
  return await execute(from, sql).then(
    () => 'accepted',
    (error: unknown) => (error instanceof SqlError ? error.sqlState : 'crashed'),
  )
}

describe('names', () => {
  test.each([
    ['SELECT x FROM nothing', '42P01'],
    [`SELECT nothing FROM ${entry}`, '42703'],
    [`SELECT z.ssot__Id__c FROM ${entry} e`, '42P01'],
    [`SELECT ssot__Id__c FROM ${entry} e JOIN ${conversation} c ON e.ssot__ConversationId__c = c.ssot__Id__c`, '42702'],
    [
      `SELECT e.ssot__Id__c FROM ${entry} e JOIN ${conversation} e ON e.ssot__ConversationId__c = e.ssot__Id__c`,
      '42712',
    ],
    [`SELECT "SSOT__ID__C" FROM ${entry}`, '42703'],
    [`SELECT "ssot__Id__c" FROM "${entry}"`, 'accepted'],
    [`select SSOT__ID__C from ${entry.toUpperCase()}`, 'accepted'],
  ])('%s: %s', async (sql, expected) => expect(await state(sql)).toBe(expected))
})

describe('what is not understood is refused', () => {
  test.each([
    [`SELECT ssot__Id__c FROM ${entry} WHERE ssot__CreatedDate__c > 'soon'`, '22007'],
    [`SELECT ssot__Id__c FROM ${entry} WHERE ssot__CreatedDate__c > ssot__Id__c`, '42883'],
    [`SELECT ssot__Id__c FROM ${entry} WHERE ssot__Id__c`, '42804'],
    [`SELECT ssot__Id__c FROM ${entry} WHERE count(*) > 1`, '42803'],
    [`SELECT ssot__Id__c, count(*) FROM ${entry}`, '42803'],
    [
      `SELECT e.ssot__Id__c FROM ${entry} e JOIN ${conversation} c ON e.ssot__CreatedDate__c = c.ssot__CreatedDate__c`,
      '0A000',
    ],
    [
      `SELECT ssot__Id__c FROM ${entry} WHERE NOT (ssot__ConversationId__c IN (SELECT ssot__Id__c FROM ${conversation}))`,
      '0A000',
    ],
    [`SELECT ssot__Id__c FROM ${entry} WHERE ssot__Id__c IN (SELECT ssot__Id__c, ssot__Id__c FROM ${entry})`, '42601'],
    [`SELECT ssot__Id__c FROM ${entry} ORDER BY 7`, '42P10'],
  ])('%s: %s', async (sql, expected) => expect(await state(sql)).toBe(expected))
})

describe('joins', () => {
  test('an outer one keeps what has no match, an inner one does not', async () => {
    const some = smallCatalog(60, { orphanEveryNthEntry: 3 })
    const join = (kind: string) =>
      rows(
        `SELECT e.ssot__Id__c, c.ssot__Id__c FROM ${entry} e ${kind} JOIN ${conversation} c ON e.ssot__ConversationId__c = c.ssot__Id__c`,
        some,
      )
    const [left, inner] = [await join('LEFT'), await join('INNER')]
    expect(left.filter(([, id]) => id === null).length).toBeGreaterThan(10)
    expect(inner).toEqual(left.filter(([, id]) => id !== null))
  })

  test('further conditions of ON do not drop rows of an outer one', async () => {
    const sql = `SELECT e.ssot__Id__c, c.ssot__Id__c FROM ${entry} e LEFT JOIN ${conversation} c ON e.ssot__ConversationId__c = c.ssot__Id__c AND e.KQ_Id__c IS NOT DISTINCT FROM c.KQ_Id__c AND c.ssot__Id__c = 'nobody'`
    const found = await rows(sql)
    expect(found.every(([, id]) => id === null)).toBe(true)
    expect(found).toHaveLength((await rows(`SELECT ssot__Id__c FROM ${entry}`)).length)
  })
})

describe('a result', () => {
  const sql = `SELECT ssot__Id__c FROM ${entry} ORDER BY ssot__ConversationId__c, ssot__TranscriptedDateTime__c, ssot__Id__c`

  test('can be read from any row on', async () => {
    const result = await execute(catalog, sql)
    const all = await rows(sql)
    const count = await result.count()
    for (const offset of [0, 1, 7, 100, count - 1, count, count + 1]) {
      const [first] = result.rows(await result.placeOf(offset))
      expect(first?.values[0]).toBe(all[offset]?.[0])
    }
    expect(Array.from(result.first(5).rows({ part: 0, row: 0, ordinal: 0 }))).toHaveLength(5)
    expect(await result.first(5).count()).toBe(5)
  })

  test('LIMIT and OFFSET cut it', async () => {
    const all = await rows(sql)
    for (const [limit, offset] of [
      [0, 0],
      [3, 0],
      [3, 10],
      [100_000, 5],
      [1, all.length],
      [2, all.length - 1],
    ] as const) {
      expect(await rows(`${sql} LIMIT ${limit} OFFSET ${offset}`)).toEqual(all.slice(offset, offset + limit))
    }
  })

  test('without an order comes in another one for each query', async () => {
    const unordered = `SELECT ssot__Id__c FROM ${conversation}`
    const read = async (shuffle: number) => {
      const result = await execute(catalog, unordered, { shuffle })
      return Array.from(result.rows(await result.placeOf(0)), ({ values }) => values[0])
    }
    const [one, two] = [await read(1), await read(2)]
    expect(one).not.toEqual(two)
    expect(one.toSorted()).toEqual(two.toSorted())
  })
})

describe('orders', () => {
  test.each([
    'ssot__ConversationId__c, ssot__Id__c',
    'ssot__ConversationId__c DESC, ssot__Id__c DESC',
    'ssot__Id__c',
    'ssot__Language__c, ssot__Id__c',
    'ssot__CreatedDate__c DESC, ssot__Id__c',
    'ssot__DurationSecondsCount__c NULLS FIRST, ssot__Id__c',
    'ssot__DurationSecondsCount__c, ssot__Id__c',
  ])('by %s', async (order) => {
    const fields = [...order.matchAll(/ssot__\w+/g)].map(([field]) => field)
    const found = await rows(`SELECT ${fields.join(', ')} FROM ${entry} ORDER BY ${order}`)
    const keys = order.split(', ').map((text) => ({
      descending: text.includes('DESC'),
      nullsFirst: text.includes('DESC') || text.includes('NULLS FIRST'),
    }))
    const before = (a: readonly Value[], b: readonly Value[]): boolean => {
      for (const [k, { descending, nullsFirst }] of keys.entries()) {
        const [x, y] = [a[k] as Value, b[k] as Value]
        if (x === y) continue
        if (x === null || y === null) return (x === null) === nullsFirst
        return x < y !== descending
      }
      return true
    }
    const wrong = found.findIndex((row, k) => k > 0 && !before(found[k - 1] as readonly Value[], row))
    expect(wrong).toBe(-1)
    expect(found.length).toBeGreaterThan(500)
  })
})

describe('groups', () => {
  test('are counted, each once', async () => {
    const each = await rows(`SELECT ssot__ConversationId__c FROM ${entry}`)
    const expected = new Map<Value, number>()
    for (const [id] of each) expected.set(id ?? null, (expected.get(id ?? null) ?? 0) + 1)
    const found = await rows(
      `SELECT ssot__ConversationId__c AS id, COUNT(*) AS n FROM ${entry} GROUP BY ssot__ConversationId__c ORDER BY n DESC, id`,
    )
    expect(new Map(found as [Value, number][])).toEqual(expected)
    const counts = found.map(([, n]) => Number(n))
    expect(counts).toEqual(counts.toSorted((a, b) => b - a))
  })

  test('COUNT(DISTINCT …) counts what comes twice once, COUNT(x) not what is null', async () => {
    const doubled = smallCatalog(60, { duplicateEveryNthEntry: 4 })
    const [[all = 0, ids = 0, languages = 0, durations = 0] = []] = await rows(
      `SELECT COUNT(*), COUNT(DISTINCT ssot__Id__c), COUNT(DISTINCT ssot__Language__c), COUNT(ssot__DurationSecondsCount__c) FROM ${entry}`,
      doubled,
    )
    const plain = await rows(`SELECT ssot__Id__c FROM ${entry}`)
    expect(ids).toBe(plain.length)
    expect(Number(all)).toBeGreaterThan(plain.length + 50)
    expect(languages).toBeGreaterThan(2)
    expect(durations).toBeGreaterThan(0)
    expect(durations).toBeLessThan(Number(ids))
  })

  test('of nothing there is one without GROUP BY and none with it', async () => {
    const nothing = `FROM ${entry} WHERE ssot__Id__c = 'nobody'`
    expect(await rows(`SELECT COUNT(*), MIN(ssot__Id__c) ${nothing}`)).toEqual([[0, null]])
    expect(await rows(`SELECT ssot__Id__c, COUNT(*) ${nothing} GROUP BY ssot__Id__c`)).toEqual([])
  })
})

/** Partitions of a few numbers, as lists to compare with. */
function toyCatalog(parts: readonly (readonly (number | null)[])[]): { catalog: Catalog; all: (readonly Value[])[] } {
  const table = parts.map((values, part) => values.map((value, row) => ({ part, row, value })))
  const column = (name: string, get: (row: never) => Value, rest: Partial<Column> = {}): Column => ({
    name,
    type: 'bigint',
    required: false,
    get: get as Column['get'],
    ...rest,
  })
  type Cell = { part: number; row: number; value: number | null }
  const columns = [
    column('part', ({ part }: Cell) => `p${part}`, {
      type: 'varchar',
      required: true,
      ascending: parts.length < 10,
      partitionOf: (text) => (/^p\d+$/.test(text) ? Number(text.slice(1)) : undefined),
    }),
    column('place', ({ row }: Cell) => row, { required: true }),
    column('value', ({ value }: Cell) => value),
  ]
  const toy: Table = {
    name: 'toy',
    columns: new Map(columns.map((one) => [one.name, one])),
    partitions: parts.length,
    rowsOf: (partition): readonly Row[] => table[partition] ?? [],
  }
  return {
    catalog: new Map([['toy', toy]]),
    all: table.flat().map(({ part, row, value }) => [`p${part}`, row, value]),
  }
}

const partsArbitrary = fc.array(fc.array(fc.option(fc.integer({ min: 0, max: 5 })), { maxLength: 6 }), { maxLength: 8 })

test('whatever the partitions, rows are the same as by hand', async () => {
  await fc.assert(
    fc.asyncProperty(partsArbitrary, fc.integer({ min: 0, max: 5 }), fc.boolean(), async (parts, bound, descending) => {
      const { catalog: toys, all } = toyCatalog(parts)
      const direction = descending ? 'DESC' : 'ASC'
      const found = await rows(
        `SELECT part, place, value FROM toy WHERE value >= ${bound} OR (value IS NULL AND part <> 'p1') ORDER BY value ${direction}, part, place`,
        toys,
      )
      const kept = all.filter(([part, , value]) => (value === null ? part !== 'p1' : Number(value) >= bound))
      const rank = (value: Value | undefined): number => {
        if (value === null) return descending ? -1 : 100
        return descending ? 10 - Number(value) : Number(value)
      }
      const expected = kept.toSorted(
        (a, b) =>
          rank(a[2]) - rank(b[2]) ||
          (String(a[0]) < String(b[0]) ? -1 : a[0] === b[0] ? 0 : 1) ||
          Number(a[1]) - Number(b[1]),
      )
      expect(found).toEqual(expected)
    }),
  )
})

test('IN (SELECT …) keeps whole partitions that have a row', async () => {
  await fc.assert(
    fc.asyncProperty(partsArbitrary, fc.integer({ min: 0, max: 5 }), async (parts, wanted) => {
      const { catalog: toys, all } = toyCatalog(parts)
      const found = await rows(
        `SELECT part, place FROM toy WHERE part IN (SELECT w.part FROM toy w WHERE w.value = ${wanted}) ORDER BY part, place`,
        toys,
      )
      const having = new Set(all.filter(([, , value]) => value === wanted).map(([part]) => part))
      expect(found).toEqual(all.filter(([part]) => having.has(part ?? null)).map(([part, place]) => [part, place]))
    }),
  )
})
