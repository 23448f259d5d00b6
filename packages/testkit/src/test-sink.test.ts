import { type Batch, type Commit, defineSink, type Sink } from '@custody/pipeline'
import { expect, test } from 'vitest'
import type { Outside } from './outside.ts'
import { testSink } from './test-sink.ts'
import { brokenRules } from './testing/broken-rules.ts'
import { memorySink } from './testing/memory-sink.ts'
import { idOf, type Note, notes } from './testing/note.ts'

interface Store {
  readonly ids: string[]
  finished: boolean
}
type Batches = AsyncIterable<Batch<Note>>
type Options = { readonly signal?: AbortSignal | undefined }
type Run = (
  source: Batches,
  options: Options,
  store: Store,
  outside: Outside,
) => AsyncGenerator<Commit, void, undefined>

const rules = {
  stores: 'stores every record once and in order',
  commits: 'commits every batch once, with its counts and latest checkpoint',
  durable: 'says a batch is committed only once it is durable',
  unchanged: 'never changes what it was given, nor what it gave',
  pulls: 'asks for a batch only when it is asked for a commit',
  leaves: 'closes everything when its reader leaves, at every point',
  aborts: 'stops and closes everything on an abort, at every point',
  fails: 'passes a failure of its source or of a call on, at every point',
  node: 'can be handed to pipeline() of node:stream, and be awaited',
} as const

const commitOf = (batch: Batch<Note>): Commit => ({
  batches: 1,
  records: batch.records.length,
  rejects: batch.rejects.length,
  ...(batch.checkpoint && { checkpoint: batch.checkpoint }),
})
const keep = (store: Store, batch: Batch<Note>): void => void store.ids.push(...batch.records.map(idOf))

const broken = (run: Run, define: typeof defineSink<Note> = defineSink) =>
  brokenRules((register) =>
    testSink({
      test: register,
      setUp: (outside) => {
        const store: Store = { ids: [], finished: false }
        const sink: Sink<Note> = define('broken', (source, options) => run(source, options, store, outside))
        return { sink, stored: () => store.ids, finished: () => store.finished }
      },
      records: notes,
      idOf,
    }),
  )

/** Writes each batch as it comes, with one thing done wrong. */
const each = (write: (batch: Batch<Note>, store: Store) => Commit): Run =>
  async function* (source, _options, store) {
    for await (const batch of source) yield write(batch, store)
    store.finished = true
  }

test('a sound sink breaks no rule', async () => {
  expect(
    await brokenRules((register) => testSink({ test: register, setUp: memorySink, records: notes, idOf })),
  ).toEqual([])
})

test.each<[string, readonly string[], Run]>([
  [
    'loses a record',
    [rules.stores],
    each((batch, store) => {
      store.ids.push(...batch.records.slice(1).map(idOf))
      return commitOf(batch)
    }),
  ],
  [
    'stores a record twice',
    [rules.stores],
    each((batch, store) => {
      keep(store, batch)
      keep(store, batch)
      return commitOf(batch)
    }),
  ],
  [
    'stores in another order',
    [rules.stores],
    each((batch, store) => {
      store.ids.unshift(...batch.records.map(idOf))
      return commitOf(batch)
    }),
  ],
  [
    'leaves checkpoints out of its commits',
    [rules.commits],
    each((batch, store) => {
      keep(store, batch)
      return { batches: 1, records: batch.records.length, rejects: batch.rejects.length }
    }),
  ],
  [
    'counts wrongly',
    [rules.commits],
    each((batch, store) => {
      keep(store, batch)
      return { ...commitOf(batch), records: 0 }
    }),
  ],
  [
    'never looks finished',
    [rules.stores],
    each((batch, store) => {
      keep(store, batch)
      setImmediate(() => {
        store.finished = false
      })
      Object.defineProperty(store, 'finished', { get: () => false, set: () => undefined, configurable: true })
      return commitOf(batch)
    }),
  ],
  [
    'writes to its records',
    [rules.unchanged],
    each((batch, store) => {
      for (const note of batch.records) Object.assign(note, { seen: true })
      keep(store, batch)
      return commitOf(batch)
    }),
  ],
])('a sink that %s is caught', async (_, expected, run) => {
  expect(await broken(run)).toEqual(expect.arrayContaining([...expected]))
})

test('a sink that commits before it has written is caught', async () => {
  const found = await broken(async function* (source, _options, store) {
    for await (const batch of source) {
      yield commitOf(batch)
      keep(store, batch)
    }
    store.finished = true
  })
  expect(found).toEqual([rules.durable])
})

