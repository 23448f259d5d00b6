import { expect, test } from 'vitest'
import type { Batch } from './batch.ts'
import { prefetch } from './prefetch.ts'
import { batchOf, collect, log, numbers, settle } from './testing/numbers.ts'

test.each([0, -1, 1.5, Number.NaN])('count %d is refused at construction', (count) => {
  expect(() => prefetch(count)).toThrow(expect.objectContaining({ code: 'PREFETCH_COUNT', kind: 'usage' }))
})

test('nothing is read before the first batch is asked for', async () => {
  const seen = log()
  prefetch<number>(3)(numbers(9, seen)())
  await settle()
  expect(seen.asked).toBe(0)
})

test.each([1, 2, 5])('reads %i batches ahead, never more', async (count) => {
  const seen = log()
  const batches = prefetch<number>(count)(numbers(20, seen)())
  for (let read = 1; read <= 20; read++) {
    expect((await batches.next()).value).toEqual(batchOf(read - 1))
    for (let turn = 0; turn < 4; turn++) await settle()
    expect(seen.asked).toBe(Math.min(20, read + count))
  }
  expect(await batches.next()).toEqual({ done: true, value: undefined })
})

test('leaving early makes no further call: only the one in flight is waited for', async () => {
  const seen = log()
  const batches = prefetch<number>(5)(numbers(20, seen)())
  await batches.next()
  await batches.return()
  expect(seen).toEqual({ asked: 2, closed: true })
})

test('a failure read ahead waits for its turn, and nothing is asked for after it', async () => {
  const failure = new Error('failure')
  const seen = log()
  const batches = prefetch<number>(5)(numbers(20, seen, { failAt: 2, failure })())
  expect((await batches.next()).value).toEqual(batchOf(0))
  await settle()
  await settle()
  expect((await batches.next()).value).toEqual(batchOf(1))
  await expect(batches.next()).rejects.toBe(failure)
  expect(seen).toEqual({ asked: 3, closed: true })
})

test('a source that fails, or ends, is not closed a second time; one that is left is closed once', async () => {
  const count = async (use: (batches: AsyncGenerator<Batch<number>>) => Promise<unknown>, failAt?: number) => {
    let asked = 0
    let returned = 0
    const source: AsyncIterable<Batch<number>> = {
      [Symbol.asyncIterator]: () => ({
        async next() {
          if (asked === failAt) throw new Error('failure')
          return asked++ < 3 ? { done: false, value: batchOf(asked) } : { done: true, value: undefined }
        },
        async return() {
          returned += 1
          return { done: true, value: undefined }
        },
      }),
    }
    await use(prefetch<number>(2)(source)).catch(() => undefined)
    return returned
  }
  expect(await count(collect)).toBe(0)
  expect(await count(collect, 1)).toBe(0)
  expect(
    await count(async (batches) => {
      await batches.next()
      await batches.return(undefined)
    }),
  ).toBe(1)
})
