import { expect, test } from 'vitest'
import type { Batch, Reject } from './batch.ts'
import { mapRecords } from './map-records.ts'
import { from } from './pipe.ts'
import { prefetch } from './prefetch.ts'
import { rebatch } from './rebatch.ts'
import type { RunEvent } from './run-event.ts'
import { defineSink, defineSource, defineStage } from './stage.ts'
import { batchOf, collect, commitOf, iterate, keep, log, numbers } from './testing/numbers.ts'

const sourceOf = (...batches: Batch<number>[]) => defineSource<number>('given', () => iterate(...batches))
const double = mapRecords<number, number>({ name: 'double', map: (n) => n * 2 })
const rejectOf = (stage: string, id: string): Reject => ({
  stage,
  code: 'BAD',
  subject: { type: 'Number', id },
  message: 'Bad.',
})

/** A clock that moves only while somebody says so. */
function stopwatch() {
  let time = 0
  const spend = (ms: number): void => {
    time += ms
  }
  return { now: () => time, spend }
}

test('chains, counts and tells', async () => {
  const kept: number[] = []
  const events: RunEvent[] = []
  const summary = await from(numbers(3))
    .through(double)
    .to(keep(kept))
    .run({ onEvent: (event) => events.push(event), now: () => 0 })
  expect(kept).toEqual([0, 2, 4])
  const counts = { batches: 3, records: 3, rejects: 0, drops: {}, ownMs: 0 }
  expect(summary).toEqual({
    stages: [
      { stage: 'numbers', ...counts },
      { stage: 'double', ...counts },
      { stage: 'keep', ...counts },
    ],
    records: 3,
    rejects: 0,
    commits: 3,
    checkpoint: { source: 'numbers', cursor: '2' },
    durationMs: 0,
  })
  expect(events.at(0)).toEqual({ type: 'run-start', stages: ['numbers', 'double', 'keep'] })
  expect(events.slice(1, 4).map((event) => ('stage' in event ? `${event.type} ${event.stage}` : event.type))).toEqual([
    'batch-end numbers',
    'batch-end double',
    'checkpoint-commit',
  ])
  expect(events.at(3)).toEqual({
    type: 'checkpoint-commit',
    batches: 1,
    records: 1,
    checkpoint: { source: 'numbers', cursor: '0' },
  })
  expect(events.at(-1)).toEqual({ type: 'run-end', status: 'done', summary })
  expect(events).toHaveLength(1 + 3 * 3 + 1)
})

test('a pipe is immutable and can be run again', async () => {
  const pipe = from(numbers(2))
  const doubled = pipe.through(double)
  const [plain, twice]: [number[], number[]] = [[], []]
  await pipe.to(keep(plain)).run()
  const job = doubled.to(keep(twice))
  await job.run()
  await job.run()
  expect([plain, twice]).toEqual([
    [0, 1],
    [0, 2, 0, 2],
  ])
})

test('batches() gives what comes out, without a sink', async () => {
  const seen = log()
  expect((await collect(from(numbers(2)).through(double).batches())).map((batch) => batch.records)).toEqual([[0], [2]])
  for await (const _ of from(numbers(2, seen)).through(double).batches({})) break
  expect(seen.closed).toBe(true)
})

test('each reject counts once, for the stage where it first shows, also with equal and with foreign names', async () => {
  const refuse = (name: string) =>
    defineStage<number, number>('refuse', async function* (source) {
      for await (const batch of source) yield { ...batch, rejects: [...batch.rejects, rejectOf(name, name)] }
    })
  const events: RunEvent[] = []
  const given: Batch<number> = { records: [1], rejects: [rejectOf('given', 'first')] }
  const { stages, rejects } = await from(sourceOf(given))
    .through(refuse('refuse'))
    .through(rebatch(1))
    .through(refuse('foreign-name'))
    .through(prefetch())
    .to(keep([]))
    .run({ onEvent: (event) => events.push(event) })
  expect(stages.map((stage) => stage.rejects)).toEqual([1, 1, 0, 1, 0, 0])
  expect(rejects).toBe(3)
  const told = events.flatMap((event) => (event.type === 'record-reject' ? event.reject.subject.id : []))
  expect(told).toEqual(['first', 'refuse', 'foreign-name'])
})

