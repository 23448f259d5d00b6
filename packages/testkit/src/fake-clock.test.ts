import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fakeClock } from './fake-clock.ts'

test('time stands still until it is moved', async () => {
  const clock = fakeClock({ startAt: 1_000 })
  let awake = false
  const sleep = clock.sleep(100).then(() => {
    awake = true
  })
  await clock.advance(99)
  expect([clock.now(), awake, clock.sleepers()]).toEqual([1_099, false, 1])
  await clock.advance(1)
  expect([clock.now(), awake, clock.sleepers()]).toEqual([1_100, true, 0])
  await sleep
})

test('sleepers wake at their own time, in order, and may sleep again on the way', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 1_000 }), { maxLength: 20 }), async (naps) => {
      const clock = fakeClock({ startAt: 0 })
      const woken: number[] = []
      const all = naps.map(async (ms) => {
        await clock.sleep(ms)
        woken.push(clock.now())
        expect(clock.now()).toBe(ms)
        await clock.sleep(10)
        expect(clock.now()).toBe(ms + 10)
      })
      await clock.advance(2_000)
      await Promise.all(all)
      expect(woken).toEqual(naps.toSorted((a, b) => a - b))
      expect(clock.now()).toBe(2_000)
    }),
    { numRuns: 20 },
  )
})

test('with auto, sleeping moves the time, to the earliest sleeper first', async () => {
  const clock = fakeClock({ startAt: 0, auto: true })
  const woken: [string, number][] = []
  const nap = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms)
    woken.push([name, clock.now()])
  }
  await Promise.all([nap('long', 3_600_000), nap('short', 10), nap('none', 0)])
  expect(woken).toEqual([
    ['none', 0],
    ['short', 10],
    ['long', 3_600_000],
  ])
  await nap('later', 5)
  expect(clock.now()).toBe(3_600_005)
  expect(clock.sleeps()).toEqual([3_600_000, 10, 0, 5])
})

test.each([true, false])('an abort wakes a sleeper with the reason of the signal (auto: %s)', async (auto) => {
  const clock = fakeClock({ auto })
  const before = clock.now()
  const reason = new Error('enough')
  await expect(clock.sleep(50, AbortSignal.abort(reason))).rejects.toBe(reason)
  const stop = new AbortController()
  const sleep = clock.sleep(50, stop.signal)
  stop.abort(reason)
  await expect(sleep).rejects.toBe(reason)
  await clock.advance(0)
  expect([clock.sleepers(), clock.now()]).toEqual([0, before])
})

test('set to another time of day, sleeps take as long as before', async () => {
  const clock = fakeClock({ startAt: 1_000 })
  let woken = 0
  void clock.sleep(100).then(() => (woken = clock.now()))
  clock.jump(-3_600_000)
  expect(clock.now()).toBe(1_000 - 3_600_000)
  await clock.advance(99)
  expect(woken).toBe(0)
  await clock.advance(1)
  expect(woken).toBe(1_100 - 3_600_000)
})

test('lets time pass until something settles, and no further', async () => {
  const clock = fakeClock({ startAt: 0 })
  const naps = async (): Promise<number> => {
    await clock.sleep(50)
    await clock.sleep(70)
    return clock.now()
  }
  void clock.sleep(1_000)
  expect(await clock.settle(naps())).toBe(120)
  expect([clock.now(), clock.sleepers()]).toEqual([120, 1])
  await expect(clock.settle(Promise.reject(new Error('no')))).rejects.toThrow('no')
})
