import { fakeClock } from '@custody/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openLimits } from './open-limits.ts'
import type { SharedActiveConversations } from './shared-active-conversations.ts'
import { newDirectory } from './testing/sample-ledger.ts'

const options = { org: 'acme', windowMs: 100 }

test('never more than the limit are active over all processes, and nobody waits for nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ id: fc.nat(7), gap: fc.nat(60), who: fc.nat(1) }), { maxLength: 25 }),
      async (limit, visits) => {
        const clock = fakeClock()
        const directory = newDirectory()
        await using one = await openLimits({ directory, clock })
        await using other = await openLimits({ directory, clock })
        const budgets = [one, other].map((each) => each.createSharedActiveConversations({ ...options, limit }))
        const lastRead = new Map<string, number>()
        for (const { id, gap, who } of visits) {
          await clock.advance(gap)
          const activeAt = (now: number) => [...lastRead].filter(([, at]) => now <= at + 100).map(([name]) => name)
          const active = activeAt(clock.now())
          const oldest = Math.min(...active.map((name) => lastRead.get(name) ?? 0))
          const least = active.includes(`c${id}`) || active.length < limit ? 0 : oldest + 101 - clock.now()
          const waited = await clock.settle((budgets[who] as SharedActiveConversations).enter(`c${id}`))
          expect(waited).toBeGreaterThanOrEqual(least)
          expect(waited).toBeLessThanOrEqual(least === 0 ? 0 : least + 3)
          lastRead.set(`c${id}`, clock.now())
          expect(activeAt(clock.now()).length).toBeLessThanOrEqual(limit)
        }
      },
    ),
    { numRuns: 40 },
  )
})

test('waiting is first come, first served; two lanes on one conversation take one place', async () => {
  const clock = fakeClock()
  await using limits = await openLimits({ directory: newDirectory(), clock })
  const budget = limits.createSharedActiveConversations({ ...options, limit: 1 })
  await budget.enter('a')
  const order: string[] = []
  const all = ['b', 'b', 'c'].map((id) => budget.enter(id).then(() => order.push(id)))
  await clock.settle(Promise.all(all))
  expect(order).toEqual(['b', 'b', 'c'])
})

test('each org has its own budget', async () => {
  await using limits = await openLimits({ directory: newDirectory(), clock: fakeClock() })
  for (const org of ['a', 'b']) {
    expect(await limits.createSharedActiveConversations({ org, limit: 1, windowMs: 100 }).enter('same')).toBe(0)
  }
})

test('a clock set back by an hour costs a window at most', async () => {
  const clock = fakeClock()
  await using limits = await openLimits({ directory: newDirectory(), clock })
  const budget = limits.createSharedActiveConversations({ ...options, limit: 1 })
  await budget.enter('a')
  clock.jump(-3_600_000)
  const waited = await clock.settle(budget.enter('b'))
  expect(waited).toBeGreaterThanOrEqual(101)
  expect(waited).toBeLessThanOrEqual(104)
})

test('abort of a waiting caller lets the next one in its place', async () => {
  const clock = fakeClock()
  const waits: number[] = []
  await using limits = await openLimits({ directory: newDirectory(), clock })
  const budget = limits.createSharedActiveConversations({ ...options, limit: 1, onWait: (ms) => waits.push(ms) })
  await budget.enter('a')
  const stop = new AbortController()
  const leaving = budget.enter('b', stop.signal)
  leaving.catch(() => undefined)
  await expect.poll(() => waits).toEqual([101])
  const staying = budget.enter('c')
  await clock.advance(10)
  stop.abort('enough')
  await expect(leaving).rejects.toBe('enough')
  expect(await clock.settle(staying)).toBeGreaterThanOrEqual(91)
  await expect(budget.enter('a', AbortSignal.abort('no'))).rejects.toBe('no')
  expect(clock.sleepers()).toBe(0)
})

test('wrong options are refused at construction', async () => {
  await using limits = await openLimits({ directory: newDirectory() })
  for (const wrong of [{ limit: 0 }, { limit: 1.5 }, { windowMs: 0 }, { windowMs: Number.NaN }, { org: '' }]) {
    expect(() => limits.createSharedActiveConversations({ ...options, limit: 1, ...wrong })).toThrow(
      expect.objectContaining({ code: 'LIMITS_OPTIONS', kind: 'usage' }),
    )
  }
})

test('all processes are told how many are held', async () => {
  const clock = fakeClock()
  const directory = newDirectory()
  await using one = await openLimits({ directory, clock })
  await using other = await openLimits({ directory, clock })
  const [here, there] = [one, other].map((limits) => limits.createSharedActiveConversations({ ...options, limit: 9 }))
  const elsewhere = one.createSharedActiveConversations({ org: 'other', limit: 9, windowMs: 100 })
  await here?.enter('a')
  await clock.advance(60)
  await there?.enter('a')
  await there?.enter('b')
  expect([await here?.held(), await there?.held(), await elsewhere.held()]).toEqual([2, 2, 0])
  await clock.advance(100)
  expect(await here?.held()).toBe(2)
  await clock.advance(1)
  expect(await here?.held()).toBe(0)
})
