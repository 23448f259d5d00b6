import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDrops } from './drops.ts'

test('nothing stays nothing', () => {
  expect(addDrops()).toBeUndefined()
  expect(addDrops(undefined, undefined)).toBeUndefined()
  const one = { a: 1 }
  expect(addDrops(undefined, one)).toBe(one)
})

test('counts add up for any reason, also one that objects know', () => {
  const reason = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', 'a'), fc.string())
  const drops = fc.array(fc.tuple(reason, fc.nat()), { maxLength: 5 }).map((entries) => Object.fromEntries(entries))
  fc.assert(
    fc.property(fc.array(drops, { minLength: 2, maxLength: 4 }), (parts) => {
      const sums = new Map(Object.entries(addDrops(...parts) ?? {}))
      for (const name of parts.flatMap(Object.keys)) {
        const counts = parts.map((part) => new Map(Object.entries(part)).get(name) ?? 0)
        expect(sums.get(name)).toBe(counts.reduce((a, b) => a + b))
      }
      expect(sums.size).toBe(new Set(parts.flatMap(Object.keys)).size)
    }),
  )
})
