import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AnswerIndex } from './answer-index.ts'

test('finds what a Map would find, also where hashes share a slot', () => {
  // Few first words, so that most look-ups have to go on to another slot; the rest differs in one word at a time.
  const word = fc.constantFrom(0, 1, 1023, 1024, 0xffffffff)
  const hash = fc.tuple(word, word, word, word).map((words) => Buffer.from(Uint32Array.from(words).buffer))
  const place = fc.record({ position: fc.nat(Number.MAX_SAFE_INTEGER), bytes: fc.nat(2 ** 32 - 1) })
  fc.assert(
    fc.property(fc.array(fc.tuple(hash, place)), hash, (entries, other) => {
      const index = new AnswerIndex()
      const map = new Map(entries.map(([key, value]) => [key.toString('hex'), value]))
      for (const [key, value] of entries) index.set(key, value)
      expect(index.size).toBe(map.size)
      for (const [key] of [...entries, [other] as const]) {
        expect(index.get(key)).toEqual(map.get(key.toString('hex')) ?? null)
      }
    }),
  )
})

test('keeps all while it grows', () => {
  const index = new AnswerIndex()
  const hashOf = (n: number): Buffer => createHash('sha256').update(String(n)).digest().subarray(0, 16)
  const count = 50_000
  for (let n = 0; n < count; n += 1) index.set(hashOf(n), { position: n * 1e6, bytes: n })
  expect(index.size).toBe(count)
  for (let n = 0; n < count; n += 1) {
    const place = index.get(hashOf(n))
    if (place?.position !== n * 1e6 || place.bytes !== n) throw new Error(`entry ${n} is lost`)
  }
  expect(index.get(hashOf(count))).toBeNull()
})
