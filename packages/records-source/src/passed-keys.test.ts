import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PassedKeys } from './passed-keys.ts'

const pages = fc
  .tuple(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 7 }))
  .map(([keys, size]) =>
    Array.from({ length: Math.ceil(keys.length / size) }, (_, n) => keys.slice(n * size, (n + 1) * size)),
  )

test('keys that are all new are all taken, in whatever order', () => {
  fc.assert(
    fc.property(pages, (pages) => {
      const passed = new PassedKeys()
      for (const page of pages) expect(passed.take(page)).toEqual([...page.keys()])
    }),
  )
})

test('a page that was passed always leads back, however long ago', () => {
  fc.assert(
    fc.property(pages, fc.nat(), (pages, n) => {
      const passed = new PassedKeys()
      for (const page of pages) passed.take(page)
      expect(passed.take(pages[n % pages.length] ?? [])).toBeNull()
    }),
  )
})

test('rows of the page before, and of the page itself, come once', () => {
  const passed = new PassedKeys('a')
  expect(passed.take(['a', 'b', 'c', 'b'])).toEqual([1, 2])
  expect(passed.take(['b', 'c', 'd'])).toEqual([2])
  expect(passed.take(['b', 'e'])).toEqual([1])
  expect(passed.take(['a', 'f'])).toBeNull()
  expect(passed.take([])).toEqual([])
  expect(passed.take(['f'])).toEqual([0])
})
