import { type Duplex, PassThrough, type Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect, test } from 'vitest'
import type { Batch } from './batch.ts'
import { mapRecords } from './map-records.ts'
import { toReadable, toTransform } from './node-streams.ts'
import { prefetch } from './prefetch.ts'
import { rebatch } from './rebatch.ts'
import { defineSink, defineSource, defineStage } from './stage.ts'
import { tee } from './tee.ts'
import { collect, commitOf, keep, log, numbers, settle } from './testing/numbers.ts'

// More than any buffer of Node holds: a pipeline that nobody reads stalls long before.
const many = 300
const double = mapRecords<number, number>({ name: 'double', map: (n) => n * 2 })
const doubled = Array.from({ length: many }, (_, index) => index * 2)
const closed = (stream: Readable | Writable) => new Promise((resolve) => stream.once('close', resolve))

function writable(kept: number[], failAt?: number, failure?: Error): Writable {
  return new Writable({
    objectMode: true,
    write(batch: Batch<number>, _encoding, callback) {
      if (batch.records[0] === failAt) return callback(failure)
      kept.push(...batch.records)
      setImmediate(callback)
    },
  })
}

test('source, stages and sink go straight into pipeline(), which gives the totals of the sink', async () => {
  const kept: number[] = []
  const totals = await pipeline(numbers(many), double, rebatch<number>(2), prefetch<number>(3), keep(kept))
  expect(kept).toEqual(doubled)
  expect(totals).toEqual({ commits: many / 2, batches: many / 2, records: many, rejects: 0 })
})

test('a tee goes into pipeline() too', async () => {
  const [one, two]: [number[], number[]] = [[], []]
  await pipeline(numbers(many), double, tee(keep(one), keep(two)))
  expect([one, two]).toEqual([doubled, doubled])
})

test('functions and streams mix in any order', async () => {
  const kept: number[][] = [[], [], [], []]
  await pipeline(toReadable(numbers(many)), toTransform(double), writable(kept[0] ?? []))
  await pipeline(numbers(many), toTransform(double), keep(kept[1] ?? []))
  await pipeline(toReadable(numbers(many)), double, keep(kept[2] ?? []))
  await pipeline(
    toReadable(numbers(many)),
    toTransform(rebatch<number>(1)),
    toTransform(double),
    toTransform(prefetch<number>(2)),
    writable(kept[3] ?? []),
  )
  expect(kept).toEqual([doubled, doubled, doubled, doubled])
})

test('streams can be iterated, and read by events', async () => {
  expect(
    (await collect<Batch<number>>(toReadable(numbers(3)).pipe(toTransform(double)))).map((batch) => batch.records),
  ).toEqual([[0], [2], [4]])
  const kept: number[] = []
  const readable = toReadable(numbers(3))
  readable.on('data', (batch: Batch<number>) => kept.push(...batch.records))
  await new Promise((resolve) => readable.once('end', resolve))
  expect(kept).toEqual([0, 1, 2])
})

test('an empty source, a stage that gives more and less than it is given', async () => {
  expect(await collect(toReadable(numbers(0)))).toEqual([])
  const kept: number[] = []
  await pipeline(toReadable(numbers(0)), toTransform(double), writable(kept))
  const fan = defineStage<number, number>('fan', async function* (source) {
    for await (const batch of source) for (let copy = 0; copy < (batch.records[0] ?? 0); copy++) yield batch
  })
  await pipeline(toReadable(numbers(4)), toTransform(fan), writable(kept))
  expect(kept).toEqual([1, 2, 2, 3, 3, 3])
})

test('a stage that ends before its input does not leave the writer waiting', async () => {
  const two = defineStage<number, number>('two', async function* (source) {
    let left = 2
    for await (const batch of source) {
      yield batch
      if (--left === 0) return
    }
  })
  const [kept, seen] = [[] as number[], log()]
  await pipeline(toReadable(numbers(9, seen)), toTransform(two), writable(kept))
  expect(kept).toEqual([0, 1])
  expect(seen.closed).toBe(true)
})

test('pull only: a readable asks when it is asked', async () => {
  const seen = log()
  const readable = toReadable(numbers(9, seen))
  await settle()
  expect(seen.asked).toBe(0)
  const batches = readable[Symbol.asyncIterator]()
  await batches.next()
  await settle()
  expect(seen.asked).toBeLessThanOrEqual(2)
  await batches.return?.()
  expect(seen.closed).toBe(true)
})

test('back-pressure goes through a transform: nobody reads, nobody asks', async () => {
  const seen = log()
  const transform = toReadable(numbers(many, seen)).pipe(toTransform(double))
  for (let turn = 0; turn < 10; turn++) await settle()
  expect(seen.asked).toBeLessThan(5)
  transform.destroy()
})

const failure = new Error('failure')
const failing = mapRecords<number, number>({
  name: 'failing',
  map: (n) => {
    if (n === 20) throw failure
    return n
  },
})

test('an error of a source comes out of pipeline() unchanged', async () => {
  const source = () => numbers(many, log(), { failAt: 20, failure })
  await expect(pipeline(source(), double, keep([]))).rejects.toBe(failure)
  await expect(pipeline(toReadable(source()), toTransform(double), writable([]))).rejects.toBe(failure)
  await expect(collect(toReadable(source()))).rejects.toBe(failure)
})

