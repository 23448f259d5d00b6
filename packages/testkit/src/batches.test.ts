import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batches, oneByOne } from './batches.ts'
import { idOf, notes } from './testing/note.ts'

test('ids and checkpoints differ within an example', () => {
  fc.assert(
    fc.property(batches(notes, { idOf, maxRecords: 5 }), (made) => {
      const ids = made.flatMap((batch) => batch.records.map(idOf))
      const cursors = made.flatMap((batch) => batch.checkpoint?.cursor ?? [])
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.length).toBeLessThanOrEqual(5)
      expect(new Set(cursors).size).toBe(cursors.length)
    }),
  )
})

test('everything that may come down a pipeline does come', () => {
  const seen = new Set<string>()
  for (const made of fc.sample(batches(notes, { idOf }), 500)) {
    if (made.length === 0) seen.add('no batch')
    for (const batch of made) {
      seen.add(['empty', 'one', 'two'][batch.records.length] ?? 'many')
      if (batch.rejects.length > 0) seen.add('rejects')
      if (batch.drops) seen.add('drops')
      seen.add(batch.checkpoint ? 'checkpoint' : 'no checkpoint')
      if (batch.records.length === 0 && batch.checkpoint) seen.add('checkpoint alone')
    }
  }
  expect([...seen].sort()).toEqual([
    'checkpoint',
    'checkpoint alone',
    'drops',
    'empty',
    'many',
    'no batch',
    'no checkpoint',
    'one',
    'rejects',
    'two',
  ])
})

test('one by one', () => {
  expect(oneByOne([])).toEqual([])
  expect(oneByOne(['a', 'b'])).toEqual([
    { records: ['a'], rejects: [] },
    { records: ['b'], rejects: [] },
  ])
})
