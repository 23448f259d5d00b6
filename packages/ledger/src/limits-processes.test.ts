import { runModule } from '@custody/testkit'
import { expect, test } from 'vitest'
import { newDirectory } from './testing/sample-ledger.ts'

const windowMs = 1_500
const limit = 20
/** A process that is not let run for a while between its grant and looking at the clock. */
const guardMs = 100

test('four processes, one of them killed: the limit holds in any window, and nobody starves', {
  timeout: 60_000,
}, async () => {
  const directory = newDirectory()
  const children = Array.from({ length: 4 }, () =>
    runModule(
      import.meta.url,
      `
      import { openLimits } from './open-limits.ts'
      const limits = await openLimits({ directory: ${JSON.stringify(directory)} })
      const rate = limits.createSharedRateLimit({
        key: { org: 'acme', user: 'archive-1', endpoint: 'e' }, limit: ${limit}, windowMs: ${windowMs}, guardMs: ${guardMs},
      })
      for (;;) {
        await rate.acquire()
        console.log(Number(process.hrtime.bigint()) / 1e6)
      }`,
    ),
  )
  const grants: { readonly who: number; readonly at: number }[] = []
  const reading = children.map(async (child, who) => {
    for (let line = await child.line(); line !== null; line = await child.line()) grants.push({ who, at: Number(line) })
  })
  await expect.poll(() => grants.length, { timeout: 30_000 }).toBeGreaterThan(limit)
  await children[0]?.kill()
  const killedAfter = grants.length
  await expect.poll(() => grants.length, { timeout: 40_000, interval: 100 }).toBeGreaterThan(killedAfter + limit * 3)
  await Promise.all(children.map((child) => child.kill()))
  await Promise.all(reading)

  const times = grants.map(({ at }) => at).sort((a, b) => a - b)
  const most = Math.max(...times.map((start) => times.filter((at) => at >= start && at <= start + windowMs).length))
  expect(most).toBeLessThanOrEqual(limit)
  // Nearly all of the limit is used, and each of the three has a fair part of it.
  const after = grants.slice(killedAfter)
  const span = Math.max(...after.map(({ at }) => at)) - Math.min(...after.map(({ at }) => at))
  expect(after.length / span).toBeGreaterThan((limit / windowMs) * 0.6)
  for (const who of [1, 2, 3]) expect(after.filter((one) => one.who === who).length).toBeGreaterThan(after.length / 6)
})

test('many processes open new limits at once', { timeout: 60_000, repeats: 2 }, async () => {
  const directory = newDirectory()
  const children = Array.from({ length: 5 }, () =>
    runModule(
      import.meta.url,
      `
      import { openLimits } from './open-limits.ts'
      const limits = await openLimits({ directory: ${JSON.stringify(directory)} })
      const budget = limits.createSharedActiveConversations({ org: 'acme', limit: 100, windowMs: 60_000 })
      for (let id = 0; id < 10; id++) await budget.enter(process.pid + ' ' + id)
      await limits.close()
      console.log('done')`,
    ),
  )
  expect(await Promise.all(children.map((child) => child.line()))).toEqual(children.map(() => 'done'))
})
