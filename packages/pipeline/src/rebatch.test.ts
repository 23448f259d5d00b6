import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Batch, Reject } from './batch.ts'
import { rebatch } from './rebatch.ts'
import { collect, iterate } from './testing/numbers.ts'

const checkpoint = (cursor: string) => ({ source: 's', cursor })
const reject = (id: number): Reject => ({
  stage: 's',
  code: 'BAD',
  subject: { type: 'T', id: String(id) },
  message: 'Bad.',
})
const sizes = (batches: readonly Batch<unknown>[]) => batches.map((batch) => batch.records.length)

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('size %d is refused at construction', (size) => {
  expect(() => rebatch(size)).toThrow(expect.objectContaining({ code: 'REBATCH_SIZE', kind: 'usage' }))
})

test('every batch but the last has the size asked for', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.integer())), fc.integer({ min: 1, max: 6 }), async (inputs, size) => {
      const made = await collect(rebatch<number>(size)(iterate(...inputs.map((records) => ({ records, rejects: [] })))))
      expect(made.flatMap((batch) => batch.records)).toEqual(inputs.flat())
      for (const batch of made.slice(0, -1)) expect(batch.records).toHaveLength(size)
      expect(made.at(-1)?.records.length ?? 1).toBeGreaterThan(0)
    }),
  )
})

test('a checkpoint stays with the last record it covers, at the border and to each side of it', async () => {
  for (const count of [2, 3, 4, 5, 6, 7]) {
    const records = Array.from({ length: count }, (_, index) => index)
    const made = await collect(
      rebatch<number>(3)(
        iterate<Batch<number>>(
          { records, rejects: [], checkpoint: checkpoint('a') },
          { records: [9, 9, 9, 9], rejects: [] },
        ),
      ),
    )
    const holder = made.findIndex((batch) => batch.checkpoint?.cursor === 'a')
    const before = sizes(made.slice(0, holder + 1)).reduce((a, b) => a + b, 0)
    expect(before).toBeGreaterThanOrEqual(count)
    expect(before).toBeLessThan(count + 3)
  }
})

test('of several checkpoints in one batch the latest counts', async () => {
  const made = await collect(
    rebatch<number>(10)(
      iterate<Batch<number>>(
        { records: [1], rejects: [], checkpoint: checkpoint('a') },
        { records: [2], rejects: [], checkpoint: checkpoint('b') },
        { records: [3], rejects: [] },
      ),
    ),
  )
  expect(made).toEqual([{ records: [1, 2, 3], rejects: [], checkpoint: checkpoint('b') }])
})

test('rejects, drops and a checkpoint without any record leave at the end', async () => {
  const input: Batch<number> = {
    records: [],
    rejects: [reject(1)],
    drops: { gone: 2 },
    checkpoint: checkpoint('a'),
  }
  expect(await collect(rebatch<number>(2)(iterate(input)))).toEqual([input])
  expect(await collect(rebatch<number>(2)(iterate({ records: [], rejects: [], drops: { gone: 1 } })))).toHaveLength(1)
  expect(await collect(rebatch<number>(2)(iterate({ records: [], rejects: [] })))).toEqual([])
})

test('what is held back stays bounded where everything is refused', async () => {
  const inputs = Array.from({ length: 10 }, (_, index): Batch<number> => ({ records: [], rejects: [reject(index)] }))
  const made = await collect(rebatch<number>(4)(iterate(...inputs)))
  expect(made.map((batch) => batch.rejects.length)).toEqual([4, 4, 2])
})

test('a batch of more rejects than a call takes arguments', async () => {
  const rejects = Array.from({ length: 300_000 }, (_, index) => reject(index))
  const made = await collect(rebatch<number>(10)(iterate({ records: [1], rejects })))
  expect(made).toHaveLength(1)
  expect(made[0]?.rejects).toHaveLength(300_000)
})
