import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSlidingWindow } from './sliding-window.ts'

const minute = 60_000

test('counts what a list of all timestamps would count', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20_000 }), { maxLength: 600 }), (gaps) => {
      const window = createSlidingWindow(minute)
      const all: number[] = []
      let now = 1_000_000
      for (const gap of gaps) {
        now += gap
        const within = all.filter((at) => at > now - minute)
        expect(window.count(now)).toBe(within.length)
        expect(window.freeAt(now)).toBe(within[0] === undefined ? now : within[0] + minute)
        window.add(now)
        all.push(now)
      }
    }),
  )
})

test('what happened exactly a minute ago is out, a millisecond less is in', () => {
  const window = createSlidingWindow(minute)
  window.add(1_000)
  expect(window.count(1_000 + minute - 1)).toBe(1)
  expect(window.count(1_000 + minute)).toBe(0)
})
