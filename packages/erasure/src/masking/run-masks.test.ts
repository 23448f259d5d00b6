import { changedOwners, type FaultAction } from '@custody/emulator'
import { expect, test } from 'vitest'
import { type MaskingOrg, startMaskingOrg } from '../testing/masking-org.ts'
import { bytesIn, waysItStandsIn } from '../testing/sample-store.ts'

const oneAt = ({ under }: MaskingOrg, index: number): string => under.people[index] as string
const requestsOf = ({ under }: MaskingOrg): number => under.org.calls['connect-update'].count

/** Starts an org with a request about one person, and gives their conversations that have something to be masked. */
async function started(options: Parameters<typeof startMaskingOrg>[0] = {}) {
  const masking = await startMaskingOrg(options)
  const id = oneAt(masking, 0)
  const plan = await masking.masked('R-1', [id])
  const conversations = (plan.targets[0]?.conversations ?? []).filter(({ texts }) => texts > 0)
  if (conversations.length === 0) throw new Error('the person wrote nothing')
  return { masking, id, plan, conversations: conversations.map((each) => each.id), ...masking }
}

async function isMasked({ textsOf }: MaskingOrg, conversations: readonly string[]): Promise<boolean> {
  for (const id of conversations) if ([...(await textsOf(id)).values()].some((text) => text.includes('e'))) return false
  return true
}

test('every text of the plan is replaced, nothing else is, and only reading back makes it masked', async () => {
  const { masking, id, conversations, under, run, confirm } = await started()
  await using _ = masking
  const before = under.org.snapshot()
  await run()
  expect(await under.standsAt('R-1')).toEqual([['accepted', 'pending', 'confirming']])
  expect(await isMasked(masking, conversations)).toBe(true)
  expect(changedOwners(before, under.org.snapshot())).toEqual([id])
  expect(requestsOf(masking)).toBe(conversations.length)
  await confirm()
  expect(await under.standsAt('R-1')).toEqual([['confirmed', 'masked', null]])
  await run()
  await confirm()
  expect(requestsOf(masking)).toBe(conversations.length)
  await under.store.close('R-1')
  expect(await under.standsAt('R-1')).toEqual([['confirmed', 'masked', null]])
})

test.each<[string, FaultAction, more: number]>([
  ['reset, carried out', { type: 'reset', when: 'before-headers' }, 0],
  ['500, not carried out', { type: 'status', status: 500 }, 1],
  ['503, the hour is used up', { type: 'status', status: 503 }, 1],
  ['a log-in page', { type: 'login-page' }, 1],
  ['401', { type: 'status', status: 401 }, 1],
])('an answer that says nothing (%s): texts are read before any is sent again', async (_, action, more) => {
  const { masking, conversations, under, run, confirm } = await started()
  await using __ = masking
  under.org.setFaults([{ match: { endpoint: 'connect-update' }, action }])
  await run()
  await confirm()
  expect(await under.standsAt('R-1')).toEqual([['confirmed', 'masked', null]])
  expect(requestsOf(masking)).toBe(conversations.length + more)
})

test.each([
  [403, { kind: 'sign-in' }],
  [429, { code: 'HTTP_429' }],
])('%s, to all of them, ends it with nothing changed, and a later run goes on', async (status, error) => {
  const { masking, conversations, under, run, confirm } = await started()
  await using _ = masking
  const before = under.org.snapshot()
  const refused = { type: 'status', status, body: 'text' } as const
  under.org.setFaults([{ match: { endpoint: 'connect-update' }, action: refused, times: 'always' }])
  await expect(run()).rejects.toMatchObject(error)
  expect(changedOwners(before, under.org.snapshot())).toEqual([])
  expect(await under.store.request('R-1')).toMatchObject({ state: 'running' })
  under.org.setFaults([])
  // The allowance of a day is asked for again after a while.
  under.clock.advance(24 * 3_600_000)
  await run()
  await confirm()
  expect(await under.standsAt('R-1')).toEqual([['confirmed', 'masked', null]])
  expect(await isMasked(masking, conversations)).toBe(true)
})

test('404 is no mask, and is told as what it is', async () => {
  const { masking, under, run, confirm } = await started()
  await using _ = masking
  under.org.setFaults([
    { match: { endpoint: 'connect-update' }, action: { type: 'status', status: 404 }, times: 'always' },
  ])
  await run()
  await confirm()
  expect(await under.standsAt('R-1')).toEqual([['withheld', 'withheld', 'not-found']])
})

test('an org that accepts texts and keeps the old ones is never told to have masked: pending, then failed', async () => {
  const { masking, under, run, confirm } = await started({ switches: { connectUpdates: 'ignored' } })
  await using _ = masking
  await run()
  await confirm()
  expect(await under.standsAt('R-1')).toEqual([['accepted', 'pending', 'still-there-conversation-data']])
  under.clock.advance(72 * 3_600_000)
  await confirm()
  expect(await under.standsAt('R-1')).toEqual([['accepted', 'failed', 'still-there-conversation-data']])
})

test('more texts than a request takes are sent in smaller parts', async () => {
  const { masking, under, run, confirm, conversations } = await started({ switches: { connectUpdatesPerRequest: 2 } })
  await using _ = masking
  await run()
  await confirm()
  expect(await under.standsAt('R-1')).toEqual([['confirmed', 'masked', null]])
  expect(await isMasked(masking, conversations)).toBe(true)
})

