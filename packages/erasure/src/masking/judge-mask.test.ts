import fc from 'fast-check'
import { expect, test } from 'vitest'
import { outcomes } from '../target.ts'
import { judgeMask, type MaskEvidence, worstOf } from './judge-mask.ts'

const mask = { id: 'c-1', recordIds: [], texts: [], outOfReach: 0, ground: null, isSent: true }

const evidence = fc.record<MaskEvidence>({
  source: fc.constantFrom('conversation-data', 'connect', 'data360'),
  shown: fc.option(fc.nat(3)),
  masked: fc.nat(2),
  asBefore: fc.nat(2),
  others: fc.nat(2),
  isSettled: fc.boolean(),
})

test('masked takes every text in the first source, and none as before, none else and no silence in any', () => {
  const texts = fc.array(fc.constant({ entryId: 'e', was: 'w', text: 't' }), { maxLength: 3 })
  fc.assert(
    fc.property(fc.array(evidence, { maxLength: 3 }), texts, fc.boolean(), fc.boolean(), (all, list, was, late) => {
      const verdict = judgeMask({ mask: { ...mask, texts: list }, evidence: all, wasConfirmed: was, isOverdue: late })
      if (verdict.outcome !== 'masked') return
      expect(all[0]?.masked).toBeGreaterThanOrEqual(list.length)
      for (const each of all) expect(each).toMatchObject({ asBefore: 0, others: 0, isSettled: true })
      expect(all.some(({ shown }) => shown === null)).toBe(false)
    }),
  )
})

test('what is left somewhere is told of a record before what is masked elsewhere', () => {
  const verdict = fc.record({ outcome: fc.constantFrom(...outcomes), ground: fc.constantFrom(null, 'why') })
  fc.assert(
    fc.property(fc.array(verdict, { minLength: 1, maxLength: 5 }), (verdicts) => {
      const known = verdicts.filter(({ outcome }) => outcome !== 'erased' && outcome !== 'no-match')
      if (known.length === 0) return
      const isMasked = worstOf(known).outcome === 'masked'
      expect(isMasked).toBe(known.every(({ outcome }) => outcome === 'masked'))
    }),
  )
  expect(worstOf([])).toEqual({ outcome: 'masked', ground: null })
})
