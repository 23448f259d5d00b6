import { changedOwners } from '@custody/emulator'
import { expect, test } from 'vitest'
import { defaultDeletionWire } from '../assumptions.ts'
import { type DeletionOrg, startDeletionOrg } from '../testing/deletion-org.ts'

const oneAt = (under: DeletionOrg, index: number): string => under.people[index] as string
const requestsOf = (under: DeletionOrg) => under.org.calls['delete-participants'].count

test('an approved record is deleted, and counts as erased only once it was read back', async () => {
  await using under = await startDeletionOrg()
  const id = oneAt(under, 0)
  const before = under.org.snapshot()
  await under.approved('R-1', [id])
  expect(await under.run()).toMatchObject({ records: 1, accepted: 1 })
  expect(await under.standsAt('R-1')).toEqual([['accepted', 'pending', 'confirming']])
  expect(await under.store.request('R-1')).toMatchObject({ state: 'confirming' })
  expect(await under.confirm()).toMatchObject({ erased: 1, pending: 0 })
  expect(await under.standsAt('R-1')).toEqual([['confirmed', 'erased', null]])
  expect(changedOwners(before, under.org.snapshot())).toEqual([id])
  expect(await under.acts('R-1')).toEqual([
    ...['request-added', 'plan-made', 'plan-approved', 'request-approved', 'run-started'],
    ...['call-sent', 'call-answered', 'run-ended'],
    ...['log-read', 'read-back', 'read-back', 'outcome'],
  ])
  expect(requestsOf(under)).toBe(1)
  await under.run()
  expect(requestsOf(under)).toBe(1)
})

test('the call is on the disk before it is sent', async () => {
  await using under = await startDeletionOrg()
  await under.approved('R-1', [oneAt(under, 0)])
  const seen: unknown[] = []
  const [user] = under.users
  if (user === undefined) throw new Error('no user')
  const watching: typeof user = {
    ...user,
    client: {
      ...user.client,
      async send(request) {
        seen.push((await under.standsAt('R-1'))[0], requestsOf(under), request.repeatable)
        return await user.client.send(request)
      },
    },
  }
  await under.run({ users: [watching] })
  expect(seen).toEqual([['calling', 'pending', null], 0, false])
})

