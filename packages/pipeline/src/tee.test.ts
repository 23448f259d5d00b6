import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Batch, Commit } from './batch.ts'
import { defineSink, type Sink, type StageOptions } from './stage.ts'
import { tee } from './tee.ts'
import { batchOf, collect, commitOf, iterate, keep, log, numbers, settle } from './testing/numbers.ts'

/** A sink that commits every `rhythm` batches, takes `turns` turns for each, and tells how it ended. */
function recorder(options: { rhythm?: number; turns?: number; failAt?: number; failure?: unknown } = {}) {
  const { rhythm = 1, turns = 0, failAt, failure } = options
  const state = {
    kept: [] as number[],
    end: 'running' as 'running' | 'whole' | { error: unknown },
    signal: undefined as AbortSignal | undefined,
  }
  const sink = defineSink<number>('recorder', async function* (source, { signal }: StageOptions) {
    state.signal = signal
    try {
      let pending: Batch<number>[] = []
      for await (const batch of source) {
        for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
        if (failAt !== undefined && batch.records[0] === failAt) throw failure
        state.kept.push(...batch.records)
        pending.push(batch)
        if (pending.length === rhythm) {
          yield commitOf(...pending)
          pending = []
        }
      }
      if (pending.length > 0) yield commitOf(...pending)
      state.end = 'whole'
    } catch (error) {
      state.end = { error }
      throw error
    }
  })
  return Object.assign(state, { sink })
}

const teeOf = (recorders: readonly { readonly sink: Sink<number> }[]): Sink<number> =>
  tee(...(recorders.map(({ sink }) => sink) as [Sink<number>]))

test('no sinks are refused at construction', () => {
  expect(() => tee(...([] as unknown as [Sink<number>]))).toThrow(
    expect.objectContaining({ code: 'TEE_EMPTY', kind: 'usage' }),
  )
})

const speeds = fc.array(fc.record({ rhythm: fc.integer({ min: 1, max: 4 }), turns: fc.nat({ max: 4 }) }), {
  minLength: 1,
  maxLength: 4,
})

test('every sink gets every batch, and each commit is the minimum, whatever the rhythms and speeds', async () => {
  await fc.assert(
    fc.asyncProperty(speeds, fc.nat({ max: 10 }), async (options, count) => {
      const recorders = options.map(recorder)
      let committed = 0
      for await (const commit of teeOf(recorders)(numbers(count)())) {
        committed += commit.batches
        for (const { kept } of recorders) expect(kept.length).toBeGreaterThanOrEqual(committed)
        expect(commit.checkpoint?.cursor).toBe(String(committed - 1))
      }
      expect(committed).toBe(count)
      for (const { kept, end } of recorders) {
        expect(kept).toEqual(Array.from({ length: count }, (_, index) => index))
        expect(end).toBe('whole')
      }
    }),
  )
})

test('the slowest sets the pace: nobody is ever more than one batch ahead', async () => {
  const slow = recorder({ turns: 7 })
  const fast = recorder()
  let most = 0
  const watch = defineSink<number>('watch', async function* (source) {
    for await (const batch of source) {
      most = Math.max(most, fast.kept.length - slow.kept.length)
      yield commitOf(batch)
    }
  })
  await teeOf([fast, slow, { sink: watch }])(numbers(20)())
  expect(most).toBeLessThanOrEqual(1)
})

test('nothing is asked for while a commit is looked at', async () => {
  const seen = log()
  const commits = tee(keep([]), keep([]))(numbers(5, seen)())[Symbol.asyncIterator]()
  await settle()
  expect(seen.asked).toBe(0)
  for (let count = 1; count <= 3; count++) {
    await commits.next()
    await settle()
    expect(seen.asked).toBe(count)
  }
  await commits.return?.()
  expect(seen.closed).toBe(true)
})

