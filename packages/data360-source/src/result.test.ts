import { CustodyError } from '@custody/pipeline'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readChunks } from './chunks.ts'
import type { Row } from './query-api.ts'
import { readRows } from './result.ts'
import { httpError } from './testing/fake-data360.ts'

const table = (length: number): readonly Row[] => Array.from({ length }, (_, number) => [`row ${number}`])

async function collect(pages: AsyncIterable<readonly Row[]>): Promise<{ rows: Row[]; error: unknown }> {
  const rows: Row[] = []
  try {
    for await (const page of pages) rows.push(...page)
    return { rows, error: null }
  } catch (error) {
    return { rows, error }
  }
}

type Fault = (page: readonly Row[]) => readonly Row[]

const faults: Readonly<Record<string, Fault>> = {
  empty: () => [],
  first: (page) => page.slice(1),
  last: (page) => page.slice(0, -1),
  middle: (page) => page.filter((_, index) => index !== page.length >> 1),
  doubled: (page) => page.flatMap((row, index) => (index === 0 ? [row, row] : [row])),
}
const plan = fc.record({
  length: fc.integer({ min: 1, max: 30 }),
  size: fc.integer({ min: 1, max: 8 }),
  nth: fc.nat(12),
  fault: fc.constantFrom(...Object.keys(faults)),
})

// Nothing else stands behind these in a test: the engine's own count is left out.
describe('a result read by rows is whole, or an error', () => {
  test('whatever pages lose or double', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ length, size, nth, fault }) => {
        const all = table(length)
        let asked = -1
        const ask = async (offset: number): Promise<readonly Row[]> => {
          asked += 1
          const page = all.slice(offset, offset + size)
          return asked === nth ? (faults[fault]?.(page) ?? page) : page
        }
        const { rows, error } = await collect(readRows({ rowCount: length, handed: 0, last: null, ask }))
        if (error === null) expect(rows).toEqual(all)
        else expect(error).toMatchObject({ code: 'DATA360_ROWS_MISSING' })
        // A reading ends: each page is asked for a few times at most.
        expect(asked).toBeLessThan(4 * length + 8)
      }),
      { numRuns: 1_000 },
    )
  })

  test('whatever stands in the way for ever', async () => {
    const all = table(20)
    const stuck: readonly ((offset: number) => readonly Row[])[] = [
      () => all.slice(0, 5),
      () => [],
      (offset) => all.slice(offset, offset + 5).filter(([name]) => name !== 'row 7'),
      (offset) => (offset < 10 ? all.slice(offset, offset + 5) : []),
    ]
    for (const give of stuck) {
      const { error } = await collect(readRows({ rowCount: 20, handed: 0, last: null, ask: async (at) => give(at) }))
      expect(error).toMatchObject({ code: 'DATA360_ROWS_MISSING', retryable: true })
    }
  })

  test('a passing fault is repaired', async () => {
    const all = table(12)
    for (const fault of Object.values(faults)) {
      let asked = 0
      const ask = async (offset: number): Promise<readonly Row[]> => {
        asked += 1
        const page = all.slice(offset, offset + 5)
        return asked === 2 ? fault(page) : page
      }
      expect(await collect(readRows({ rowCount: 12, handed: 0, last: null, ask }))).toEqual({ rows: all, error: null })
    }
  })
})

describe('a result read by chunks is whole, or an error', () => {
  const read = (
    length: number,
    size: number,
    chunk: (index: number) => Promise<readonly Row[]>,
    rows = async (offset: number): Promise<readonly Row[]> => table(length).slice(offset, offset + size),
  ): Promise<{ rows: Row[]; error: unknown }> => {
    const { signal } = new AbortController()
    const status = { rowCount: length, chunkCount: Math.ceil(length / size) }
    return collect(readChunks(status, { readAhead: 3, signal, chunk, rows }))
  }

  test('whatever chunks lose or double', async () => {
    await fc.assert(
      fc.asyncProperty(plan, fc.integer({ min: 1, max: 3 }), async ({ length, size, nth, fault }, times) => {
        const all = table(length)
        const asked = new Map<number, number>()
        const chunk = async (index: number): Promise<readonly Row[]> => {
          asked.set(index, (asked.get(index) ?? 0) + 1)
          const page = all.slice(index * size, (index + 1) * size)
          return index === nth && (asked.get(index) ?? 0) <= times ? (faults[fault]?.(page) ?? page) : page
        }
        const { rows, error } = await read(length, size, chunk)
        if (error === null) expect(rows).toEqual(all)
        else expect(error).toMatchObject({ code: 'DATA360_ROWS_MISSING' })
      }),
      { numRuns: 1_000 },
    )
  })

  test('chunk 0 may be empty', async () => {
    const all = table(9)
    const chunk = async (index: number): Promise<readonly Row[]> =>
      index === 0 ? [] : all.slice((index - 1) * 5, index * 5)
    const { signal } = new AbortController()
    const rows = async (): Promise<readonly Row[]> => expect.fail('by rows')
    const pages = readChunks({ rowCount: 9, chunkCount: 3 }, { readAhead: 2, signal, chunk, rows })
    expect(await collect(pages)).toEqual({ rows: all, error: null })
  })

  test('rows stand in for chunks that cannot be had', async () => {
    for (const lost of [0, 1, 2, 3]) {
      for (const status of [404, 500]) {
        const chunk = async (index: number): Promise<readonly Row[]> => {
          if (index >= lost) throw httpError(status)
          return table(10).slice(index * 3, (index + 1) * 3)
        }
        expect(await read(10, 3, chunk)).toEqual({ rows: table(10), error: null })
      }
    }
  })

  test('but not for a failure that is none of the chunk', async () => {
    const chunk = async (): Promise<readonly Row[]> => {
      throw httpError(401)
    }
    expect((await read(10, 3, chunk)).error).toMatchObject({ code: 'HTTP_401' })
  })

  test('chunks that hold more than was announced are an error', async () => {
    const chunk = async (index: number): Promise<readonly Row[]> => table(20).slice(index * 5, (index + 1) * 5)
    const { error } = await read(10, 2, chunk, async () => [])
    expect(error).toBeInstanceOf(CustodyError)
  })

  test('no more are asked for at once than was said', async () => {
    let [now, peak] = [0, 0]
    const chunk = async (index: number): Promise<readonly Row[]> => {
      now += 1
      peak = Math.max(peak, now)
      await Promise.resolve()
      now -= 1
      return table(20).slice(index, index + 1)
    }
    expect((await read(20, 1, chunk)).rows).toHaveLength(20)
    expect(peak).toBe(3)
  })
})
