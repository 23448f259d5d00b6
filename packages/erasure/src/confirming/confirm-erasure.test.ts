import { CustodyError } from '@custody/pipeline'
import { expect, test } from 'vitest'
import { defaultDeletionWire } from '../assumptions.ts'
import { type DeletionOrg, entriesReadBack, startDeletionOrg } from '../testing/deletion-org.ts'
import { countingReadBack } from './counting-read-back.ts'
import type { ReadBackSource } from './read-back.ts'
import { recordsReadBack } from './records-read-back.ts'

const hour = 3_600_000

async function deleted(options: Parameters<typeof startDeletionOrg>[0], people = 2): Promise<DeletionOrg> {
  const under = await startDeletionOrg(options)
  await under.approved('R-1', under.people.slice(0, people))
  await under.run()
  return under
}

/** Data 360, as the emulator's truth and clock have it: shows everything for an hour longer. */
function lagging(
  under: DeletionOrg,
  acceptedAt: number,
  more: { readonly forgetsNothing?: boolean } = {},
): ReadBackSource {
  return countingReadBack({
    name: 'data360',
    lagMs: hour,
    async countEntries(ids) {
      const isGone = under.clock.now() >= acceptedAt + hour && !more.forgetsNothing
      const controls = ids.slice(-2)
      return new Map((isGone ? controls : ids).map((id) => [id, 3]))
    },
  })
}

test('an org that answers 202 and does nothing is never erased: pending, then failed', async () => {
  await using under = await deleted({ scenario: 'deletion-does-nothing' })
  expect(await under.confirm()).toMatchObject({ pending: 2, erased: 0 })
  expect(await under.standsAt('R-1')).toEqual(Array(2).fill(['accepted', 'pending', 'still-there-records']))
  under.clock.advance(71 * hour)
  expect(await under.confirm()).toMatchObject({ pending: 2 })
  under.clock.advance(1 * hour)
  expect(await under.confirm()).toMatchObject({ failed: 2, erased: 0 })
  expect(await under.standsAt('R-1')).toEqual(Array(2).fill(['accepted', 'failed', 'still-there-records']))
})

test('an org that hides the record and fails its control query is unverifiable', async () => {
  await using under = await deleted({ scenario: 'deletion-blind' }, 1)
  expect(await under.confirm()).toMatchObject({ unverifiable: 1, erased: 0 })
  expect(await under.standsAt('R-1')).toEqual([['accepted', 'unverifiable', 'control-missing-records']])
})

test.each([['conversation-data'], ['records']] as const)(
  'so is one whose %s alone shows nothing any more',
  async (sight) => {
    await using under = await deleted({
      deletion: { effect: sight === 'records' ? 'nothing' : 'erases', blind: [sight] },
    })
    expect(await under.confirm()).toMatchObject({ unverifiable: 2, erased: 0 })
    expect((await under.standsAt('R-1'))[0]).toEqual(['accepted', 'unverifiable', `control-missing-${sight}`])
  },
)

test.each([['deletion-stuck-log'], ['deletion-no-log'], ['deletion-false-log'], ['deletion-other-words']])(
  'what the log says is no proof either way: %s',
  async (scenario) => {
    await using under = await deleted({ scenario })
    expect(await under.confirm()).toMatchObject({ erased: 2 })
  },
)

test('a deletion that Salesforce calls failed, and that is still there, failed; why, where that can be seen', async () => {
  await using under = await startDeletionOrg()
  const [restricted, failing] = under.people as [string, string]
  await under.approved('R-1', [restricted, failing])
  // Their children come between look and call.
  under.org.deletion.set({ failing: [restricted, failing] })
  await under.run()
  under.org.deletion.set({ restricted: [restricted] })
  expect(await under.confirm()).toMatchObject({ failed: 2 })
  expect(await under.standsAt('R-1')).toEqual([
    ['accepted', 'failed', 'restricted-children'],
    ['accepted', 'failed', 'salesforce-failed'],
  ])
  // Removed by hand: the next run asks again.
  under.org.deletion.set({ restricted: [], failing: [] })
  await under.run()
  expect(await under.confirm()).toMatchObject({ erased: 2 })
})

test('a slow deletion is pending until it is gone', async () => {
  await using under = await deleted({ scenario: 'deletion-slow' })
  expect(await under.confirm()).toMatchObject({ pending: 2, erased: 0 })
  under.clock.advance(600_000)
  expect(await under.confirm()).toMatchObject({ pending: 0, erased: 2 })
})

