import { type Batch, defineStage, type Reject, type Stage } from '@custody/pipeline'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Outside } from './outside.ts'
import { testStage } from './test-stage.ts'
import { brokenRules } from './testing/broken-rules.ts'
import { idOf, idsOf, type Note } from './testing/note.ts'

type Batches = AsyncIterable<Batch<Note>>
type Options = { readonly signal?: AbortSignal | undefined }

const rules = {
  accounts: 'accounts for every record: out, dropped with a count, or rejected',
  order: 'keeps the order',
  passesOn: 'passes on what earlier stages refused and dropped',
  checkpoints: 'holds each checkpoint back until everything it covers is out',
  cuts: 'gives the same however its input is cut into batches',
  unchanged: 'never changes what it was given, nor what it gave',
  pulls: 'asks for a batch only when it is asked for one',
  leaves: 'closes everything when its reader leaves, at every point',
  aborts: 'stops and closes everything on an abort, at every point',
  fails: 'passes a failure of its source or of a call on, at every point',
  empty: 'gives nothing for a source without batches',
} as const

// A text of its own per record, so that a stage which mixes records up shows.
const records = fc.record({ id: fc.uuid(), text: fc.string({ minLength: 1, maxLength: 3 }) })

const broken = (run: (source: Batches, options: Options, outside: Outside) => AsyncGenerator<Batch<Note>>) =>
  brokenRules((register) =>
    testStage({
      test: register,
      stage: (outside): Stage<Note, Note> => defineStage('broken', (source, options) => run(source, options, outside)),
      records,
      idOf,
      idsOf,
    }),
  )

const refusal = (id: string): Reject => ({
  stage: 'broken',
  code: 'NOT_WANTED',
  subject: { type: 'Note', id },
  message: 'Refused.',
})

test('a sound stage breaks no rule', async () => {
  const found = await broken(async function* (source, { signal }, outside) {
    for await (const batch of source) {
      await outside.call(signal)
      yield batch
    }
  })
  expect(found).toEqual([])
})

const each = (change: (batch: Batch<Note>) => Batch<Note>) =>
  async function* (source: Batches): AsyncGenerator<Batch<Note>> {
    for await (const batch of source) yield change(batch)
  }

test.each([
  [
    'loses a record without a word',
    [rules.accounts, rules.cuts],
    each((batch) => ({ ...batch, records: batch.records.slice(1) })),
  ],
  [
    'counts a drop that was none',
    [rules.accounts],
    each((batch) => ({ ...batch, drops: { ...batch.drops, none: 1 } })),
  ],
  [
    'gives records twice',
    [rules.accounts],
    each((batch) => ({ ...batch, records: [...batch.records, ...batch.records] })),
  ],
  [
    'makes records up',
    [rules.accounts],
    each((batch) => ({ ...batch, records: [...batch.records, { id: 'made-up', text: '' }] })),
  ],
  [
    'refuses a record and passes it on all the same',
    [rules.accounts],
    each((batch) => ({ ...batch, rejects: [...batch.rejects, ...batch.records.map(({ id }) => refusal(id))] })),
  ],
  [
    'refuses in the name of another stage',
    [rules.accounts],
    each((batch) => ({
      ...batch,
      records: [],
      rejects: [...batch.rejects, ...batch.records.map(({ id }) => ({ ...refusal(id), stage: 'other' }))],
    })),
  ],
  ['turns the order round', [rules.order], each((batch) => ({ ...batch, records: batch.records.toReversed() }))],
  ['loses earlier rejects', [rules.passesOn], each((batch) => ({ ...batch, rejects: [] }))],
  [
    'copies earlier rejects',
    [rules.passesOn],
    each((batch) => ({ ...batch, rejects: structuredClone(batch.rejects) })),
  ],
  ['loses earlier drops', [rules.passesOn], each(({ drops: _, ...batch }) => batch)],
  ['loses checkpoints', [rules.checkpoints], each(({ checkpoint: _, ...batch }) => batch)],
  [
    'makes checkpoints up',
    [rules.checkpoints],
    each((batch) => ({ ...batch, checkpoint: { source: 'broken', cursor: 'x' } })),
  ],
  [
    'depends on how its input is cut',
    [rules.cuts],
    each((batch) => ({ ...batch, records: batch.records.map((note, index) => ({ ...note, text: String(index) })) })),
  ],
  [
    'writes to its records',
    [rules.unchanged],
    each((batch) => {
      for (const note of batch.records) Reflect.set(note, 'text', 'changed') || fail()
      return batch
    }),
  ],
  [
    'writes to its batches',
    [rules.unchanged],
    each((batch) => {
      ;(batch.records as Note[]).sort((a, b) => (a.id < b.id ? -1 : 1))
      return batch
    }),
  ],
])('a stage that %s is caught', async (_, expected, run) => {
  expect(await broken(run)).toEqual(expect.arrayContaining(expected))
})

