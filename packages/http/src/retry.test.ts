import { CustodyError } from '@custody/pipeline'
import { fakeClock } from '@custody/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Attempt, retryDelay, retrying, retryPolicy } from './retry.ts'

const error = new CustodyError('HTTP_503', 'down')
const policy = retryPolicy()

test('the range doubles up to its bound', () => {
  const upper = [1, 2, 3, 4, 5, 6, 7].map((times) =>
    retryDelay(policy, { times, elapsedMs: 0, retryAfterMs: null }, () => 1 - Number.EPSILON),
  )
  expect(upper).toEqual([999, 1_999, 3_999, 7_999, 15_999, 31_999, 59_999])
  expect(retryDelay(policy, { times: 5, elapsedMs: 0, retryAfterMs: null }, () => 0)).toBe(0)
})

test.each([
  [7, 0, null, true],
  [8, 0, null, false],
  [1, 299_999, null, true],
  [1, 300_000, null, false],
  [1, 100_000, 200_000, true],
  [1, 100_000, 200_001, false],
  [1, 0, Number.POSITIVE_INFINITY, false],
])('%s failures in %s ms, Retry-After %s: again %s', (times, elapsedMs, retryAfterMs, again) => {
  expect(retryDelay(policy, { times, elapsedMs, retryAfterMs }, () => 0.5) !== null).toBe(again)
})

test('attempts and elapsed time stay in their bounds, and no wait is shorter than asked for', async () => {
  const failure = fc.record({
    retryAfterMs: fc.option(fc.integer({ min: 0, max: 5_000 })),
    ms: fc.integer({ min: 0, max: 3_000 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 0, max: 10_000 }),
      fc.array(failure, { minLength: 6, maxLength: 6 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      async (attempts, maxElapsedMs, failures, draw) => {
        const clock = fakeClock()
        const start = clock.now()
        const waits: number[] = []
        let sent = 0
        const run = retrying(
          retryPolicy({ attempts, maxElapsedMs }),
          { clock, random: () => draw, onRetry: (_reason, _attempt, waitMs) => waits.push(waitMs) },
          async (number): Promise<Attempt<never>> => {
            sent = number
            const { ms, retryAfterMs } = failures[number - 1] as (typeof failures)[number]
            return { error, reason: 'unavailable', retryAfterMs, ms }
          },
        )
        await expect(clock.settle(run)).rejects.toBe(error)
        expect(sent).toBeLessThanOrEqual(attempts)
        expect(waits.length).toBe(sent - 1)
        expect(clock.now() - start).toBe(waits.reduce((sum, ms) => sum + ms, 0))
        const spent = clock.now() - start + failures.slice(0, sent - 1).reduce((sum, { ms }) => sum + ms, 0)
        expect(spent).toBeLessThanOrEqual(maxElapsedMs)
        for (const [index, waitMs] of waits.entries()) {
          expect(waitMs).toBeGreaterThanOrEqual(failures[index]?.retryAfterMs ?? 0)
        }
      },
    ),
  )
})

test('a final failure is thrown at once; a replay is neither waited for nor counted', async () => {
  const clock = fakeClock()
  const context = { clock, random: () => 0.5, onRetry: () => {} }
  await expect(retrying(policy, context, async () => ({ error, reason: null }))).rejects.toBe(error)

  const once = retryPolicy({ attempts: 1 })
  const value = await retrying<number>(once, context, async (number) =>
    number < 4 ? { error, reason: 'token-refused', replay: true } : { value: number },
  )
  expect(value).toBe(4)
  expect(clock.sleepers()).toBe(0)
})

test('abort ends a wait with the reason of the signal', async () => {
  const clock = fakeClock()
  const stop = new AbortController()
  const context = { clock, random: () => 0.5, signal: stop.signal, onRetry: () => stop.abort('enough') }
  await expect(retrying(policy, context, async () => ({ error, reason: 'unavailable' }))).rejects.toBe('enough')
})

test('a policy that makes no sense is refused', () => {
  for (const wrong of [{ attempts: 0 }, { attempts: Number.NaN }, { maxElapsedMs: -1 }, { baseDelayMs: Number.NaN }]) {
    expect(() => retryPolicy(wrong)).toThrow(expect.objectContaining({ code: 'HTTP_OPTIONS', kind: 'usage' }))
  }
})