test('Data 360 is heard behind its lag, and what stays there fails', async () => {
  await using under = await deleted({})
  const at = under.clock.now()
  const records = recordsReadBack({ org: under.client })
  const sources = [records, lagging(under, at)] as const
  expect(await under.confirm({ sources })).toMatchObject({ pending: 2, erased: 0 })
  expect((await under.standsAt('R-1'))[0]).toEqual(['accepted', 'pending', 'unseen-data360'])
  under.clock.advance(hour - 1)
  expect(await under.confirm({ sources })).toMatchObject({ erased: 0 })
  under.clock.advance(1)
  expect(await under.confirm({ sources })).toMatchObject({ erased: 2 })

  // Later it is there again.
  const again = [records, lagging(under, at, { forgetsNothing: true })] as const
  expect(await under.confirm({ sources: again })).toMatchObject({ erased: 0, failed: 2, reappeared: 2 })
  expect((await under.standsAt('R-1'))[0]).toEqual(['reappeared', 'failed', 'reappeared-data360'])
  await under.run()
  expect(under.org.deletion.requests).toHaveLength(2)

  await using kept = await deleted({})
  const keeping = [
    recordsReadBack({ org: kept.client }),
    lagging(kept, kept.clock.now(), { forgetsNothing: true }),
  ] as const
  kept.clock.advance(2 * hour)
  expect(await kept.confirm({ sources: keeping })).toMatchObject({ pending: 2 })
  kept.clock.advance(70 * hour)
  expect(await kept.confirm({ sources: keeping })).toMatchObject({ failed: 2, erased: 0 })
  expect((await kept.standsAt('R-1'))[0]).toEqual(['accepted', 'failed', 'still-there-data360'])
})

test('a source that does not answer leaves it pending, and in the end unverifiable', async () => {
  await using under = await deleted({})
  const silent: ReadBackSource = {
    name: 'connect',
    lagMs: 0,
    readBack: () => Promise.reject(new CustodyError('HTTP_503', 'Out of order.')),
  }
  const sources = [recordsReadBack({ org: under.client }), silent] as const
  expect(await under.confirm({ sources })).toMatchObject({ pending: 2 })
  expect((await under.standsAt('R-1'))[0]).toEqual(['accepted', 'pending', 'unreachable-connect'])
  under.clock.advance(72 * hour)
  expect(await under.confirm({ sources })).toMatchObject({ unverifiable: 2 })
  // It comes back: what is proven then counts.
  expect(await under.confirm()).toMatchObject({ erased: 2 })
})

test('in a conversation with somebody else, what the person wrote has to be gone, and what the other wrote may stay', async () => {
  await using under = await startDeletionOrg({ conversations: 30, world: { sharedEveryNth: 2 } })
  await under.approved('R-1', under.people.slice(0, 4))
  await under.run()
  expect(await under.confirm()).toMatchObject({ erased: 4 })

  await using untouched = await startDeletionOrg({
    conversations: 30,
    world: { sharedEveryNth: 1 },
    deletion: { sharedConversations: 'untouched' },
  })
  await untouched.approved('R-1', untouched.people.slice(0, 1))
  await untouched.run()
  const outcome = await untouched.confirm()
  expect(outcome.erased).toBe(0)
  expect(outcome.pending).toBe(1)
})

test('ids in the body, under other names', async () => {
  await using under = await startDeletionOrg({ scenario: 'deletion-in-body' })
  const parameters = { 'end-user': 'participantIds', conversation: 'ids' }
  const wire = { ...defaultDeletionWire, idsIn: 'body', parameters } as const
  await under.approved('R-1', under.people.slice(0, 2))
  await under.run({ wire })
  expect(
    await under.confirm({ wire, sources: [recordsReadBack({ org: under.client }), entriesReadBack(under.client)] }),
  ).toMatchObject({
    erased: 2,
  })
})

test('each target is told of alone, and what does not change is not told again', async () => {
  await using under = await deleted({ scenario: 'deletion-does-nothing' })
  await under.confirm()
  const acts = await under.acts('R-1')
  await under.confirm()
  expect(await under.acts('R-1')).toEqual(acts)
  expect(acts.filter((act) => act === 'read-back')).toHaveLength(2)
})