function fail(): never {
  throw new TypeError('frozen')
}

test('a stage that lets a checkpoint out before its records is caught', async () => {
  const found = await broken(async function* (source) {
    let held: readonly Note[] = []
    for await (const batch of source) {
      yield { ...batch, records: held }
      held = batch.records
    }
    if (held.length > 0) yield { records: held, rejects: [] }
  })
  expect(found).toEqual([rules.checkpoints])
})

test('a stage that lets a checkpoint out before earlier rejects is caught', async () => {
  const found = await broken(async function* (source) {
    let held: readonly Reject[] = []
    for await (const batch of source) {
      yield { ...batch, rejects: held }
      held = batch.rejects
    }
    if (held.length > 0) yield { records: [], rejects: held }
  })
  expect(found).toEqual([rules.checkpoints])
})

test('a stage that writes to a batch it has given is caught', async () => {
  const found = await broken(async function* (source) {
    const reused: Note[] = []
    for await (const batch of source) {
      reused.push(...batch.records)
      yield { ...batch, records: reused }
      reused.length = 0
    }
  })
  expect(found).toContain(rules.unchanged)
})

test('a stage that reads ahead is caught', async () => {
  const found = await broken(async function* (source) {
    const iterator = source[Symbol.asyncIterator]()
    let next = iterator.next()
    try {
      while (true) {
        const result = await next
        if (result.done) return
        next = iterator.next()
        next.catch(() => undefined)
        yield result.value
      }
    } finally {
      await next.catch(() => undefined)
      await iterator.return?.()
    }
  })
  expect(found).toContain(rules.pulls)
})

test('a stage that asks twice at the same time is caught', async () => {
  const found = await broken(async function* (source) {
    const iterator = source[Symbol.asyncIterator]()
    while (true) {
      const [first, second] = await Promise.all([iterator.next(), iterator.next()])
      if (!first.done) yield first.value
      if (!second.done) yield second.value
      if (first.done || second.done) return
    }
  })
  expect(found).toContain(rules.pulls)
})

test('a stage that works on behind the back of its reader is caught', async () => {
  const found = await broken(async function* (source, { signal }, outside) {
    for await (const batch of source) {
      void outside.call(signal).catch(() => undefined)
      yield batch
    }
  })
  expect(found).toEqual(expect.arrayContaining([rules.pulls, rules.leaves]))
})

test('a stage that leaves its source open is caught', async () => {
  const found = await broken(async function* (source) {
    const iterator = source[Symbol.asyncIterator]()
    for (let result = await iterator.next(); !result.done; result = await iterator.next()) yield result.value
  })
  expect(found).toEqual([rules.leaves])
})

test('a stage that leaves what it opened open is caught', async () => {
  const found = await broken(async function* (source, _options, outside) {
    const handle = outside.open()
    for await (const batch of source) yield batch
    handle.close()
  })
  expect(found).toEqual([rules.leaves, rules.aborts, rules.fails])
})

