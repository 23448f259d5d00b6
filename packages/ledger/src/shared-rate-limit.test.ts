import type { Clock } from '@custody/pipeline'
import { fakeClock } from '@custody/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openLimits } from './open-limits.ts'
import type { SharedRateLimit, SharedRateLimitOptions } from './shared-rate-limit.ts'
import { newDirectory } from './testing/sample-ledger.ts'

const key = { org: 'acme', user: 'archive-1', endpoint: 'conversation-entries' }

type Options = Partial<SharedRateLimitOptions> & { readonly limit: number; readonly windowMs: number }

/** As many processes as asked for, as far as the database can tell. */
async function several(count: number, clock: Clock, options: Options, directory = newDirectory()) {
  const limits = await Promise.all(Array.from({ length: count }, () => openLimits({ directory, clock })))
  return {
    rates: limits.map((each) => each.createSharedRateLimit({ key, ...options })) as [
      SharedRateLimit,
      ...SharedRateLimit[],
    ],
    async [Symbol.asyncDispose]() {
      await Promise.all(limits.map((each) => each.close()))
    },
  }
}

test('never more than the limit in any window over all processes, and everybody gets through', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 5 }),
      fc.array(fc.record({ gap: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 90 })), who: fc.nat(2) }), {
        maxLength: 20,
      }),
      async (limit, windowMs, guardMs, calls) => {
        const clock = fakeClock()
        await using processes = await several(3, clock, { limit, windowMs, guardMs })
        const grants: number[] = []
        const waits: Promise<unknown>[] = []
        for (const { gap, who } of calls) {
          await clock.advance(gap)
          waits.push((processes.rates[who] as SharedRateLimit).acquire().then(() => grants.push(clock.now())))
        }
        await clock.settle(Promise.all(waits))
        expect(grants).toHaveLength(calls.length)
        for (const start of grants) {
          expect(grants.filter((at) => at >= start && at <= start + windowMs + guardMs).length).toBeLessThanOrEqual(
            limit,
          )
        }
      },
    ),
    { numRuns: 40 },
  )
})

test('alone it is as fast as the window allows, and first come is first served', async () => {
  const clock = fakeClock()
  await using processes = await several(1, clock, { limit: 2, windowMs: 1_000 })
  const [rate] = processes.rates
  const granted: string[] = []
  for (const name of ['a', 'b', 'c', 'd', 'e']) void rate.acquire().then(() => granted.push(name))
  await clock.advance(1_000)
  expect(granted).toEqual(['a', 'b'])
  await clock.advance(1 + 5)
  expect(granted).toEqual(['a', 'b', 'c', 'd'])
  await clock.advance(1_001 + 10)
  expect(granted).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('takes floor(limit × share), and at least one', async () => {
  for (const [limit, share, places] of [
    [90, 0.95, 85],
    [1, 0.1, 1],
  ] as const) {
    const clock = fakeClock()
    await using processes = await several(1, clock, { limit, share, windowMs: 1_000 })
    let granted = 0
    const all = Array.from({ length: places + 1 }, () => processes.rates[0].acquire().then(() => granted++))
    await clock.advance(999)
    await expect.poll(() => granted).toBe(places)
    await clock.settle(Promise.all(all))
  }
})

test('what a process took counts for the next, also when it never said goodbye', async () => {
  const clock = fakeClock()
  const directory = newDirectory()
  const first = await openLimits({ directory, clock })
  const options = { key, limit: 2, windowMs: 1_000 }
  await first.createSharedRateLimit(options).acquire()
  await first.createSharedRateLimit(options).acquire()
  await using next = await openLimits({ directory, clock })
  const waited = await clock.settle(next.createSharedRateLimit(options).acquire())
  expect(waited).toBeGreaterThanOrEqual(1_001)
  expect(waited).toBeLessThanOrEqual(1_007)
  await first.close()
})

test('each org, user and endpoint has its own', async () => {
  const clock = fakeClock()
  await using limits = await openLimits({ directory: newDirectory(), clock })
  for (const other of [{}, { org: 'b' }, { user: 'b' }, { endpoint: 'b' }, { org: 'acme","archive-1', user: 'b' }]) {
    expect(await limits.createSharedRateLimit({ key: { ...key, ...other }, limit: 1, windowMs: 1_000 }).acquire()).toBe(
      0,
    )
  }
})

test('a pause holds every process, is never shortened, and holds without a limit too', async () => {
  for (const limit of [5, Number.POSITIVE_INFINITY]) {
    const clock = fakeClock()
    const waits: number[] = []
    await using processes = await several(2, clock, { limit, windowMs: 10, onWait: (ms) => waits.push(ms) })
    const [first, second] = processes.rates as [SharedRateLimit, SharedRateLimit]
    first.pauseUntil(clock.now() + 500)
    second.pauseUntil(clock.now() + 100)
    const waited = await clock.settle(Promise.all([first.acquire(), second.acquire()]))
    for (const ms of waited) expect(ms).toBeGreaterThanOrEqual(500)
    for (const ms of waited) expect(ms).toBeLessThanOrEqual(506)
    expect(waits).toEqual([500, 500])
  }
})

test('a pause that comes while another process waits holds it too', async () => {
  const clock = fakeClock()
  await using processes = await several(2, clock, { limit: 1, windowMs: 100 })
  const [first, second] = processes.rates as [SharedRateLimit, SharedRateLimit]
  await first.acquire()
  const waiting = second.acquire()
  await clock.advance(50)
  first.pauseUntil(clock.now() + 1_000)
  expect(await clock.settle(waiting)).toBeGreaterThanOrEqual(1_050)
})

test('a burst is followed by evenly spaced calls, and the window holds all the same', async () => {
  const clock = fakeClock()
  await using processes = await several(1, clock, { limit: 10, windowMs: 1_000, burst: 3 })
  const start = clock.now()
  const grants: number[] = []
  const all = Array.from({ length: 14 }, () =>
    processes.rates[0].acquire().then(() => grants.push(clock.now() - start)),
  )
  await clock.settle(Promise.all(all))
  expect(grants.slice(0, 3)).toEqual([0, 0, 0])
  for (let index = 3; index < 14; index++) {
    expect((grants[index] ?? 0) - (grants[index - 1] ?? 0)).toBeGreaterThanOrEqual(index < 10 ? 90 : 0)
  }
  expect(grants[10]).toBeGreaterThan(1_000)
})

test('a clock set back by an hour causes neither a deadlock nor a burst', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.record({ gap: fc.integer({ min: 0, max: 80 }), back: fc.boolean(), who: fc.nat(1) }), {
        maxLength: 10,
      }),
      async (limit, steps) => {
        const windowMs = 100
        const clock = fakeClock()
        const start = clock.now()
        let set = 0
        const real = (): number => clock.now() - start - set
        await using processes = await several(2, clock, { limit, windowMs })
        const grants: number[] = []
        const all: Promise<unknown>[] = []
        for (const { gap, back, who } of steps) {
          await clock.advance(gap)
          if (back) {
            clock.jump(-3_600_000)
            set -= 3_600_000
          }
          all.push((processes.rates[who] as SharedRateLimit).acquire().then(() => grants.push(real())))
        }
        await clock.settle(Promise.all(all))
        for (const at of grants) {
          expect(grants.filter((other) => other >= at && other <= at + windowMs).length).toBeLessThanOrEqual(limit)
        }
        // A step back may cost a window, never the hour.
        expect(Math.max(0, ...grants)).toBeLessThan((steps.length + 1) * (windowMs + 10) * 3)
      },
    ),
    { numRuns: 25 },
  )
})

