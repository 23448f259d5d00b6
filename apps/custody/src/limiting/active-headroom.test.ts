import type { OrgClient } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import { expect, test } from 'vitest'
import { sleepingClock } from '../testing/fake-clock.ts'
import { keepActiveHeadroom } from './active-headroom.ts'
import type { HeadroomEvent } from './headroom-event.ts'

interface Figures {
  readonly limit?: number
  readonly floor?: number
  readonly held?: number
}

/** An org that counts its live sessions: the figures in turn, the last one from then on. */
function setUp(counts: readonly (number | Error)[], { limit = 100, floor = 10, held = 20 }: Figures = {}) {
  const events: HeadroomEvent[] = []
  const clock = sleepingClock()
  const closing = new AbortController()
  let asked = 0
  const org: OrgClient = {
    async getJson({ parse }) {
      const count = counts[Math.min(asked++, counts.length - 1)]
      if (count instanceof Error) throw count
      return parse({ totalSize: count, done: true, records: [] }, { status: 200, headers: {} })
    },
  }
  const room = keepActiveHeadroom({
    org,
    apiVersion: '66.0',
    limit,
    floor,
    held: async () => held,
    clock,
    signal: closing.signal,
    onEvent: (event) => events.push(event),
  })
  return { room, events, clock, asked: () => asked, closing }
}

test.each([
  [70, 0],
  [71, 1],
])('%i live beside 20 of ours, of 100 with a floor of 10: waits %i times', async (live, waits) => {
  const { room, clock } = setUp([live, 0])
  await room()
  expect(clock.slept).toEqual(Array(waits).fill(60_000))
})

test('waits as long as it takes, asks each minute, tells each time, once for all lanes', async () => {
  const { room, events, clock, asked } = setUp([80, 90, 75, 70])
  await room()
  expect(clock.slept).toHaveLength(3)
  expect(asked()).toBe(4)
  expect(events).toMatchObject([{ live: 80 }, { live: 90 }, { live: 75 }])
  expect(events[0]).toEqual({ type: 'headroom-wait', live: 80, held: 20, limit: 100, floor: 10, waitMs: 60_000 })
  const lanes = setUp([80, 70])
  await Promise.all([lanes.room(), lanes.room(), lanes.room()])
  expect(lanes.events).toHaveLength(1)
})

test('a count with room holds for five minutes', async () => {
  const { room, clock, asked } = setUp([0])
  await room()
  clock.jump(299_999)
  await room()
  expect(asked()).toBe(1)
  clock.jump(1)
  await room()
  expect(asked()).toBe(2)
})

test('an org that does not tell is said to, and nobody waits', async () => {
  const { room, events, clock } = setUp([new CustodyError('HTTP_400', 'no')])
  await room()
  expect(events).toEqual([{ type: 'headroom-unknown', of: 'active-conversations', code: 'HTTP_400' }])
  expect(clock.slept).toEqual([])
})

test('the floor of daily calls is not passed over', async () => {
  const reached = new CustodyError('DAILY_CALLS_FLOOR', 'no', { kind: 'refused', retryable: true })
  await expect(setUp([reached]).room()).rejects.toBe(reached)
})

test('a floor of nothing does not look', async () => {
  const { room, asked } = setUp([1_000], { floor: 0 })
  await room()
  expect(asked()).toBe(0)
})

test('whoever aborts waits no longer', async () => {
  const { room } = setUp([1_000])
  await expect(room(AbortSignal.abort('stopped'))).rejects.toBe('stopped')
})