test('a stage that takes an abort for the end is caught', async () => {
  const found = await broken(async function* (source, { signal }) {
    for await (const batch of source) {
      if (signal?.aborted) return
      yield batch
      if (signal?.aborted) return
    }
  })
  expect(found).toEqual([rules.aborts])
})

test('a stage that turns an abort into an error of its own is caught', async () => {
  const found = await broken(async function* (source, { signal }) {
    for await (const batch of source) {
      if (signal?.aborted) throw new Error('stopped')
      yield batch
      if (signal?.aborted) throw new Error('stopped')
    }
  })
  expect(found).toEqual([rules.aborts])
})

test('a stage that keeps the signal from its calls is caught', async () => {
  const found = await broken(async function* (source, _options, outside) {
    for await (const batch of source) {
      await outside.call()
      yield batch
    }
  })
  expect(found).toEqual([rules.aborts])
})

test('a stage that swallows a failure of its source is caught', async () => {
  const found = await broken(async function* (source) {
    try {
      for await (const batch of source) yield batch
    } catch {
      // Swallowed.
    }
  })
  expect(found).toEqual([rules.aborts, rules.fails])
})

test('a stage that wraps a failure of its source is caught', async () => {
  const found = await broken(async function* (source) {
    try {
      for await (const batch of source) yield batch
    } catch (cause) {
      throw new Error('wrapped', { cause })
    }
  })
  expect(found).toEqual([rules.fails])
})

test('a stage that goes on without what a failing call was to bring is caught', async () => {
  const found = await broken(async function* (source, { signal }, outside) {
    for await (const batch of source) {
      try {
        await outside.call(signal)
        yield batch
      } catch {
        signal?.throwIfAborted()
        yield { ...batch, records: [] }
      }
    }
  })
  expect(found).toEqual([rules.fails])
})

test('a stage that ends before its source does is caught', async () => {
  const found = await broken(async function* (source) {
    let left = 2
    for await (const batch of source) {
      yield batch
      if (--left === 0) return
    }
  })
  expect(found).toEqual(expect.arrayContaining([rules.accounts, rules.cuts]))
})

test('a stage that makes something out of nothing is caught', async () => {
  const found = await broken(async function* (source) {
    yield* source
    yield { records: [], rejects: [refusal('none')] }
  })
  expect(found).toContain(rules.empty)
})

test('a stage that never ends is caught', { timeout: 30_000 }, async () => {
  const found = await brokenRules((register) =>
    testStage({
      test: (name, run) => name === rules.empty && register(name, run),
      stage: () =>
        defineStage<Note, Note>('broken', async function* (source) {
          yield* source
          await new Promise(() => undefined)
        }),
      records,
      idOf,
      idsOf,
    }),
  )
  expect(found).toEqual([rules.empty])
})

test('reordering, splitting and joining are allowed where they are declared, and only there', async () => {
  const reorder = (reorders: boolean) =>
    brokenRules((register) =>
      testStage({
        test: register,
        stage: () =>
          defineStage<Note, Note>(
            'reverse',
            each((batch) => ({ ...batch, records: batch.records.toReversed() })),
          ),
        records,
        idOf,
        idsOf,
        reorders,
      }),
    )
  expect(await reorder(true)).toEqual([])
  expect(await reorder(false)).toContain(rules.order)

  const split = (splits: boolean) =>
    brokenRules((register) =>
      testStage({
        test: register,
        stage: () =>
          defineStage<Note, { note: string; character: string }>('characters', async function* (source) {
            for await (const batch of source) {
              yield {
                ...batch,
                records: batch.records.flatMap(({ id, text }) =>
                  [...text].map((character) => ({ note: id, character })),
                ),
              }
            }
          }),
        records: fc.record({ id: fc.uuid(), text: fc.string({ minLength: 2 }) }),
        idOf,
        idsOf: ({ note }) => [note],
        splits,
      }),
    )
  expect(await split(true)).toEqual([])
  expect(await split(false)).toContain(rules.accounts)
})