test('a sink that reads on before anybody asks for the next commit is caught', async () => {
  const found = await broken(async function* (source, _options, store) {
    const iterator = source[Symbol.asyncIterator]()
    let next = iterator.next()
    try {
      while (true) {
        const result = await next
        if (result.done) break
        keep(store, result.value)
        next = iterator.next()
        next.catch(() => undefined)
        yield commitOf(result.value)
      }
      store.finished = true
    } finally {
      await next.catch(() => undefined)
      await iterator.return?.()
    }
  })
  expect(found).toContain(rules.pulls)
})

test('a sink that leaves its source open is caught', async () => {
  const found = await broken(async function* (source, _options, store, outside) {
    const handle = outside.open()
    for await (const batch of source) {
      keep(store, batch)
      yield commitOf(batch)
    }
    store.finished = true
    handle.close()
  })
  expect(found).toEqual([rules.leaves, rules.aborts, rules.fails])
})

test('a sink that looks finished whatever happened is caught', async () => {
  const found = await broken(async function* (source, _options, store) {
    try {
      for await (const batch of source) {
        keep(store, batch)
        yield commitOf(batch)
      }
    } finally {
      store.finished = true
    }
  })
  expect(found).toEqual([rules.leaves, rules.aborts, rules.fails])
})

test('a sink that keeps the signal from its calls is caught', async () => {
  const found = await broken(async function* (source, _options, store, outside) {
    for await (const batch of source) {
      await outside.call()
      keep(store, batch)
      yield commitOf(batch)
    }
    store.finished = true
  })
  expect(found).toEqual([rules.aborts])
})

// Not made by defineSink(), which would catch these by itself.
const plain: typeof defineSink<Note> = (name, run) => {
  const start = (source: Batches, options: Options = {}) => {
    const commits = run(source, options)
    const totals = async () => {
      let batches = 0
      for await (const commit of commits) batches += commit.batches
      return { commits: 0, batches, records: 0, rejects: 0 }
    }
    return {
      [Symbol.asyncIterator]: () => commits,
      // biome-ignore lint/suspicious/noThenProperty: a sink run is awaitable
      then: ((resolve, reject) => totals().then(resolve, reject)) as PromiseLike<
        Awaited<ReturnType<typeof totals>>
      >['then'],
    }
  }
  return Object.assign(start, { stageName: name })
}

test('a sink that swallows a failure of its source is caught', async () => {
  const run: Run = async function* (source, _options, store) {
    try {
      for await (const batch of source) {
        keep(store, batch)
        yield commitOf(batch)
      }
      store.finished = true
    } catch {
      // Swallowed.
    }
  }
  expect(await broken(run, plain)).toEqual([rules.aborts, rules.fails])
})

test('a sink that takes an abort for the end is caught', async () => {
  const run: Run = async function* (source, { signal }, store) {
    for await (const batch of source) {
      if (signal?.aborted) return
      keep(store, batch)
      yield commitOf(batch)
      if (signal?.aborted) return
    }
    store.finished = true
  }
  expect(await broken(run, plain)).toEqual([rules.aborts])
})

test('a sink that forgets to commit its last batch is caught', async () => {
  const run: Run = async function* (source, _options, store) {
    let last: Batch<Note> | undefined
    for await (const batch of source) {
      keep(store, batch)
      if (last) yield commitOf(last)
      last = batch
    }
    store.finished = true
  }
  expect(await broken(run, plain)).toEqual(expect.arrayContaining([rules.commits, rules.node]))
})

test('a sink that ends before its source is caught', async () => {
  const run: Run = async function* (source, _options, store) {
    let left = 2
    for await (const batch of source) {
      keep(store, batch)
      yield commitOf(batch)
      if (--left === 0) break
    }
    store.finished = true
  }
  expect(await broken(run, plain)).toEqual(expect.arrayContaining([rules.stores, rules.commits, rules.node]))
})

test('every sink is torn down, also after a failing rule', async () => {
  let up = 0
  await brokenRules((register) =>
    testSink({
      test: register,
      setUp: () => {
        up += 1
        return {
          sink: defineSink<Note>('silent', async function* () {}),
          stored: () => [],
          tearDown: () => {
            up -= 1
          },
        }
      },
      records: notes,
      idOf,
    }),
  )
  expect(up).toBe(0)
})
