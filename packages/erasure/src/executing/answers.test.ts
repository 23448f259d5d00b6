import type { FaultAction } from '@custody/emulator'
import { expect, test } from 'vitest'
import { type DeletionOrg, startDeletionOrg } from '../testing/deletion-org.ts'

const oneAt = (under: DeletionOrg, index: number): string => under.people[index] as string
const requestsOf = (under: DeletionOrg) => under.org.calls['delete-participants'].count

test.each<[string, Partial<FaultAction> & { type: 'status'; status: number }, readonly (string | null)[]]>([
  ['412', { type: 'status', status: 412 }, ['refused', 'withheld', 'open-session']],
  ['423', { type: 'status', status: 423 }, ['refused', 'pending', 'locked']],
  ['409', { type: 'status', status: 409 }, ['refused', 'withheld', 'restricted-children']],
  ['400', { type: 'status', status: 400 }, ['refused', 'failed', 'http-400']],
])('%s is told as what it is, once, and the next run tries again', async (_, action, expected) => {
  await using under = await startDeletionOrg()
  under.org.setFaults([{ match: { endpoint: 'delete-participants' }, action }])
  await under.approved('R-1', [oneAt(under, 0)])
  await under.run()
  expect(await under.standsAt('R-1')).toEqual([expected])
  expect(requestsOf(under)).toBe(1)
  await under.run()
  expect(await under.standsAt('R-1')).toEqual([['accepted', 'pending', 'confirming']])
})

test.each([
  ['reset, carried out', { type: 'reset', when: 'before-headers' }, 1],
  ['503, carried out', { type: 'status', status: 503, carriedOut: true }, 1],
  ['503, not carried out', { type: 'status', status: 503 }, 2],
  ['500, not carried out', { type: 'status', status: 500 }, 2],
  ['an answer that breaks off', { type: 'truncate', how: 'cut' }, 1],
  ['a log-in page', { type: 'login-page' }, 2],
] as const)('an answer that is lost (%s) is read back before anything is sent again', async (_, action, calls) => {
  await using under = await startDeletionOrg()
  under.org.setFaults([{ match: { endpoint: 'delete-participants' }, action }])
  await under.approved('R-1', [oneAt(under, 0)])
  await under.run()
  expect(await under.standsAt('R-1')).toEqual([['accepted', 'pending', 'confirming']])
  expect(requestsOf(under)).toBe(calls)
  expect(under.org.deletion.requests).toHaveLength(1)
  expect(await under.acts('R-1')).toContain('call-lost')
  expect(await under.confirm()).toMatchObject({ erased: 1 })
})

test('a call that is still on its way is waited for, and not sent again', async () => {
  await using under = await startDeletionOrg({ deletion: { log: 'absent', delayMs: 60_000 } })
  under.org.setFaults([
    { match: { endpoint: 'delete-participants' }, action: { type: 'reset', when: 'before-headers' } },
  ])
  await under.approved('R-1', [oneAt(under, 0)])
  await under.run()
  expect(under.clock.slept).toEqual([120_000])
  expect(requestsOf(under)).toBe(1)
  expect(await under.confirm()).toMatchObject({ erased: 1 })
})

test.each([[30], [null]])(
  '429 with Retry-After %s: the user pauses, and nothing is lost',
  async (retryAfterSeconds) => {
    await using under = await startDeletionOrg()
    under.org.setFaults([
      {
        match: { endpoint: 'delete-participants' },
        action: { type: 'status', status: 429, ...(retryAfterSeconds !== null && { retryAfterSeconds }) },
      },
    ])
    await under.approved('R-1', under.people.slice(0, 2))
    await under.run()
    expect((await under.standsAt('R-1')).map(([state]) => state)).toEqual(['accepted', 'accepted'])
    expect(requestsOf(under)).toBe(3)
    const waited = under.clock.slept.reduce((sum, ms) => sum + ms, 0)
    expect(waited).toBeGreaterThanOrEqual((retryAfterSeconds ?? 900) * 1_000)
  },
)

