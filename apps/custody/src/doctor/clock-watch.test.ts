import type { TransportResponse } from '@custody/http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkClock } from './check-clock.ts'
import { createClockWatch, leastSkewMs, skewOf } from './clock-watch.ts'

const now = Date.UTC(2026, 10, 21, 12)

test('the true skew lies between the bounds, however long the answer takes and whenever in it the date was written', () => {
  const span = fc.integer({ min: 0, max: 30_000 })
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), span, span, (skewMs, beforeMs, afterMs) => {
      const date = new Date(now + beforeMs + skewMs).toUTCString()
      const skew = skewOf(date, now, now + beforeMs + afterMs)
      expect(skew?.atLeastMs).toBeLessThanOrEqual(skewMs)
      expect(skew?.atMostMs).toBeGreaterThanOrEqual(skewMs)
      // Never more than there is, and never of the other sign.
      const least = leastSkewMs(skew ?? { atLeastMs: Number.NaN, atMostMs: Number.NaN })
      expect(Math.abs(least)).toBeLessThanOrEqual(Math.abs(skewMs))
      expect(least * skewMs).toBeGreaterThanOrEqual(0)
    }),
  )
})

test.each([undefined, '', 'yesterday', '{}'])('a date of %j tells nothing', (date) => {
  expect(skewOf(date, now, now)).toBeNull()
})

test('all answers together tell more than each, unless a clock was set between them', async () => {
  let time = now
  let date = ''
  const clock = { now: () => time, sleep: async () => {} }
  const watch = createClockWatch(async (): Promise<TransportResponse> => {
    time += 4_000
    return { status: 200, headers: { date }, body: (async function* () {})() }
  }, clock)
  const ask = async (told: number): Promise<void> => {
    date = new Date(told).toUTCString()
    await watch.transport({ method: 'GET', url: new URL('http://127.0.0.1'), headers: {} })
  }
  expect(watch.skew()).toBeNull()
  await ask(now + 60_000)
  expect(watch.skew()).toEqual({ atLeastMs: 56_000, atMostMs: 61_000 })
  await ask(time + 63_000)
  expect(watch.skew()).toEqual({ atLeastMs: 59_000, atMostMs: 61_000 })
  await ask(time)
  expect(watch.skew()).toEqual({ atLeastMs: -4_000, atMostMs: 1_000 })
})

test.each([
  [10_000, 'ok'],
  [10_001, 'warn'],
  [120_000, 'warn'],
  [120_001, 'fail'],
  [-120_000, 'warn'],
  [-120_001, 'fail'],
])('%i ms apart: %s', (ms, status) => {
  expect(checkClock({ atLeastMs: ms, atMostMs: ms }).status).toBe(status)
})

test('no answer, no verdict', () => {
  expect(checkClock(null).status).toBe('skipped')
})