test('with the time that the machine runs, setting the clock does nothing at all', async () => {
  for (const jump of [3_600_000, -3_600_000]) {
    const clock = fakeClock()
    let set = 0
    const uptime = { now: () => clock.now() - set, boot: 'this one' }
    await using limits = await openLimits({ directory: newDirectory(), clock, uptime })
    const rate = limits.createSharedRateLimit({ key, limit: 1, windowMs: 1_000 })
    await rate.acquire()
    clock.jump(jump)
    set += jump
    const waited = await clock.settle(rate.acquire())
    expect(waited).toBeGreaterThanOrEqual(1_001)
    expect(waited).toBeLessThanOrEqual(1_006)
  }
})

test.each([
  ['a moment later', 5, 1e6, 996],
  ['long after', 5_000, 3_000, null],
  ['with a clock that was set back', -5_000, 3_000, 1_001],
  ['with a clock that was set ahead', 1e9, 10, 991],
])('after a restart, %s, nobody is let through early', async (_, wallMs, uptimeMs, waitMs) => {
  const directory = newDirectory()
  const clock = fakeClock()
  const options = { key, limit: 1, windowMs: 1_000 }
  const before = await openLimits({ directory, clock, uptime: { now: () => 1e6, boot: 'first' } })
  await before.createSharedRateLimit(options).acquire()
  await before.close()

  clock.jump(wallMs)
  await using after = await openLimits({ directory, clock, uptime: { now: () => uptimeMs, boot: 'second' } })
  const stop = new AbortController()
  let asked: number | null = null
  const onWait = (ms: number): void => {
    asked = ms
    stop.abort()
  }
  await after
    .createSharedRateLimit({ ...options, onWait })
    .acquire(stop.signal)
    .catch(() => undefined)
  expect(asked).toBe(waitMs)
})

test('a caller that aborts while waiting costs nobody anything', async () => {
  const clock = fakeClock()
  await using processes = await several(1, clock, { limit: 1, windowMs: 100 })
  const [rate] = processes.rates
  await rate.acquire()
  const stop = new AbortController()
  const leaving = rate.acquire(stop.signal)
  const staying = rate.acquire()
  await clock.advance(50)
  stop.abort('enough')
  await expect(leaving).rejects.toBe('enough')
  const waited = await clock.settle(staying)
  expect(waited).toBeGreaterThanOrEqual(101)
  expect(waited).toBeLessThanOrEqual(104)
  await expect(rate.acquire(AbortSignal.abort('no'))).rejects.toBe('no')
  expect(clock.sleepers()).toBe(0)
})

test('wrong options are refused at construction', async () => {
  await using limits = await openLimits({ directory: newDirectory() })
  for (const wrong of [
    { limit: 0 },
    { limit: Number.NaN },
    { limit: 2_000_000 },
    { windowMs: 0 },
    { windowMs: Number.POSITIVE_INFINITY },
    { share: 0 },
    { share: 1.1 },
    { guardMs: -1 },
    { burst: 0 },
    { key: { ...key, user: '' } },
  ]) {
    expect(() => limits.createSharedRateLimit({ key, limit: 1, windowMs: 1, ...wrong })).toThrow(
      expect.objectContaining({ code: 'LIMITS_OPTIONS', kind: 'usage' }),
    )
  }
  await expect(openLimits({ directory: '' })).rejects.toMatchObject({ code: 'LIMITS_OPTIONS' })
})
