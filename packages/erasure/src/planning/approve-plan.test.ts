import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ErasurePlan } from '../erasure-plan.ts'
import type { ErasureStore } from '../erasure-store.ts'
import { openErasureStore } from '../store/open-erasure-store.ts'
import { someFacts, somePlan } from '../testing/plans.ts'
import { type Approved, type ApproveOptions, approvePlan } from './approve-plan.ts'
import { planBytes, planDigest } from './plan-bytes.ts'

async function openStore(): Promise<ErasureStore> {
  const directory = mkdtempSync(join(tmpdir(), 'custody-approve-'))
  const store = await openErasureStore({ directory, key: new Uint8Array(32).fill(7) })
  onTestFinished(async () => {
    await store[Symbol.asyncDispose]()
    rmSync(directory, { recursive: true })
  })
  return store
}

/** A request with a plan; gives the plan's digest. */
async function plan(store: ErasureStore, reference: string, made: ErasurePlan = planOf(reference)): Promise<string> {
  await store.addRequest({
    reference,
    subject: { endUserIds: ['0PA000000000001GAA'], contactIds: [], phones: [], emails: [], platformKeys: [] },
    conversations: [],
    regime: 'gdpr',
    receivedOn: '2026-11-01',
    dueOn: '2026-12-01',
    jurisdiction: null,
    note: null,
  })
  const bytes = planBytes(made)
  await store.savePlan(reference, planDigest(bytes), bytes)
  await store.setState(reference, 'planned', { act: 'planned', operator: null, detail: {} })
  return planDigest(bytes)
}

const planOf = (reference: string, messages = 41): ErasurePlan =>
  somePlan([someFacts({ messages })], { request: { reference, dueOn: '2026-12-01' } })

function approve(store: ErasureStore, options: Partial<ApproveOptions>): Promise<Approved> {
  const makeAgain = async (reference: string): Promise<ErasurePlan> => planOf(reference)
  return approvePlan({ store, digest: '', operator: 'jane-1', twoPersonRule: false, makeAgain, ...options })
}

test('a plan is approved by its digest, whole or short, and by nothing else', async () => {
  const store = await openStore()
  const [first, second] = [await plan(store, 'DSR-1'), await plan(store, 'DSR-2')]
  const approved = await approve(store, { digest: ` ${first.slice(0, 12).toUpperCase()} ` })
  expect(approved).toMatchObject({ reference: 'DSR-1', planDigest: first, isEnough: true })
  expect((await store.request('DSR-1'))?.state).toBe('approved')
  expect((await store.request('DSR-2'))?.state).toBe('planned')
  expect(await approve(store, { digest: second })).toMatchObject({ reference: 'DSR-2' })

  await expect(approve(store, { digest: 'f'.repeat(64) })).rejects.toMatchObject({
    code: 'PLAN_UNKNOWN',
    kind: 'refused',
  })
  for (const digest of ['', 'DSR-1', second.slice(0, 7), `${second}0`, '%'.repeat(12)]) {
    await expect(approve(store, { digest })).rejects.toMatchObject({ code: 'PLAN_DIGEST', kind: 'usage' })
  }
  await expect(approve(store, { digest: second, operator: 'Jane Doe' })).rejects.toMatchObject({ kind: 'usage' })
})

test('a plan whose facts have changed is refused, and the refusal is on record', async () => {
  const store = await openStore()
  const digest = await plan(store, 'DSR-1')
  const makeAgain = async (reference: string): Promise<ErasurePlan> => planOf(reference, 42)
  await expect(approve(store, { digest, makeAgain })).rejects.toMatchObject({
    code: 'PLAN_CHANGED',
    kind: 'refused',
    message: expect.stringContaining('messages'),
  })
  expect(await store.approvals('DSR-1')).toEqual([])
  expect((await store.request('DSR-1'))?.state).toBe('planned')
  const acts: string[] = []
  for await (const { act } of store.events({ request: 'DSR-1' })) acts.push(act)
  expect(acts).toContain('approval-refused')
})

test('where two persons are needed, one of them is not enough, however often', async () => {
  const store = await openStore()
  const digest = await plan(store, 'DSR-1')
  const two = { digest, twoPersonRule: true }
  expect(await approve(store, two)).toMatchObject({ isEnough: false })
  expect((await store.request('DSR-1'))?.state).toBe('planned')
  await expect(approve(store, two)).rejects.toMatchObject({ code: 'APPROVAL_SAME_OPERATOR', kind: 'refused' })
  const makeAgain = async (reference: string): Promise<ErasurePlan> => planOf(reference, 42)
  await expect(approve(store, { ...two, operator: 'john-2', makeAgain })).rejects.toMatchObject({
    code: 'PLAN_CHANGED',
  })
  expect(await approve(store, { ...two, operator: 'john-2' })).toMatchObject({ isEnough: true })
  expect((await store.request('DSR-1'))?.state).toBe('approved')
})

test('a plan that was made again takes the approvals of the old one away', async () => {
  const store = await openStore()
  const old = await plan(store, 'DSR-1')
  await approve(store, { digest: old, twoPersonRule: true })
  const fresh = await plan(store, 'DSR-1', planOf('DSR-1', 50))
  const makeAgain = async (reference: string): Promise<ErasurePlan> => planOf(reference, 50)
  await expect(approve(store, { digest: old, operator: 'john-2', makeAgain })).rejects.toMatchObject({
    code: 'PLAN_UNKNOWN',
  })
  expect(await approve(store, { digest: fresh, twoPersonRule: true, operator: 'john-2', makeAgain })).toMatchObject({
    isEnough: false,
  })
})

test('where an export comes first, every conversation has to be in an archive', async () => {
  const store = await openStore()
  const withArchived = (reference: string, archived: ReadonlySet<string> | null): ErasurePlan =>
    somePlan([someFacts()], { request: { reference, dueOn: '2026-12-01' }, archived })
  const identifiers = someFacts().conversations.map(({ identifier }) => identifier ?? '')
  const digest = await plan(store, 'DSR-1', withArchived('DSR-1', new Set()))
  const approveAgain = (archived: ReadonlySet<string> | null): Promise<Approved> =>
    approve(store, { digest, exportFirst: true, makeAgain: async (reference) => withArchived(reference, archived) })
  for (const archived of [null, new Set<string>(), new Set(identifiers.slice(1))]) {
    await expect(approveAgain(archived)).rejects.toMatchObject({ code: 'EXPORT_MISSING', kind: 'refused' })
  }
  expect(await approveAgain(new Set(identifiers))).toMatchObject({ isEnough: true })
})