test('an error of a stage comes out of pipeline() unchanged, and the source is closed', async () => {
  const [asFunctions, asStreams] = [log(), log()]
  await expect(pipeline(numbers(many, asFunctions), failing, keep([]))).rejects.toBe(failure)
  const readable = toReadable(numbers(many, asStreams))
  const end = closed(readable)
  await expect(pipeline(readable, toTransform(failing), writable([]))).rejects.toBe(failure)
  await end
  expect([asFunctions.closed, asStreams.closed]).toEqual([true, true])
})

test('an error of the last stream comes out unchanged, and everything before it is closed', async () => {
  const seen = log()
  const [readable, transform] = [toReadable(numbers(many, seen)), toTransform(double)]
  const ends = Promise.all([closed(readable), closed(transform)])
  await expect(pipeline(readable, transform, writable([], 40, failure))).rejects.toBe(failure)
  await ends
  expect(seen.closed).toBe(true)
  expect(seen.asked).toBeLessThan(30)
})

test('an error of a sink comes out unchanged', async () => {
  const seen = log()
  const sink = defineSink<number>('sink', async function* (source) {
    for await (const batch of source) {
      if (batch.records[0] === 20) throw failure
      yield commitOf(batch)
    }
  })
  await expect(pipeline(numbers(many, seen), sink)).rejects.toBe(failure)
  expect(seen.closed).toBe(true)
})

test('destroying a readable early aborts its source and closes it, without an error', async () => {
  const seen = log()
  let signal: AbortSignal | undefined
  const source = defineSource<number>('source', (options) => {
    signal = options.signal
    return numbers(many, seen)(options)
  })
  const readable = toReadable(source)
  const errors: unknown[] = []
  readable.on('error', (error) => errors.push(error))
  readable.once('data', () => readable.destroy())
  await closed(readable)
  expect(signal?.aborted).toBe(true)
  expect(seen.closed).toBe(true)
  expect(errors).toEqual([])
})

test('a source that waits is woken by a destroy', async () => {
  const waiting = defineSource<number>('waiting', async function* ({ signal }) {
    await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    yield { records: [], rejects: [] }
  })
  const readable = toReadable(waiting)
  readable.resume()
  await settle()
  const end = closed(readable)
  readable.destroy()
  await end
})

test('a transform that is destroyed sees its input fail, never end', async () => {
  const ends: unknown[] = []
  const watch = () =>
    defineStage<number, number>('watch', async function* (source) {
      try {
        yield* source
        ends.push('whole')
      } catch (error) {
        ends.push(error)
        throw error
      }
    })
  const silent = toTransform(watch())
  silent.resume()
  silent.write({ records: [1], rejects: [] })
  await settle()
  let end = closed(silent)
  silent.destroy()
  await end

  const loud = toTransform(watch())
  loud.resume()
  loud.write({ records: [1], rejects: [] })
  loud.on('error', () => undefined)
  await settle()
  end = closed(loud)
  loud.destroy(failure)
  await end
  expect(ends).toEqual([expect.objectContaining({ name: 'AbortError' }), failure])
})

test('a reader that leaves a transform early closes everything, and sees what any Duplex of Node shows it', async () => {
  const seen = log()
  const leave = async (source: AsyncIterable<Batch<number>>): Promise<void> => {
    for await (const batch of source) if (batch.records[0] === 20) break
  }
  const ended = async (middle: Duplex): Promise<unknown> =>
    pipeline(numbers(many, seen), middle, leave).catch((error: Error) => error.name)
  expect(await ended(toTransform(double))).toBe(await ended(new PassThrough({ objectMode: true, highWaterMark: 0 })))
  await settle()
  expect(seen.closed).toBe(true)
})

test('the signal of pipeline() reaches source, stage and sink', async () => {
  const stop = new AbortController()
  const reason = new Error('enough')
  const signals: (AbortSignal | undefined)[] = []
  const seen = log()
  const source = defineSource<number>('source', (options) => {
    signals.push(options.signal)
    return numbers(many, seen)(options)
  })
  const stage = defineStage<number, number>('stage', async function* (batches, { signal }) {
    signals.push(signal)
    yield* batches
  })
  const sink = defineSink<number>('sink', async function* (batches, { signal }) {
    signals.push(signal)
    for await (const batch of batches) {
      if (batch.records[0] === 5) stop.abort(reason)
      yield commitOf(batch)
    }
  })
  await expect(pipeline(source, stage, sink, { signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' })
  await settle()
  expect(signals).toHaveLength(3)
  for (const signal of signals) expect(signal?.aborted).toBe(true)
  expect(seen.closed).toBe(true)
})

test('no rejection is left unhandled, whoever fails or leaves', async () => {
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', note)
  try {
    for (const transform of [double, failing, prefetch<number>(3), rebatch<number>(7)]) {
      await pipeline(
        toReadable(numbers(30, log(), { failAt: 25, failure })),
        toTransform(transform),
        writable([]),
      ).catch(() => undefined)
      await pipeline(numbers(30, log(), { failAt: 25, failure }), transform, tee(keep([]), keep([]))).catch(
        () => undefined,
      )
      const stream = toReadable(numbers(30)).pipe(toTransform(transform))
      stream.on('error', () => undefined)
      stream.resume()
      await settle()
      stream.destroy(failure)
      await closed(stream)
    }
    await settle()
  } finally {
    process.off('unhandledRejection', note)
  }
  expect(unhandled).toEqual([])
})
