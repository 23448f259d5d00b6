import { expect, test } from 'vitest'
import type { Batch, Commit } from './batch.ts'
import { defineSink, defineSource, defineStage } from './stage.ts'
import { batchOf, collect, commitOf, iterate, keep, log, numbers } from './testing/numbers.ts'

const sinkOf = (run: (source: AsyncIterable<Batch<number>>) => AsyncGenerator<Commit, void, undefined>) =>
  defineSink<number>('test', run)
const two = (): AsyncGenerator<Batch<number>> =>
  iterate(
    { ...batchOf(1), rejects: [{ stage: 's', code: 'X', subject: { type: 'T', id: null }, message: '' }] },
    batchOf(2),
  )

test('pieces carry their name, and do without options', async () => {
  const source = defineSource<number>('a', async function* (options) {
    expect(options).toEqual({})
    yield batchOf(1)
  })
  const stage = defineStage<number, number>('b', async function* (batches, options) {
    expect(options).toEqual({})
    yield* batches
  })
  expect([source.stageName, stage.stageName, keep([]).stageName]).toEqual(['a', 'b', 'keep'])
  expect(await collect(stage(source()))).toEqual([batchOf(1)])
})

test('a started sink can be iterated, or awaited, also twice', async () => {
  expect(await collect(keep([])(two()))).toHaveLength(2)
  const totals = { commits: 2, batches: 2, records: 2, rejects: 1 }
  const run = keep([])(two())
  expect(await run).toEqual(totals)
  expect(await run).toEqual(totals)
  const same = keep([])(two())
  expect(await Promise.all([same, same])).toEqual([totals, totals])
})

test('nothing starts before a sink is iterated or awaited', async () => {
  const seen = log()
  keep([])(numbers(3, seen)())
  await new Promise(setImmediate)
  expect(seen.asked).toBe(0)
})

test('a failing sink rejects when awaited', async () => {
  const failure = new Error('failure')
  const sink = sinkOf(async function* (source) {
    yield* (await collect(source)).map((batch) => commitOf(batch))
    throw failure
  })
  await expect(sink(two())).rejects.toBe(failure)
})

const one: Commit = { batches: 1, records: 1, rejects: 0 }
test.each<[string, RegExp, (source: AsyncIterable<Batch<number>>) => AsyncGenerator<Commit, void, undefined>]>([
  [
    'forgets its last batch',
    /committed 1 batches of the 2/,
    async function* (source) {
      const [first] = await collect(source)
      if (first) yield commitOf(first)
    },
  ],
  [
    'commits what it was not given',
    /committed 3 batches of the 2/,
    async function* (source) {
      const batches = await collect(source)
      yield commitOf(...batches)
      yield one
    },
  ],
  [
    'commits before it was given anything',
    /committed 1 batches of the 0/,
    async function* (source) {
      yield one
      yield* (await collect(source)).map((batch) => commitOf(batch))
    },
  ],
  [
    'ends before its source',
    /ended after 1 batches/,
    async function* (source) {
      for await (const batch of source) {
        yield commitOf(batch)
        return
      }
    },
  ],
  ['never reads its source', /ended after 0 batches/, async function* () {}],
  [
    'miscounts records',
    /committed 3 records of the 2/,
    async function* (source) {
      yield { ...commitOf(...(await collect(source))), records: 3 }
    },
  ],
  [
    'forgets rejects',
    /committed 0 rejects of the 1/,
    async function* (source) {
      yield { ...commitOf(...(await collect(source))), rejects: 0 }
    },
  ],
])('a sink that %s does not pass for complete', async (_, message, run) => {
  await expect(sinkOf(run)(two())).rejects.toMatchObject({
    code: 'SINK_COUNT_MISMATCH',
    message: expect.stringMatching(message),
  })
})

test('leaving the commits early is no mismatch, and closes the source', async () => {
  const seen = log()
  for await (const _ of keep([])(numbers(3, seen)())) break
  expect(seen).toEqual({ asked: 1, closed: true })
})

test('a failing source comes through unchanged, not as a mismatch', async () => {
  const failure = new Error('failure')
  await expect(keep([])(numbers(3, log(), { failAt: 1, failure })())).rejects.toBe(failure)
})