test('a failing sink ends all, at any batch, at any speed: its error comes out, no neighbour looks whole, the source stops', async () => {
  await fc.assert(
    fc.asyncProperty(speeds, fc.nat({ max: 8 }), fc.nat({ max: 3 }), async (options, failAt, at) => {
      const failure = new Error('failure')
      const recorders = options.map(recorder)
      const place = Math.min(at, recorders.length)
      recorders.splice(place, 0, recorder({ ...options[0], failAt, failure }))
      const seen = log()
      await expect(teeOf(recorders)(numbers(20, seen)())).rejects.toBe(failure)
      for (const { end } of recorders) expect(end).toEqual({ error: failure })
      expect(seen).toEqual({ asked: failAt + 1, closed: true })
    }),
  )
})

test('a failing source comes out unchanged, and every sink sees it', async () => {
  const failure = new Error('failure')
  const recorders = [recorder(), recorder({ rhythm: 3, turns: 2 })]
  await expect(teeOf(recorders)(numbers(9, log(), { failAt: 4, failure })())).rejects.toBe(failure)
  for (const { end } of recorders) expect(end).toEqual({ error: failure })
})

test('a reader that leaves ends every sink with an error: a plain end would look whole', async () => {
  await fc.assert(
    fc.asyncProperty(speeds, fc.integer({ min: 1, max: 3 }), async (options, commitsRead) => {
      const recorders = options.map(recorder)
      const seen = log()
      let read = 0
      for await (const _ of teeOf(recorders)(numbers(40, seen)())) if (++read === commitsRead) break
      for (const { end, signal } of recorders) {
        expect(end).toMatchObject({ error: { name: 'AbortError' } })
        expect(signal?.aborted).toBe(true)
      }
      expect(seen.closed).toBe(true)
    }),
  )
})

test('an abort reaches every sink, also one that is waiting on its own', async () => {
  const stop = new AbortController()
  const reason = new Error('enough')
  const stuck = defineSink<number>('stuck', async function* (source, { signal }) {
    for await (const batch of source) {
      await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
      yield commitOf(batch)
    }
  })
  const other = recorder()
  const run = tee(other.sink, stuck)(numbers(3)(), { signal: stop.signal })
  const ended = expect(run).rejects.toBe(reason)
  await settle()
  stop.abort(reason)
  await ended
  expect(other.end).toEqual({ error: reason })
})

test('a sink that ends early does not let the others pass for the whole', async () => {
  const early = defineSink<number>('early', async function* (source) {
    for await (const batch of source) {
      yield commitOf(batch)
      return
    }
  })
  const other = recorder()
  await expect(teeOf([other, { sink: early }])(numbers(5)())).rejects.toMatchObject({ code: 'SINK_COUNT_MISMATCH' })
  expect(other.end).not.toBe('whole')
})

test('a sink of foreign make that commits too little is found out', async () => {
  const foreign = Object.assign(
    (source: AsyncIterable<Batch<number>>) =>
      (async function* (): AsyncGenerator<Commit> {
        for await (const batch of source) if (batch.records[0] === 0) yield commitOf(batch)
      })(),
    { stageName: 'foreign' },
  ) as unknown as Sink<number>
  await expect(teeOf([recorder(), { sink: foreign }])(numbers(3)())).rejects.toMatchObject({
    code: 'SINK_COUNT_MISMATCH',
  })
})

test('rejects and checkpoints are summed up over the batches of a commit', async () => {
  const reject = { stage: 's', code: 'X', subject: { type: 'T', id: null }, message: '' }
  const batches: Batch<number>[] = [{ records: [1, 2], rejects: [reject] }, batchOf(3), { records: [], rejects: [] }]
  expect(await collect(teeOf([recorder({ rhythm: 9 }), recorder()])(iterate(...batches)))).toEqual([
    commitOf(...batches),
  ])
})

test('tees nest', async () => {
  const recorders = [recorder(), recorder({ rhythm: 2 }), recorder({ turns: 3 })] as const
  await tee(recorders[0].sink, tee(recorders[1].sink, recorders[2].sink))(numbers(5)())
  for (const { kept, end } of recorders) expect([kept.length, end]).toEqual([5, 'whole'])
})