test('each drop counts for the stage that dropped, also across new cuts and with the same reason', async () => {
  const drop = (name: string, unwanted: number) =>
    mapRecords<number, number>({ name, map: (n, context) => (n === unwanted ? context.drop('unwanted') : n) })
  const { stages } = await from(
    sourceOf({ records: [1, 2], rejects: [], drops: { early: 2 } }, { records: [1, 3], rejects: [] }),
  )
    .through(drop('first', 1))
    .through(rebatch(10))
    .through(drop('second', 3))
    .to(keep([]))
    .run()
  expect(stages.map((stage) => stage.drops)).toEqual([{ early: 2 }, { unwanted: 2 }, {}, { unwanted: 1 }, {}])
})

test('time is told for each stage by itself, the sink included', async () => {
  const { now, spend } = stopwatch()
  const source = defineSource<number>('source', async function* () {
    for (const n of [1, 2]) {
      spend(5)
      yield batchOf(n)
    }
    spend(1)
  })
  const stage = mapRecords<number, number>({
    name: 'stage',
    map: (n) => {
      spend(20)
      return n
    },
  })
  const sink = defineSink<number>('sink', async function* (batches) {
    for await (const batch of batches) {
      spend(300)
      yield commitOf(batch)
    }
    spend(1_000)
  })
  const { stages, durationMs } = await from(source)
    .through(stage)
    .to(sink)
    .run({ now, onEvent: () => spend(0) })
  expect(stages.map(({ ownMs }) => ownMs)).toEqual([11, 40, 1_600])
  expect(durationMs).toBe(1_651)
})

test('no time is ever below zero, also with read-ahead', async () => {
  const { now, spend } = stopwatch()
  const source = defineSource<number>('source', async function* () {
    for (let n = 0; n < 5; n++) {
      await new Promise(setImmediate)
      spend(10)
      yield batchOf(n)
    }
  })
  const { stages } = await from(source).through(prefetch(3)).to(keep([])).run({ now })
  for (const { ownMs } of stages) expect(ownMs).toBeGreaterThanOrEqual(0)
})

test('a source without batches', async () => {
  const summary = await from(numbers(0)).to(keep([])).run()
  expect(summary).toMatchObject({ records: 0, commits: 0 })
  expect('checkpoint' in summary).toBe(false)
})

test.each(['source', 'stage', 'sink'])(
  'an error of the %s comes out unchanged and closes everything',
  async (where) => {
    const failure = new Error('failure')
    const seen = log()
    const events: RunEvent[] = []
    const failing = mapRecords<number, number>({
      name: 'failing',
      map: (n) => {
        if (n === 2 && where === 'stage') throw failure
        return n
      },
    })
    const sink = defineSink<number>('sink', async function* (source) {
      for await (const batch of source) {
        if (batch.records[0] === 2 && where === 'sink') throw failure
        yield commitOf(batch)
      }
    })
    const run = from(numbers(5, seen, where === 'source' ? { failAt: 2, failure } : {}))
      .through(failing)
      .to(sink)
      .run({ onEvent: (event) => events.push(event) })
    await expect(run).rejects.toBe(failure)
    expect(seen).toEqual({ asked: 3, closed: true })
    expect(events.at(-1)).toMatchObject({
      type: 'run-end',
      status: 'failed',
      summary: { commits: 2, checkpoint: { cursor: '1' } },
    })
  },
)

test('an abort before the start asks for nothing', async () => {
  const reason = new Error('enough')
  const seen = log()
  const events: RunEvent[] = []
  const run = from(numbers(5, seen))
    .to(keep([]))
    .run({ signal: AbortSignal.abort(reason), onEvent: (event) => events.push(event) })
  await expect(run).rejects.toBe(reason)
  expect(seen.asked).toBe(0)
  expect(events.map((event) => event.type)).toEqual(['run-start', 'run-end'])
  expect(events.at(-1)).toMatchObject({ status: 'aborted' })
})

