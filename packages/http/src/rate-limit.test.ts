import { fakeClock } from '@custody/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRateLimit } from './rate-limit.ts'

test('never more than the limit in any window, and never slower than needed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 5 }),
      fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 120 })), { maxLength: 30 }),
      async (limit, windowMs, guardMs, gaps) => {
        const clock = fakeClock()
        const rate = createRateLimit({ limit, windowMs, guardMs, clock })
        const arrivals: number[] = []
        const grants: number[] = []
        const waits: Promise<void>[] = []
        for (const gap of gaps) {
          await clock.advance(gap)
          const arrivedAt = clock.now()
          const index = arrivals.push(arrivedAt) - 1
          waits.push(
            rate.acquire().then((waitedMs) => {
              grants[index] = clock.now()
              expect(waitedMs).toBe(clock.now() - arrivedAt)
            }),
          )
        }
        await clock.settle(Promise.all(waits))

        // The only schedule that is first come, first served, keeps the limit, and makes nobody wait for nothing.
        const expected: number[] = []
        for (const [index, arrivedAt] of arrivals.entries()) {
          const before = expected[index - 1] ?? 0
          const free = (expected[index - limit] ?? Number.NEGATIVE_INFINITY) + windowMs + guardMs + 1
          expected.push(Math.max(arrivedAt, before, free))
        }
        expect(grants).toEqual(expected)
        for (const start of grants) {
          expect(grants.filter((at) => at >= start && at <= start + windowMs).length).toBeLessThanOrEqual(limit)
        }
      },
    ),
    { numRuns: 150 },
  )
})

test('takes floor(limit × share), and at least one', async () => {
  for (const [limit, share, places] of [
    [90, 0.95, 85],
    [10, 0.5, 5],
    [1, 0.1, 1],
    [3, 1, 3],
  ] as const) {
    const clock = fakeClock()
    const rate = createRateLimit({ limit, share, windowMs: 1_000, clock })
    let granted = 0
    for (let call = 0; call < places + 1; call++) void rate.acquire().then(() => granted++)
    await clock.advance(1_000)
    expect(granted).toBe(places)
    await clock.advance(1)
    expect(granted).toBe(places + 1)
  }
})

test('a caller that aborts while waiting frees its place and nobody else moves', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), async (leaves) => {
      const clock = fakeClock()
      const rate = createRateLimit({ limit: 1, windowMs: 100, clock })
      await rate.acquire()
      const granted: number[] = []
      const reasons: unknown[] = []
      const stops = leaves.map((_, index) => {
        const stop = new AbortController()
        rate.acquire(stop.signal).then(
          () => granted.push(index),
          (reason) => reasons.push(reason),
        )
        return stop
      })
      await clock.advance(50)
      for (const [index, leave] of leaves.entries()) if (leave) stops[index]?.abort(`stopped ${index}`)
      await clock.advance(0)
      expect(reasons.length).toBe(leaves.filter(Boolean).length)
      await clock.advance(101 * leaves.length)
      const stay = leaves.flatMap((leave, index) => (leave ? [] : [index]))
      expect(granted).toEqual(stay)
      expect(clock.sleepers()).toBe(0)
    }),
    { numRuns: 60 },
  )
})

test('an aborted signal is refused at once and takes no place', async () => {
  const clock = fakeClock()
  const rate = createRateLimit({ limit: 1, windowMs: 100, clock })
  await expect(rate.acquire(AbortSignal.abort('no'))).rejects.toBe('no')
  expect(await rate.acquire()).toBe(0)
})

test('a pause holds everybody, is never shortened, and holds without a limit too', async () => {
  for (const limit of [5, Number.POSITIVE_INFINITY]) {
    const clock = fakeClock()
    const waits: number[] = []
    const rate = createRateLimit({ limit, windowMs: 10, clock, onWait: (ms) => waits.push(ms) })
    rate.pauseUntil(clock.now() + 500)
    rate.pauseUntil(clock.now() + 100)
    const first = rate.acquire()
    const second = rate.acquire()
    expect(await clock.settle(first)).toBe(500)
    expect(await clock.settle(second)).toBe(500)
    expect(waits).toEqual([500])
  }
})

test('a clock set back by an hour causes neither a deadlock nor a burst', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ gap: fc.integer({ min: 0, max: 80 }), back: fc.boolean() }), { maxLength: 20 }),
      async (limit, steps) => {
        const windowMs = 100
        const clock = fakeClock()
        let real = 0
        const pass = async (ms: number): Promise<void> => {
          for (let step = 0; step < ms; step++) {
            await clock.advance(1)
            real += 1
          }
        }
        const rate = createRateLimit({ limit, windowMs, clock })
        const grants: number[] = []
        for (const { gap, back } of steps) {
          await pass(gap)
          if (back) clock.jump(-3_600_000)
          void rate.acquire().then(() => grants.push(real))
        }
        // Each step back may cost one window at most, not the hour.
        await pass((steps.length + 1) * (windowMs + 1) * 2)
        expect(grants.length).toBe(steps.length)
        for (const start of grants) {
          expect(grants.filter((at) => at >= start && at <= start + windowMs - 1).length).toBeLessThanOrEqual(limit)
        }
      },
    ),
    { numRuns: 15 },
  )
})

test('many waiting callers share one signal without a warning', async () => {
  const warnings: Error[] = []
  const listen = (warning: Error): void => void warnings.push(warning)
  process.on('warning', listen)
  const clock = fakeClock()
  const rate = createRateLimit({ limit: 1, windowMs: 1, clock })
  const { signal } = new AbortController()
  await clock.settle(Promise.all(Array.from({ length: 200 }, () => rate.acquire(signal))))
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', listen)
  expect(warnings).toEqual([])
})

test('wrong options are refused at construction', () => {
  for (const wrong of [
    { limit: 0, windowMs: 1 },
    { limit: Number.NaN, windowMs: 1 },
    { limit: 1, windowMs: 0 },
    { limit: 1, windowMs: Number.POSITIVE_INFINITY },
    { limit: 1, windowMs: 1, share: 0 },
    { limit: 1, windowMs: 1, share: 1.1 },
    { limit: 1, windowMs: 1, guardMs: -1 },
    { limit: 2_000_000, windowMs: 1 },
  ]) {
    expect(() => createRateLimit(wrong)).toThrow(expect.objectContaining({ code: 'HTTP_OPTIONS', kind: 'usage' }))
  }
})