test('ten an hour for each user: eleven records of one user take an hour, of two none', async () => {
  await using under = await startDeletionOrg({ executionUsers: 2 })
  await under.approved('R-1', under.people.slice(0, 11))
  const [first] = under.users
  await under.run({ users: first ? [first] : [] })
  expect(under.clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(3_600_000)
  expect(under.org.calls['delete-participants']).toMatchObject({ count: 11, refused: 0 })

  await using both = await startDeletionOrg({ executionUsers: 2 })
  await both.approved('R-1', both.people.slice(0, 11))
  await both.run()
  expect(both.clock.slept).toEqual([])
  const users = (await both.store.targets()).map(({ user }) => user)
  expect(new Set(users)).toEqual(new Set(['eraser-1', 'eraser-2']))
})

test('a session that is opened behind the plan, and a hold that is placed while the hour is waited for, are heard', async () => {
  await using under = await startDeletionOrg()
  await under.approved('R-1', under.people.slice(0, 12))
  const { clock } = under
  const placing = {
    ...clock,
    async sleep(ms: number, signal?: AbortSignal) {
      await under.store.addHold({
        id: 'H-1',
        matter: 'M-1',
        ground: 'legal-hold',
        scope: { type: 'end-user', ids: [oneAt(under, 10)] },
        author: 'counsel',
        expiresOn: null,
      })
      under.org.setSessions(oneAt(under, 11), 'open')
      await clock.sleep(ms, signal)
    },
  }
  const [user] = under.users
  if (user === undefined) throw new Error('no user')
  let places = 0
  const waiting = {
    ...user,
    async takePlace() {
      if (places++ === 10) await placing.sleep(3_700_000)
      await user.takePlace('end-user')
    },
  }
  await under.run({ users: [waiting] })
  const stands = await under.standsAt('R-1')
  expect(stands.slice(10)).toEqual([
    ['withheld', 'withheld', 'hold'],
    ['withheld', 'withheld', 'open-session'],
  ])
  expect(requestsOf(under)).toBe(10)
  expect(await under.stoppedByHolds()).toEqual([['target-withheld', 'hold', 'H-1']])
  // The place was kept for whoever comes next.
  await under.store.releaseHold('H-1', { operator: 'counsel' })
  under.org.setSessions(oneAt(under, 11), 'ended')
  await under.run()
  expect((await under.standsAt('R-1')).map(([state]) => state)).toEqual(Array(12).fill('accepted'))
})

test('what Salesforce itself holds, and restricting children, withhold without a call', async () => {
  await using under = await startDeletionOrg()
  const [held, restricted, retained] = under.people as [string, string, string]
  under.org.deletion.set({ privacyHolds: [{ recordId: held }], restricted: [restricted] })
  await under.approved('R-1', [held, restricted])
  await under.run()
  expect(await under.standsAt('R-1')).toEqual([
    ['withheld', 'withheld', 'privacy-hold'],
    ['withheld', 'withheld', 'restricted-children'],
  ])
  expect(await under.stoppedByHolds()).toEqual([['target-withheld', 'privacy-hold', null]])
  await under.approved('R-2', [retained])
  await under.run({ requests: ['R-2'], minimumRetention: '6y' })
  expect(await under.standsAt('R-2')).toEqual([['withheld', 'withheld', 'statutory-retention']])
  expect(requestsOf(under)).toBe(0)
})

test('two requests about one record: one call, and both are confirmed', async () => {
  await using under = await startDeletionOrg()
  await under.approved('R-1', [oneAt(under, 0)])
  await under.approved('R-2', [oneAt(under, 0)])
  await under.run()
  await under.approved('R-3', [oneAt(under, 0)])
  await under.run()
  expect(requestsOf(under)).toBe(1)
  expect(await under.confirm()).toMatchObject({ erased: 3 })
  expect((await under.store.targets()).map(({ calls }) => calls)).toEqual([1, 0, 0])
})

test('an unknown person is not called for, and a request that is about nobody ends', async () => {
  await using under = await startDeletionOrg()
  await under.approved('R-1', ['0PA000000000099AAA'])
  await under.approved('R-2', [])
  await under.run()
  expect(await under.standsAt('R-1')).toEqual([['absent', 'no-match', 'not-found']])
  expect(await under.store.request('R-2')).toMatchObject({ state: 'closed' })
  expect(requestsOf(under)).toBe(0)
})

test('nothing runs without its approvals, or beside its plan', async () => {
  await using under = await startDeletionOrg()
  await under.approved('R-1', [oneAt(under, 0)], { approve: ['dpo'] })
  await expect(under.run({ approvalsNeeded: 2 })).rejects.toMatchObject({
    code: 'ERASURE_NOT_APPROVED',
    kind: 'refused',
  })
  await under.store.setTargets('R-1', [{ kind: 'end-user', id: oneAt(under, 1) }])
  await expect(under.run()).rejects.toMatchObject({ code: 'ERASURE_NOT_PLANNED', kind: 'refused' })
  await expect(under.run({ requests: ['R-9'] })).rejects.toMatchObject({ code: 'ERASURE_REQUEST_UNKNOWN' })
  expect(requestsOf(under)).toBe(0)
})

test('stopped by a signal it ends where it is, and goes on later', async () => {
  await using under = await startDeletionOrg()
  await under.approved('R-1', under.people.slice(0, 5))
  const stopping = new AbortController()
  const running = under.run({
    signal: stopping.signal,
    onEvent: (event) => {
      if (event.type === 'target-moved' && event.state === 'calling' && requestsOf(under) === 2)
        stopping.abort('stopped')
    },
  })
  await expect(running).rejects.toBe('stopped')
  expect((await under.standsAt('R-1')).map(([state]) => state)).toEqual([
    ...Array(3).fill('accepted'),
    'planned',
    'planned',
  ])
  await under.reopen()
  await under.run()
  expect(under.org.deletion.requests).toHaveLength(5)
})

test('a conversation alone is deleted by its identifier, or by its record id where the wire says so', async () => {
  await using under = await startDeletionOrg({ deletion: { conversationIdForm: 'record-id' } })
  const [one] = under.org.truth.conversations()
  const identifier = one?.conversationIdentifier ?? ''
  await under.approved('R-1', [identifier], { kind: 'conversation' })
  const before = under.org.snapshot()
  await under.run({ wire: { ...defaultDeletionWire, conversationsBy: 'record-id' } })
  expect(await under.standsAt('R-1')).toEqual([['accepted', 'pending', 'confirming']])
  expect(await under.confirm()).toMatchObject({ erased: 1 })
  expect(under.org.truth.deleted()).toEqual({ endUsers: [], conversations: [identifier] })
  expect(changedOwners(before, under.org.snapshot())).toHaveLength(1)
})

test('a failure on one lane ends the others, which wait for their hour', async () => {
  await using under = await startDeletionOrg({ executionUsers: 2 })
  await under.approved('R-1', under.people.slice(0, 4))
  const [first, second] = under.users
  if (first === undefined || second === undefined) throw new Error('two users')
  const waiting = {
    ...second,
    takePlace: (_: unknown, signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  }
  const failing = { ...first, takePlace: () => Promise.reject(new Error('no disk')) }
  await expect(under.run({ users: [waiting, failing] })).rejects.toThrow('no disk')
  expect((await under.standsAt('R-1')).map(([state]) => state)).toEqual(Array(4).fill('planned'))
})
