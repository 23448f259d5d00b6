import { defineSource, mapRecords, prefetch, rebatch, tee } from '@custody/pipeline'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { testSink, testSource, testStage } from './index.ts'
import { memorySink } from './testing/memory-sink.ts'
import { idOf, idsOf, type Note, notes } from './testing/note.ts'

describe('mapRecords, synchronous', () => {
  testStage({
    test,
    stage: () => mapRecords<Note, Note>({ name: 'shout', map: (note) => ({ ...note, text: note.text.toUpperCase() }) }),
    records: notes,
    idOf,
    idsOf,
  })
})

describe.each([1, 3])('mapRecords, with calls, drops, refusals and rejected parts, concurrency %i', (concurrency) => {
  testStage({
    test,
    stage: (outside) =>
      mapRecords<Note, Note>({
        name: 'judge',
        concurrency,
        async map(note, { signal, drop, refuse, reject }) {
          const handle = outside.open()
          try {
            await outside.call(signal)
            if (note.text.length === 0) return drop('empty')
            if (note.text.length === 1) {
              return refuse({ code: 'TOO_SHORT', subject: { type: 'Note', id: note.id }, message: 'One character.' })
            }
            if (note.text.length % 2 === 0) {
              const subject = { type: 'Word', id: 'second' }
              reject({ code: 'ODD_WORD', subject, within: { type: 'Note', id: note.id }, message: 'A part.' })
            }
            return note
          } finally {
            handle.close()
          }
        },
      }),
    records: fc.record({ id: fc.uuid(), text: fc.string({ maxLength: 4 }) }),
    idOf,
    idsOf,
  })
})

describe.each([1, 2, 3, 100])('rebatch(%i)', (size) => {
  testStage({ test, stage: () => rebatch<Note>(size), records: notes, idOf, idsOf })
})

describe.each([1, 2, 5])('prefetch(%i)', (count) => {
  testStage({ test, stage: () => prefetch<Note>(count), records: notes, idOf, idsOf, readAhead: count })
})

describe('one sink', () => {
  testSink({ test, setUp: (outside) => memorySink(outside), records: notes, idOf })
})

describe('tee', () => {
  const cases: readonly (readonly number[])[] = [[1], [1, 1], [1, 3], [2, 3, 1]]
  describe.each(cases.map((rhythms) => ({ rhythms })))('of sinks that commit every $rhythms batches', ({ rhythms }) => {
    testSink({
      test,
      setUp: (outside) => {
        const [first, ...others] = rhythms.map((commitEvery) => memorySink(outside, commitEvery))
        if (!first) throw new Error('no sinks')
        const sinks = [first, ...others]
        return {
          sink: tee(first.sink, ...others.map(({ sink }) => sink)),
          // Stored is what stands in all of them: the shortest, since each gets the same.
          stored: async () => {
            const all = await Promise.all(sinks.map((sink) => sink.stored()))
            return all.reduce((shortest, ids) => (ids.length < shortest.length ? ids : shortest))
          },
          finished: async () => (await Promise.all(sinks.map((sink) => sink.finished?.()))).some(Boolean),
        }
      },
      records: notes,
      idOf,
    })
  })
})

describe('a source', () => {
  const pages = [['a', 'b'], ['c'], [], ['d', 'e', 'f']]
  const source = (from: number) => (outside: Parameters<Parameters<typeof testSource>[0]['source']>[0]) =>
    defineSource<string>('pages', async function* ({ signal }) {
      for (const [index, records] of pages.entries()) {
        if (index < from) continue
        await outside.call(signal)
        yield { records, rejects: [], checkpoint: { source: 'pages', cursor: String(index + 1) } }
      }
    })
  testSource({
    test,
    source: source(0),
    resume: (outside, { cursor }) => source(Number(cursor))(outside),
    idOf: (record) => record,
    expected: ['a', 'b', 'c', 'd', 'e', 'f'],
  })
})