test('the causes of a 404 are told apart', async () => {
  await using gone = await startDeletionOrg()
  const [id] = gone.people as [string]
  await gone.approved('R-1', ['0PA000000000099AAA', id])
  // The record disappears between look and call.
  gone.org.setFaults([
    { match: { endpoint: 'delete-participants' }, action: { type: 'status', status: 404 }, times: 2 },
  ])
  await gone.run()
  expect(await gone.standsAt('R-1')).toEqual([
    ['absent', 'no-match', 'not-found'],
    ['refused', 'unverifiable', 'answer-unknown'],
  ])

  await using off = await startDeletionOrg({ switches: { conversationApi: false } })
  await off.approved('R-1', off.people.slice(0, 3))
  await expect(off.run()).rejects.toMatchObject({ code: 'ERASURE_API_OFF' })
  expect(await off.standsAt('R-1')).toEqual([
    ['refused', 'pending', 'api-off'],
    ['planned', 'pending', null],
    ['planned', 'pending', null],
  ])
  expect(await off.store.request('R-1')).toMatchObject({ state: 'running' })
})

test('a token that is refused is renewed, and the record is looked at again before the next call', async () => {
  await using under = await startDeletionOrg({ scenario: 'deletion-token-revoked' })
  await under.approved('R-1', under.people.slice(0, 4))
  await under.run()
  expect((await under.standsAt('R-1')).map(([state]) => state)).toEqual(Array(4).fill('accepted'))
  expect(under.org.deletion.requests).toHaveLength(4)
  expect(await under.acts('R-1')).toContain('call-not-carried-out')
})

test('a user who may not delete is left out; where nobody may, all stays as it was', async () => {
  await using under = await startDeletionOrg({ executionUsers: 2, deletion: { refusedUsers: [0] } })
  await under.approved('R-1', under.people.slice(0, 3))
  await under.run()
  expect((await under.standsAt('R-1')).map(([state]) => state)).toEqual(Array(3).fill('accepted'))
  expect(under.org.calls['delete-participants'].statuses['403']).toBe(1)

  await using none = await startDeletionOrg({ deletion: { refusedUsers: [0] } })
  await none.approved('R-1', none.people.slice(0, 3))
  await expect(none.run()).rejects.toMatchObject({ code: 'HTTP_403', kind: 'sign-in' })
  expect(await none.standsAt('R-1')).toEqual(Array(3).fill(['planned', 'pending', null]))
})

test('a record that is called for another request is neither called again nor lost where that one is not run', async () => {
  await using under = await startDeletionOrg()
  const id = oneAt(under, 0)
  await under.approved('R-1', [id])
  await under.approved('R-2', [id])
  // As a process leaves it that dies behind the call.
  under.org.setFaults([
    { match: { endpoint: 'delete-participants' }, action: { type: 'reset', when: 'before-headers' } },
  ])
  const dying = under.run({
    requests: ['R-1'],
    onEvent: (event) => {
      if (event.type === 'target-moved' && event.state === 'answer-lost') throw new Error('killed')
    },
  })
  await expect(dying).rejects.toThrow('killed')
  expect((await under.store.targets()).map(({ state }) => state)).toEqual(['answer-lost', 'planned'])
  await under.run({ requests: ['R-2'] })
  expect((await under.store.targets()).map(({ state }) => state)).toEqual(['accepted', 'accepted'])
  expect(requestsOf(under)).toBe(1)
})

test('a lost answer of a slow deletion is found in the log, long before anything is gone', async () => {
  await using under = await startDeletionOrg({ deletion: { delayMs: 3_600_000 } })
  under.org.setFaults([
    { match: { endpoint: 'delete-participants' }, action: { type: 'reset', when: 'before-headers' } },
  ])
  await under.approved('R-1', [oneAt(under, 0)])
  await under.run()
  expect(await under.store.targets()).toMatchObject([
    { state: 'accepted', calls: 1, logId: under.org.deletion.requests[0]?.logId },
  ])
  expect([requestsOf(under), under.clock.slept]).toEqual([1, []])
})
