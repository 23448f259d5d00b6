import { expect, test } from 'vitest'
import { findControl } from '../executing/control.ts'
import { look } from '../executing/look.ts'
import { startDeletionOrg } from '../testing/deletion-org.ts'
import { recordsReadBack } from './records-read-back.ts'

test('each query has to find its part of the control record; what is there is counted, beside it or not', async () => {
  await using under = await startDeletionOrg({ conversations: 20 })
  const asking = { org: under.client }
  const [id] = under.people as [string]
  const avoid = { endUsers: new Set([id]), conversations: new Set<string>() }
  const control = await findControl(avoid, '2026-11-20T00:00:00.000Z', asking)
  if (control === null) throw new Error('the org is too small')
  expect(control.endUserId).not.toBe(id)
  const { traces } = await look({ kind: 'end-user', id }, control, asking)
  const { readBack } = recordsReadBack(asking)
  const signal = new AbortController().signal
  const there = await readBack([{ key: 'a', traces }], control, signal)
  expect(there).toMatchObject({ control: 'found' })
  expect(there.seen.get('a')).toBeGreaterThan(2)
  for (const part of ['endUserId', 'sessionId', 'conversationId'] as const) {
    const prefix = control[part].slice(0, 3)
    const elsewhere = { ...control, [part]: `${prefix}000000zzzzzzAAA` }
    expect(await readBack([{ key: 'a', traces }], elsewhere, signal)).toMatchObject({
      control: 'missing',
      seen: there.seen,
    })
  }
  expect(await readBack([], control, signal)).toEqual({ control: 'found', seen: new Map(), asked: new Map() })
})
