import type { Conversation } from '@custody/model'
import { CustodyError } from '@custody/pipeline'
import { fakeClock } from '@custody/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { data360 } from './source.ts'
import { type FakeAnswer, type FakeCall, type FakeOptions, fakeData360, httpError } from './testing/fake-data360.ts'
import { sampleWorld } from './testing/sample-world.ts'

const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-10-01T01:00:00.000Z' }
const apis = ['v3', 'connect', 'v2'] as const

async function read(api: (typeof apis)[number], fake: FakeOptions) {
  const org = fakeData360(fake)
  const conversations: Conversation[] = []
  const codes: string[] = []
  const clock = fakeClock({ startAt: Date.UTC(2026, 10, 1), auto: true })
  let error: unknown = null
  try {
    for await (const { records, rejects } of data360({ api, org, window, clock, readAhead: 2 })()) {
      conversations.push(...records)
      codes.push(...rejects.map(({ code }) => code))
    }
  } catch (thrown) {
    error = thrown
  }
  return { org, codes, error, entries: conversations.flatMap(({ entries }) => entries.map(({ entryId }) => entryId)) }
}

type Fault = (answer: FakeAnswer) => FakeAnswer

interface Page {
  readonly data: readonly unknown[]
  readonly returnedRows?: number
  readonly rowCount?: number
}

/** Changes the rows of a page, and the page's own count with them. */
const rows =
  (change: (data: readonly unknown[]) => readonly unknown[]): Fault =>
  (answer) => {
    const page = answer.document as Page
    if (!Array.isArray(page?.data)) return answer
    const data = change(page.data)
    const counts = {
      ...('returnedRows' in page && { returnedRows: data.length }),
      ...('nextBatchId' in page && { rowCount: data.length }),
    }
    return { ...answer, document: { ...page, data, ...counts } }
  }

const fail =
  (status: number): Fault =>
  () => {
    throw httpError(status)
  }

const faults: Readonly<Record<string, Fault>> = {
  'an empty page': rows(() => []),
  'a page without its first row': rows((data) => data.slice(1)),
  'a page without its last row': rows((data) => data.slice(0, -1)),
  'a page without one in the middle': rows((data) => data.filter((_, index) => index !== data.length >> 1)),
  'a row that comes twice': rows((data) => data.flatMap((row, index) => (index === 0 ? [row, row] : [row]))),
  'a row in place of another': rows((data) => data.map((row, index) => (index === 1 ? data[0] : row))),
  'a page that lies about its length': (answer) => ({
    ...answer,
    document: { ...(answer.document as Page), data: (answer.document as Page).data?.slice(1) },
  }),
  'a page that is none': (answer) => ({ ...answer, document: 'no page' }),
  'a cut end': (answer) => ({ ...answer, document: { ...(answer.document as Page), done: true } }),
  'a lost chunk': fail(404),
  'a failing chunk': fail(500),
}

const reading: readonly FakeCall['kind'][] = ['submit', 'chunk', 'rows', 'batch']

describe.each(apis)('over %s', (api) => {
  test('whatever the server drops, doubles or cuts, all rows come, or it is told', async () => {
    const name = fc.constantFrom(...Object.keys(faults))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom(0, 0, 2, 100),
        fc.uniqueArray(fc.tuple(fc.nat(12), name), { minLength: 1, maxLength: 3, selector: ([nth]) => nth }),
        fc.boolean(),
        async (sizes, pageSize, inline, planned, forEver) => {
          const world = sampleWorld(sizes)
          let nth = -1
          const answer = (own: FakeAnswer, { kind, query }: FakeCall): FakeAnswer => {
            if (query !== 'entries' || !reading.includes(kind)) return own
            nth += 1
            const [, fault] = planned.find(([at]) => (forEver ? at <= nth : at === nth)) ?? []
            return fault === undefined ? own : (faults[fault]?.(own) ?? own)
          }
          const { entries, codes, error } = await read(api, { world, pageSize, inline, answer })
          const expected = world.entries.map(({ Id }) => Id)
          if (error !== null)
            expect(CustodyError.isInstance(error) ? error : String(error)).toBeInstanceOf(CustodyError)
          else if (codes.length === 0) expect(entries).toEqual(expected)
          expect(new Set(entries).size).toBe(entries.length)
        },
      ),
      { numRuns: 250 },
    )
  }, 30_000)

  test('one fault of the moment costs a repeat and nothing else', async () => {
    const world = sampleWorld([3, 2, 4])
    const passing = [
      'an empty page',
      'a page that lies about its length',
      'a page that is none',
      'a lost chunk',
    ] as const
    for (const fault of passing) {
      for (const kind of ['chunk', 'rows', 'batch'] as const) {
        let left = 1
        const answer = (own: FakeAnswer, call: FakeCall): FakeAnswer => {
          if (call.query !== 'entries' || call.kind !== kind || left === 0) return own
          left = 0
          return faults[fault]?.(own) ?? own
        }
        const { entries, codes, error } = await read(api, { world, pageSize: 2, answer })
        // A V2 batch without rows says itself that nothing is missing of it: then the count tells.
        const isTold = api === 'v2' && fault === 'an empty page' && kind === 'batch'
        expect([fault, kind, error, codes]).toEqual([fault, kind, null, isTold ? ['DATA360_SHORT'] : []])
        if (error === null && !isTold) expect(entries).toEqual(world.entries.map(({ Id }) => Id))
      }
    }
  })
})

describe('rows that stay away', () => {
  test.each(['v3', 'connect'] as const)('over %s are an error that names both numbers', async (api) => {
    const answer = (own: FakeAnswer, { kind, query, request }: FakeCall): FakeAnswer => {
      const offset = Number(request.query?.['offset'] ?? 0)
      if (query !== 'entries') return own
      if (kind === 'chunk') throw httpError(404)
      return kind === 'rows' ? rows((data) => data.slice(0, Math.max(0, 5 - offset)))(own) : own
    }
    const { error } = await read(api, { world: sampleWorld([9]), answer })
    expect(error).toMatchObject({ code: 'DATA360_ROWS_MISSING', message: expect.stringMatching(/ 9 rows and [0-5] /) })
  })

  test('from the table itself are told by the count', async () => {
    for (const api of apis) {
      const whole = sampleWorld([5, 5])
      for (const dropped of whole.entries) {
        const world = { ...whole, entries: whole.entries.filter((entry) => entry !== dropped) }
        const answer = (own: FakeAnswer, { query, kind }: FakeCall): FakeAnswer =>
          query === 'count' && kind !== 'status' && kind !== 'cancel' ? rows(() => [['10']])(own) : own
        const { codes, error } = await read(api, { world, answer })
        expect([error, codes]).toEqual([null, ['DATA360_SHORT']])
      }
    }
  })
})
