import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createActiveConversations } from './active-conversations.ts'

const halfHour = 30 * 60_000

test('counts what a map of last touches would count', () => {
  const touch = fc.record({ index: fc.nat({ max: 9 }), gap: fc.nat({ max: 12 * 60_000 }) })
  fc.assert(
    fc.property(fc.array(touch, { maxLength: 200 }), (touches) => {
      const ledger = createActiveConversations(10, halfHour)
      const last = new Map<number, number>()
      let now = 0
      let peak = 0
      const active = () => [...last.values()].filter((at) => now - at < halfHour).length
      for (const { index, gap } of touches) {
        now += gap
        expect(ledger.count(now)).toBe(active())
        ledger.touch(index, now)
        last.set(index, now)
        peak = Math.max(peak, active())
        expect(ledger.count(now)).toBe(active())
      }
      expect(ledger.peak()).toBe(peak)
    }),
  )
})

test('a conversation is active for thirty minutes from its latest read', () => {
  const ledger = createActiveConversations(3, halfHour)
  ledger.touch(0, 0)
  ledger.touch(0, halfHour - 1)
  expect(ledger.count(2 * halfHour - 2)).toBe(1)
  expect(ledger.count(2 * halfHour - 1)).toBe(0)
})
