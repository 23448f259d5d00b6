import { type Batch, defineSource } from '@custody/pipeline'
import { expect, test } from 'vitest'
import type { Outside } from './outside.ts'
import { testSource } from './test-source.ts'
import { brokenRules } from './testing/broken-rules.ts'

type Options = { readonly signal?: AbortSignal | undefined }
type Run = (options: Options, outside: Outside) => AsyncGenerator<Batch<string>>

const rules = {
  complete: 'gives every record there is, once and in order',
  again: 'gives the same again',
  checkpoints: 'gives checkpoints that can be stored, each new, with one at the end',
  resume: 'goes on after each of its checkpoints, with nothing missing and nothing twice',
  unchanged: 'never changes what it gave',
  pulls: 'does nothing unless it is asked for a batch',
  leaves: 'closes everything when its reader leaves, at every point',
  aborts: 'stops and closes everything on an abort, at every point',
  fails: 'passes a failing call on, at every point',
} as const

const pages: readonly (readonly string[])[] = [['a', 'b'], [], ['c']]
const ids = ['a', 'b', 'c']
const page = (index: number): Batch<string> => ({
  records: pages[index] ?? [],
  rejects: [],
  checkpoint: { source: 'pages', cursor: String(index + 1) },
})
const sound = (from = 0): Run =>
  async function* ({ signal }, outside) {
    const handle = outside.open()
    try {
      for (let index = from; index < pages.length; index++) {
        await outside.call(signal)
        yield page(index)
      }
    } finally {
      handle.close()
    }
  }

const broken = (run: Run, resume: (cursor: string) => Run = (cursor) => sound(Number(cursor))) =>
  brokenRules((register) =>
    testSource({
      test: register,
      source: (outside) => defineSource('pages', (options) => run(options, outside)),
      resume: (outside, { cursor }) => defineSource('pages', (options) => resume(cursor)(options, outside)),
      idOf: (record) => record,
      expected: ids,
    }),
  )

test('a sound source breaks no rule', async () => {
  expect(await broken(sound())).toEqual([])
})

test('a whole reject counts as found, a rejected part does not', async () => {
  const found = await broken(async function* ({ signal }, outside) {
    await outside.call(signal)
    const reject = { stage: 'pages', code: 'BAD', message: 'Bad.' }
    yield {
      records: ['a', 'b'],
      rejects: [
        { ...reject, subject: { type: 'Letter', id: 'c' } },
        { ...reject, subject: { type: 'Stroke', id: 'x' }, within: { type: 'Letter', id: 'a' } },
      ],
      checkpoint: { source: 'pages', cursor: '3' },
    }
  })
  expect(found).toEqual([])
})

test('a source that misses a record is caught', async () => {
  expect(await broken(sound(1))).toContain(rules.complete)
})

test('a source that gives a record twice is caught', async () => {
  const found = await broken(async function* (options, outside) {
    yield page(0)
    yield* sound()(options, outside)
  })
  expect(found).toContain(rules.complete)
})

test('a source that gives something else the second time is caught', async () => {
  let run = 0
  const found = await broken(async function* (options, outside) {
    if (run++ > 0) yield { records: [`extra-${run}`], rejects: [] }
    yield* sound()(options, outside)
  })
  expect(found).toContain(rules.again)
})

test.each<[string, (batch: Batch<string>, index: number) => Batch<string>]>([
  ['repeats a checkpoint', (batch) => ({ ...batch, checkpoint: { source: 'pages', cursor: 'same' } })],
  [
    'leaves the end without a checkpoint',
    ({ checkpoint, ...batch }, index) => (index < 2 && checkpoint ? { ...batch, checkpoint } : batch),
  ],
  [
    'gives a checkpoint without its name',
    (batch, index) => ({ ...batch, checkpoint: { source: '', cursor: String(index) } }),
  ],
  [
    'gives a cursor that is no string',
    (batch, index) => ({ ...batch, checkpoint: { source: 'pages', cursor: index as unknown as string } }),
  ],
])('a source that %s is caught', async (_, change) => {
  const found = await broken(async function* ({ signal }, outside) {
    for (const index of pages.keys()) {
      await outside.call(signal)
      yield change(page(index), index)
    }
  })
  expect(found).toContain(rules.checkpoints)
})

test.each([
  ['starts again instead of going on', () => sound()],
  ['skips what comes next', (cursor: string) => sound(Number(cursor) + 1)],
])('a source that %s after a checkpoint is caught', async (_, resume) => {
  expect(await broken(sound(), resume)).toEqual([rules.resume])
})

test('a source that uses the array of a batch again is caught', async () => {
  const found = await broken(async function* () {
    const records: string[] = []
    for (const index of pages.keys()) {
      records.splice(0, records.length, ...(pages[index] ?? []))
      yield { ...page(index), records }
    }
  })
  expect(found).toContain(rules.unchanged)
})

test('a source that reads ahead is caught', async () => {
  const found = await broken(async function* ({ signal }, outside) {
    let next = outside.call(signal)
    for (const index of pages.keys()) {
      await next
      next = outside.call(signal)
      next.catch(() => undefined)
      yield page(index)
    }
    await next
  })
  expect(found).toContain(rules.pulls)
})

test('a source that leaves what it opened open is caught', async () => {
  const found = await broken(async function* ({ signal }, outside) {
    const handle = outside.open()
    for (const index of pages.keys()) {
      await outside.call(signal)
      yield page(index)
    }
    handle.close()
  })
  expect(found).toEqual([rules.leaves, rules.aborts, rules.fails])
})

test('a source that takes an abort for the end is caught', async () => {
  const found = await broken(async function* ({ signal }, outside) {
    for (const index of pages.keys()) {
      if (signal?.aborted) return
      await outside.call(signal)
      yield page(index)
    }
  })
  expect(found).toEqual([rules.aborts])
})

test('a source that keeps the signal from its calls is caught', async () => {
  const found = await broken(async function* (_, outside) {
    for (const index of pages.keys()) {
      await outside.call()
      yield page(index)
    }
  })
  expect(found).toEqual([rules.aborts])
})

test('a source that takes a failing call for the end is caught', async () => {
  const found = await broken(async function* ({ signal }, outside) {
    for (const index of pages.keys()) {
      try {
        await outside.call(signal)
      } catch {
        signal?.throwIfAborted()
        return
      }
      yield page(index)
    }
  })
  expect(found).toEqual([rules.fails])
})

test('a source that tries a failing call again is sound', async () => {
  const found = await broken(async function* ({ signal }, outside) {
    for (const index of pages.keys()) {
      try {
        await outside.call(signal)
      } catch {
        await outside.call(signal)
      }
      yield page(index)
    }
  })
  expect(found).toEqual([])
})
