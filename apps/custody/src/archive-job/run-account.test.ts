import { expect, test } from 'vitest'
import { leapingClock } from '../testing/leaping-clock.ts'
import { createRunAccount } from './run-account.ts'
import { createCallCounter } from './time-spent.ts'

const batch = (stage: string, ownMs: number) =>
  ({ type: 'batch-end', stage, records: 1, rejects: 0, drops: {}, ownMs }) as const

test('an amendment reads before it archives: the times of a step add up over all its pipelines', () => {
  const clock = leapingClock()
  const account = createRunAccount({
    ...{ clock, startedAt: clock.now(), calls: createCallCounter(), answersKept: 0 },
    org: { limits: { entriesPerMinute: 85, connectPerHour: 900, activeConversations: 2_500 } as never },
  })
  account.onRunEvent({ type: 'run-start', stages: ['census', 'entries'] })
  account.onRunEvent(batch('census', 10))
  // Of one pipeline a later number holds all before it.
  account.onRunEvent(batch('census', 30))
  account.onRunEvent(batch('entries', 5))
  account.onRunEvent({ type: 'run-start', stages: ['census', 'archive'] })
  account.onRunEvent(batch('census', 7))
  account.onRunEvent(batch('archive', 1))
  clock.advance(60)
  const { stages, elapsedMs, limits } = account.cost()
  expect([stages, elapsedMs]).toEqual([
    [
      { stage: 'census', ownMs: 37 },
      { stage: 'entries', ownMs: 5 },
      { stage: 'archive', ownMs: 1 },
    ],
    60,
  ])
  expect(limits.map(({ name }) => name)).toEqual(['entriesPerMinute', 'connectPerHour', 'activeConversations'])
})

test('where no org is asked there are no limits', () => {
  const clock = leapingClock()
  const calls = createCallCounter()
  const account = createRunAccount({ clock, startedAt: clock.now() + 5, calls, org: null, answersKept: 0 })
  expect(account.cost()).toMatchObject({ elapsedMs: 0, requests: 0, limits: [], stages: [] })
})
