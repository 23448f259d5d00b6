import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Case, type Evidence, judge } from './judge.ts'
import type { SourceName } from './read-back.ts'

const sources: readonly SourceName[] = ['records', 'conversation-data', 'connect', 'data360']

const evidence: fc.Arbitrary<Evidence> = fc.record({
  source: fc.constantFrom(...sources),
  control: fc.constantFrom('found' as const, 'missing' as const, 'unreachable' as const),
  seen: fc.constantFrom(0, 0, 0, 1, 7),
  asked: fc.nat(9),
  isSettled: fc.boolean(),
})

const anyCase: fc.Arbitrary<Case> = fc.record({
  state: fc.constantFrom('accepted' as const, 'confirmed' as const, 'reappeared' as const),
  log: fc.constantFrom('done' as const, 'failed' as const, 'under-way' as const, null),
  evidence: fc.array(evidence, { maxLength: 5 }),
  sources: fc.subarray([...sources]),
  isOverdue: fc.boolean(),
  isRestricted: fc.boolean(),
})

test('erased is only what every source showed to be gone, behind its lag, beside its control record, or was so before', () => {
  fc.assert(
    fc.property(anyCase, (input) => {
      const { outcome, state } = judge(input)
      expect(outcome === 'erased').toBe(state === 'confirmed')
      if (outcome !== 'erased') return
      const proves = (one: Evidence): boolean => one.control === 'found' && one.isSettled && one.seen === 0
      const isProven =
        input.sources.includes('records') &&
        input.sources.every((name) => input.evidence.some(({ source }) => source === name)) &&
        input.evidence.every(proves)
      expect(isProven || (input.state === 'confirmed' && input.evidence.every(({ seen }) => seen === 0))).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

test('the log decides nothing where nothing is seen', () => {
  fc.assert(
    fc.property(anyCase, (input) => {
      const gone = { ...input, evidence: input.evidence.map((one) => ({ ...one, seen: 0 })) }
      expect(judge(gone)).toEqual(judge({ ...gone, log: null, isRestricted: false }))
    }),
  )
})

test('every outcome but erased says why', () => {
  fc.assert(
    fc.property(anyCase, (input) => {
      const { outcome, ground } = judge(input)
      expect(ground === null).toBe(outcome === 'erased')
    }),
  )
})
