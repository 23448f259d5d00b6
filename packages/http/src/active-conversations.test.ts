import { fakeClock } from '@custody/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createActiveConversations } from './active-conversations.ts'
import type { HttpEvent } from './http-event.ts'

test('never more than the limit are active, and nobody waits for nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ id: fc.integer({ min: 0, max: 7 }), gap: fc.integer({ min: 0, max: 60 }) }), {
        maxLength: 40,
      }),
      async (limit, visits) => {
        const windowMs = 100
        const clock = fakeClock()
        const budget = createActiveConversations({ limit, windowMs, clock })
        const lastRead = new Map<string, number>()
        for (const { id, gap } of visits) {
          await clock.advance(gap)
          const identifier = `c${id}`
          const activeAt = (now: number): string[] =>
            [...lastRead].filter(([, at]) => now <= at + windowMs).map(([name]) => name)
          const active = activeAt(clock.now())
          const oldest = Math.min(...active.map((name) => lastRead.get(name) ?? 0))
          const expected =
            active.includes(identifier) || active.length < limit ? 0 : oldest + windowMs + 1 - clock.now()
          expect(await clock.settle(budget.enter(identifier))).toBe(expected)
          lastRead.set(identifier, clock.now())
          expect(activeAt(clock.now()).length).toBeLessThanOrEqual(limit)
        }
      },
    ),
    { numRuns: 150 },
  )
})

test('entering again restarts the window, even while others wait', async () => {
  const clock = fakeClock()
  const events: HttpEvent[] = []
  const budget = createActiveConversations({ limit: 2, windowMs: 100, clock, onEvent: (event) => events.push(event) })
  await budget.enter('a')
  await clock.advance(10)
  await budget.enter('b')
  let third: number | undefined
  void budget.enter('c').then((waitedMs) => (third = waitedMs))
  await clock.advance(50)
  expect(await budget.enter('a')).toBe(0)
  await clock.advance(50)
  expect(third).toBeUndefined()
  await clock.advance(1)
  expect(third).toBe(101)
  expect(events).toEqual([
    { type: 'budget-wait', limit: 2, waitMs: 91 },
    { type: 'budget-wait', limit: 2, waitMs: 10 },
  ])
})

test.each([
  [100, 0],
  [101, 0],
])('left alone for %s of 100 ms: entering again costs nothing', async (ms, waitedMs) => {
  const clock = fakeClock()
  const budget = createActiveConversations({ limit: 1, windowMs: 100, clock })
  await budget.enter('a')
  await clock.advance(ms)
  expect(await clock.settle(budget.enter('a'))).toBe(waitedMs)
})

test('waiting is first come, first served; two lanes on one conversation take one place', async () => {
  const clock = fakeClock({ startAt: 0 })
  const budget = createActiveConversations({ limit: 1, windowMs: 100, clock })
  await budget.enter('a')
  const order: string[] = []
  for (const id of ['b', 'b', 'c']) void budget.enter(id).then(() => order.push(`${id} ${clock.now()}`))
  await clock.advance(1_000)
  expect(order).toEqual(['b 101', 'b 101', 'c 202'])
})

test('abort of a waiting caller lets the next one in its place', async () => {
  const clock = fakeClock()
  const budget = createActiveConversations({ limit: 1, windowMs: 100, clock })
  await budget.enter('a')
  const stop = new AbortController()
  const leaving = budget.enter('b', stop.signal)
  const staying = budget.enter('c')
  await clock.advance(10)
  stop.abort('enough')
  await expect(leaving).rejects.toBe('enough')
  expect(await clock.settle(staying)).toBe(101)
  expect(clock.sleepers()).toBe(0)
})

test('a clock set back by an hour costs a window at most', async () => {
  const clock = fakeClock()
  const budget = createActiveConversations({ limit: 1, windowMs: 100, clock })
  await budget.enter('a')
  clock.jump(-3_600_000)
  expect(await clock.settle(budget.enter('b'))).toBe(101)
})

test('the default budget is 2,500 over 30 minutes', async () => {
  const clock = fakeClock()
  const budget = createActiveConversations({ clock })
  for (let index = 0; index < 2_500; index++) expect(await budget.enter(`c${index}`)).toBe(0)
  expect(await clock.settle(budget.enter('one more'))).toBe(1_800_001)
})

test('wrong options are refused at construction', () => {
  for (const wrong of [{ limit: 0 }, { limit: 1.5 }, { windowMs: 0 }, { windowMs: Number.NaN }]) {
    expect(() => createActiveConversations(wrong)).toThrow(expect.objectContaining({ code: 'HTTP_OPTIONS' }))
  }
})
