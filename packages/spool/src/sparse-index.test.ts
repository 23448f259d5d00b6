import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SparseIndex } from './sparse-index.ts'

test('finds a point at or before each key, however few points it keeps', () => {
  const key = fc.oneof(
    fc.string({ maxLength: 2 }),
    fc.nat({ max: 20 }).map((end) => 'p'.repeat(255) + end),
  )
  fc.assert(
    fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 40 }), fc.constantFrom(2, 3, 8, 1000), (keys, most) => {
      const index = new SparseIndex(most)
      const sorted = keys.sort((a, b) => (a < b ? -1 : 1))
      for (const [group, one] of sorted.entries()) index.offer(one, group * 10, group)
      for (const [group, one] of sorted.entries()) {
        const point = index.find(one)
        expect(point?.position).toBe((point?.group ?? -1) * 10)
        expect(point?.group).toBeLessThanOrEqual(group)
        // With every point kept, it is the very one, or its neighbour where keys are too long to be told apart.
        if (most === 1000 && one.length <= 256) expect(point?.group).toBe(group)
      }
    }),
  )
})

test('an empty one has no point', () => {
  expect(new SparseIndex().find('a')).toBeUndefined()
})
