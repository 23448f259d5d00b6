import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyFilter } from './key-filter.ts'

test('never denies a key that came', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (keys) => {
      const filter = new KeyFilter()
      for (const key of keys) filter.add(key)
      for (const key of keys) expect(filter.mayHave(key)).toBe(true)
    }),
    { numRuns: 20 },
  )
})

test('denies most of those that did not, also where they are much alike', () => {
  const filter = new KeyFilter()
  for (let number = 0; number < 200_000; number += 1) filter.add(`0dwKj00000${number}AAA`)
  let passed = 0
  for (let number = 0; number < 20_000; number += 1) if (filter.mayHave(`0MwKj00000${number}AAA`)) passed += 1
  expect(passed).toBeLessThan(20)
})
