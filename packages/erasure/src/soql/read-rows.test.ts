import { type JsonRequest, type OrgClient, soqlString } from '@custody/http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstRows, readRows, rowsOf } from './read-rows.ts'
import { inConditions, orConditions, soqlLike } from './soql-text.ts'

const idOf = (number: number): string => `0PA${String(number).padStart(12, '0')}`

/** Serves numbered rows in pages; `cut` takes rows off a page without a word. */
function orgOf(rows: number, pageSize: number, cut: (page: number) => number = () => 0) {
  const queries: string[] = []
  const org: OrgClient = {
    async getJson<T>({ query, parse }: JsonRequest<T>): Promise<T> {
      const q = String(query?.['q'])
      queries.push(q)
      const after = /Id > '0PA0*(\d+)'/.exec(q)?.[1]
      const left = Array.from({ length: rows }, (_, at) => at + 1).filter((number) => number > Number(after ?? 0))
      const size = Math.max(0, Math.min(pageSize, left.length) - cut(queries.length))
      const records = left.slice(0, size).map((number) => ({ Id: idOf(number), Name: `n${number}` }))
      return parse({ totalSize: left.length, done: true, records }, { status: 200, headers: {} })
    },
  }
  return { org, queries }
}

const asked = { object: 'MessagingEndUser', fields: ['Name'], where: "Name != ''" }

async function count(org: OrgClient): Promise<number> {
  let rows = 0
  for await (const page of readRows(asked, { org })) rows += page.length
  return rows
}

test('every row comes once, whatever the pages hold', async () => {
  for (const [rows, pageSize] of [
    [0, 5],
    [1, 1],
    [5, 5],
    [6, 5],
    [23, 4],
  ] as const) {
    expect(await count(orgOf(rows, pageSize).org)).toBe(rows)
  }
  // A page that gives less than it announced is gone on from, not believed.
  expect(await count(orgOf(20, 5, (page) => (page % 2 === 0 ? 2 : 0)).org)).toBe(20)
  expect(await count(orgOf(3, 5, (page) => (page === 1 ? 3 : 0)).org)).toBe(3)
})

test('rows that are announced and never come are an error', async () => {
  await expect(count(orgOf(20, 5, (page) => (page > 2 ? 5 : 0)).org)).rejects.toMatchObject({
    code: 'ERASURE_QUERY_SHORT',
  })
})

test('too many rows are told instead of read', async () => {
  const { org, queries } = orgOf(1_000, 10)
  expect(await firstRows('MessagingEndUser', [], [asked.where], 20, { org })).toBeNull()
  expect(queries).toHaveLength(3)
  expect(await firstRows('MessagingEndUser', [], [asked.where], 20, { org: orgOf(20, 10).org })).toHaveLength(20)
})

test('an answer of something else is not read', async () => {
  for (const document of [null, [], {}, { totalSize: 1 }, { totalSize: 1, records: [{ Name: 'x' }] }, 'text']) {
    const org: OrgClient = { getJson: async ({ parse }) => parse(document, { status: 200, headers: {} }) }
    await expect(rowsOf('Contact', [], [asked.where], { org })).rejects.toMatchObject({
      code: 'ERASURE_QUERY_MALFORMED',
    })
  }
})

test('no value ends its literal, and conditions fit into an address', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      for (const text of [soqlString(value), `'${soqlLike(value)}'`]) {
        expect(text.slice(1, -1).replace(/\\./gs, '')).not.toMatch(/['\\\n\r]/)
      }
      expect(soqlLike(value).replace(/\\./gs, '')).not.toMatch(/[%_]/)
    }),
  )
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 200, unit: 'binary' }), { maxLength: 300 }), (values) => {
      const conditions = inConditions('MessagingPlatformKey', values)
      for (const condition of conditions) expect(encodeLength(condition)).toBeLessThan(16_000)
      const listed = conditions.join(' ').match(/'(?:[^'\\]|\\.)*'/gs) ?? []
      expect(new Set(listed)).toEqual(new Set(values.map(soqlString)))
    }),
    { numRuns: 12 },
  )
  const long = Array.from({ length: 100 }, (_, at) => `${at}${'€'.repeat(250)}`)
  for (const condition of inConditions('Name', long)) expect(encodeLength(condition)).toBeLessThan(16_000)
  expect(() => inConditions('Name', ['\ud800'])).not.toThrow()
  expect(orConditions(Array.from({ length: 450 }, (_, at) => `Name = 'n${at}'`))).toHaveLength(3)
})

function encodeLength(text: string): number {
  return encodeURIComponent(text.toWellFormed()).length
}