test('an abort on the way closes everything and throws its reason', async () => {
  const reason = new Error('enough')
  const stop = new AbortController()
  const seen = log()
  const events: RunEvent[] = []
  const run = from(numbers(5, seen))
    .through(double)
    .to(keep([]))
    .run({
      signal: stop.signal,
      onEvent: (event) => {
        events.push(event)
        if (event.type === 'checkpoint-commit' && event.checkpoint?.cursor === '1') stop.abort(reason)
      },
    })
  await expect(run).rejects.toBe(reason)
  expect(seen).toEqual({ asked: 3, closed: true })
  expect(events.at(-1)).toMatchObject({
    type: 'run-end',
    status: 'aborted',
    summary: { commits: 2, checkpoint: { cursor: '1' } },
  })
})

test('an abort that a stage reports as something else is still an abort', async () => {
  const reason = new Error('enough')
  const stop = new AbortController()
  const events: RunEvent[] = []
  const closing = mapRecords<number, number>({
    name: 'closing',
    map: () => {
      stop.abort(reason)
      throw new Error('socket closed')
    },
  })
  const run = from(numbers(5))
    .through(closing)
    .to(keep([]))
    .run({ signal: stop.signal, onEvent: (event) => events.push(event) })
  await expect(run).rejects.toBe(reason)
  expect(events.at(-1)).toMatchObject({ type: 'run-end', status: 'aborted' })
})

test('a stage that takes an abort for a quiet end cannot make the run look done', async () => {
  const stop = new AbortController()
  const quiet = defineSource<number>('quiet', async function* ({ signal }) {
    for (let n = 0; !signal?.aborted; n++) yield batchOf(n)
  })
  const run = from(quiet)
    .to(keep([]))
    .run({ signal: stop.signal, onEvent: ({ type }) => type === 'checkpoint-commit' && stop.abort() })
  await expect(run).rejects.toMatchObject({ name: 'AbortError' })
})

test.each(['batch-end', 'record-reject', 'checkpoint-commit', 'run-end'])(
  'a listener that throws on %s ends the run and closes everything',
  async (type) => {
    const failure = new Error('listener')
    const seen = log()
    const refuse = mapRecords<number, number>({
      name: 'refuse',
      map: (n, { refuse }) => refuse({ code: 'BAD', subject: { type: 'Number', id: String(n) }, message: 'Bad.' }),
    })
    const run = from(numbers(5, seen))
      .through(refuse)
      .to(keep([]))
      .run({
        onEvent: (event) => {
          if (event.type === type) throw failure
        },
      })
    await expect(run).rejects.toBe(failure)
    expect(seen.closed).toBe(true)
  },
)

test('a listener that throws on the last event does not hide why the run failed', async () => {
  const failure = new Error('failure')
  const run = from(numbers(5, log(), { failAt: 1, failure }))
    .to(keep([]))
    .run({
      onEvent: ({ type }) => {
        if (type === 'run-end') throw new Error('listener')
      },
    })
  await expect(run).rejects.toBe(failure)
})

test('a batch whose records stand for more counts as many', async () => {
  const events: RunEvent[] = []
  const joined = defineStage<number, string>('joined', async function* (source) {
    for await (const { records, ...batch } of source) {
      yield { ...batch, records: [records.join()], count: records.length }
    }
  })
  const sink = defineSink<string>('sink', async function* (source) {
    for await (const batch of source) yield { batches: 1, records: batch.count ?? 0, rejects: 0 }
  })
  const summary = await from(sourceOf({ records: [1, 2, 3], rejects: [] }, { records: [], rejects: [] }))
    .through(joined)
    .to(sink)
    .run({ onEvent: (event) => events.push(event) })
  expect(summary.stages.map(({ stage, records }) => [stage, records])).toEqual([
    ['given', 3],
    ['joined', 3],
    ['sink', 3],
  ])
  expect(events.flatMap((event) => (event.type === 'batch-end' ? [event.records] : []))).toEqual([3, 3, 0, 0])
})
