import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPopulation } from './population.ts'

const size = fc.integer({ min: 1, max: 400 })

test('every conversation is one person’s, and that person’s list has it', () => {
  fc.assert(
    fc.property(fc.nat(), size, (seed, conversations) => {
      const population = createPopulation(seed, conversations)
      const dealt: number[] = []
      for (let person = 0; person < population.people; person++) {
        const theirs = population.conversationsOf(person)
        expect(theirs.length).toBeGreaterThan(0)
        for (const index of theirs) expect(population.personOf(index)).toBe(person)
        dealt.push(...theirs)
      }
      expect(dealt.sort((a, b) => a - b)).toEqual(Array.from({ length: conversations }, (_, k) => k))
    }),
  )
})

test('the channels of a person are those of their conversations', () => {
  fc.assert(
    fc.property(fc.nat(), size, (seed, conversations) => {
      const population = createPopulation(seed, conversations)
      for (let person = 0; person < population.people; person++) {
        const used = new Set(population.conversationsOf(person).map((index) => population.channelOf(index)))
        expect(population.channelsOf(person)).toEqual([...used].sort((a, b) => a - b))
      }
    }),
  )
})
