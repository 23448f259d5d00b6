import { expect, test } from 'vitest'
import { IdentifierSet } from './identifier-set.ts'

test('knows what came before, over every growth, and nothing else', () => {
  const set = new IdentifierSet()
  const ids = Array.from({ length: 20_000 }, (_, index) => `c-${index}`)
  expect(ids.filter((id) => !set.add(id))).toEqual([])
  expect(ids.filter((id) => set.add(id))).toEqual([])
})

test('tells lone surrogates, case and the empty text apart', () => {
  const set = new IdentifierSet()
  expect(['\ud800', '\ud801', '\ufffd', 'a', 'A', ''].map((id) => set.add(id))).toEqual(Array(6).fill(true))
  expect(set.add('\ud800')).toBe(false)
})