test('a text that changed since the approval is left alone, with its conversation', async () => {
  const { masking, under, run, confirm, conversations, textsOf } = await started()
  await using _ = masking
  const [conversation = ''] = conversations
  const [entry = ''] = (await textsOf(conversation)).keys()
  under.org.edit(entry, 'somebody else wrote here')
  await run()
  await confirm()
  expect((await textsOf(conversation)).get(entry)).toBe('somebody else wrote here')
  expect((await under.standsAt('R-1'))[0]?.slice(1)).toEqual(['withheld', 'plan-changed'])
})

test('a hold on a conversation keeps that one as it is; once released the next run masks it', async () => {
  const { masking, under, run, confirm, conversations, textsOf } = await started()
  await using _ = masking
  const [held = ''] = conversations
  const hold = { id: 'H-1', matter: 'M-1', ground: 'legal-hold', author: 'counsel', expiresOn: null } as const
  await under.store.addHold({ ...hold, scope: { type: 'conversation', ids: [held] } })
  const before = await textsOf(held)
  await run()
  await confirm()
  expect(await textsOf(held)).toEqual(before)
  expect((await under.standsAt('R-1'))[0]?.slice(1)).toEqual(['withheld', 'hold'])
  expect(await under.stoppedByHolds()).toEqual([['mask-withheld', 'hold', 'H-1']])
  expect(await isMasked(masking, conversations.slice(1))).toBe(true)
  await under.store.releaseHold('H-1', { operator: 'counsel' })
  await run()
  await confirm()
  expect(await under.standsAt('R-1')).toEqual([['confirmed', 'masked', null]])
  expect(await isMasked(masking, conversations)).toBe(true)
})

test('a hold that is placed while the hour is waited for is heard', async () => {
  const { masking, id, under, run } = await started()
  await using _ = masking
  const busy = { type: 'status', status: 503 } as const
  under.org.setFaults([{ match: { endpoint: 'connect-update' }, action: busy }])
  const before = under.org.snapshot()
  const hold = { id: 'H-1', matter: 'M-1', ground: 'legal-hold', author: 'counsel', expiresOn: null } as const
  let placed: Promise<unknown> | null = null
  await run({
    onEvent: (event) => {
      if (event.type !== 'target-moved' || event.state !== 'calling') return
      placed ??= under.store.addHold({ ...hold, scope: { type: 'end-user', ids: [id] } })
    },
  })
  await placed
  expect(await under.standsAt('R-1')).toEqual([['withheld', 'withheld', 'hold']])
  expect(changedOwners(before, under.org.snapshot())).toEqual([])
})

test('a run that dies at any step goes on, and repeats one request at most', async () => {
  await using masking = await startMaskingOrg()
  const { under, run, confirm } = masking
  let died = 0
  for (const [at, id] of under.people.slice(0, 8).entries()) {
    const reference = `R-${at}`
    const plan = await masking.masked(reference, [id])
    const conversations = (plan.targets[0]?.conversations ?? []).filter(({ texts }) => texts > 0)
    const before = requestsOf(masking)
    let steps = 0
    const dying = run({
      requests: [reference],
      onEvent: () => {
        if (++steps > at) throw new Error('killed')
      },
    })
    // A person of few words has fewer steps.
    await dying.catch((error: Error) => expect(error.message).toBe('killed'))
    died += Number(steps > at)
    await under.reopen()
    await run({ store: under.store })
    await confirm({ store: under.store })
    expect(await under.standsAt(reference)).toEqual([['confirmed', 'masked', null]])
    const ids = conversations.map((conversation) => conversation.id)
    expect(await isMasked(masking, ids)).toBe(true)
    expect(requestsOf(masking) - before).toBeLessThanOrEqual(ids.length + 1)
  }
  expect(died).toBeGreaterThan(3)
})

test('a plan to mask is never carried out as a deletion, nor the other way round', async () => {
  const { masking, under, run } = await started()
  await using _ = masking
  await expect(under.run({ requests: ['R-1'] })).rejects.toMatchObject({ code: 'ERASURE_NOT_APPROVED' })
  expect(await under.run()).toMatchObject({ records: 0 })
  await under.approved('R-2', [oneAt(masking, 1)])
  await expect(run({ requests: ['R-2'] })).rejects.toMatchObject({ code: 'ERASURE_NOT_APPROVED' })
  await run()
  // What stays is not taken for a deletion that did not happen.
  await under.confirm()
  expect(await under.standsAt('R-1')).toEqual([['accepted', 'pending', 'confirming']])
  expect(under.org.deletion.requests).toEqual([])
})

test('two requests about one person: the second finds nothing left to be done', async () => {
  const { masking, id, conversations, under, run, confirm } = await started()
  await using _ = masking
  await masking.masked('R-2', [id])
  await run()
  await confirm()
  for (const reference of ['R-1', 'R-2']) {
    expect(await under.standsAt(reference)).toEqual([['confirmed', 'masked', null]])
  }
  expect(requestsOf(masking)).toBe(conversations.length)
})

test('what the messages said stands nowhere in the store, neither before the closing nor after it', async () => {
  const { masking, conversations, under, run, confirm, textsOf } = await started()
  await using _ = masking
  const words = [...(await textsOf(conversations[0] ?? '')).values()].filter((text) => text.length > 11)
  expect(words.length).toBeGreaterThan(0)
  await run()
  const standing = (): readonly string[] => {
    const bytes = bytesIn(under.directory)
    return words.flatMap((text) => waysItStandsIn(bytes, text))
  }
  expect(standing()).toEqual([])
  await confirm()
  await under.store.close('R-1')
  expect(standing()).toEqual([])
  expect(await under.store.traces({ ...(await under.store.targets())[0], request: 'R-1' } as never)).toBeNull()
})
