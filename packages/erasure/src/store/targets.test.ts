import { describe, expect, test } from 'vitest'
import type { ErasureStore } from '../erasure-store.ts'
import { collect, openStore, request } from '../testing/sample-store.ts'

const told = { act: 'told', operator: null, detail: {} }
const target = { request: 'R-1', kind: 'end-user', id: '0PAxx00000Person01' } as const

describe('targets', () => {
  async function withTarget(): Promise<ErasureStore> {
    const store = await openStore()
    await store.addRequest(request())
    await store.setTargets('R-1', [target])
    return store
  }

  test('an id of 15 characters is the same record as that of 18', async () => {
    await using store = await withTarget()
    await store.setTargets('R-1', [
      { kind: 'end-user', id: '0PAxx0000000001' },
      { kind: 'end-user', id: '0PAxx0000000001GAA' },
    ])
    expect((await store.targets()).map(({ id }) => id)).toEqual(['0PAxx0000000001GAA'])
    const moved = await store.moveTarget({ ...target, id: '0PAxx0000000001' }, { state: 'calling', called: true }, told)
    expect(moved).toMatchObject({ calls: 1, state: 'calling' })
  })

  test('setting targets anew keeps what was sent', async () => {
    await using store = await withTarget()
    await store.moveTarget(target, { state: 'calling', called: true }, told)
    await store.setTargets('R-1', [{ kind: 'conversation', id: 'c-1' }])
    await store.setTargets('R-1', [{ kind: 'conversation', id: 'c-2' }])
    expect((await store.targets()).map(({ id }) => id)).toEqual([target.id, 'c-2'])
  })

  test('each step counts, is told of with its target, and is found by its pseudonym after closing', async () => {
    await using store = await withTarget()
    const sent = { act: 'call-sent', operator: null, detail: { user: 'archive-1', at: '2026-11-21T12:00:00Z' } }
    await store.moveTarget(target, { state: 'calling', user: 'archive-1', called: true }, sent)
    await store.moveTarget(target, { state: 'accepted', logId: '0Zlxx00000000Log01' }, told)
    await expect(store.moveTarget(target, { outcome: 'erased' }, told)).rejects.toMatchObject({
      code: 'ERASURE_TARGET_STATE',
    })
    const { pseudonym } = await store.moveTarget(target, { state: 'confirmed', outcome: 'erased' }, told)
    await store.close('R-1')
    const late = await store.moveTarget({ ...target, id: pseudonym }, { state: 'reappeared', outcome: 'failed' }, told)
    expect(late).toMatchObject({ id: pseudonym, pseudonym, calls: 1, user: 'archive-1', logId: '0Zlxx00000000Log01' })
    expect(await store.moveTarget(target, { ground: 'reappeared' }, told)).toMatchObject({ id: pseudonym })
    const events = await collect(store.events({ request: 'R-1' }))
    expect(events.map(({ act }) => act)).toEqual([
      'request-added',
      'call-sent',
      'told',
      'told',
      'request-closed',
      'told',
      'told',
    ])
    expect(events[1]).toMatchObject({ ...sent, target: pseudonym, request: 'R-1', at: '2026-11-21T12:00:00.000Z' })
    await expect(store.moveTarget({ ...target, id: '0PAxx00000Nobody01' }, {}, told)).rejects.toMatchObject({
      code: 'ERASURE_TARGET_UNKNOWN',
    })
  })

  test('a step whose event cannot be recorded is not taken', async () => {
    await using store = await withTarget()
    const bad = { act: 'call-sent', operator: null, detail: { to: 'jane@example.org' } }
    await expect(store.moveTarget(target, { state: 'calling', called: true }, bad)).rejects.toMatchObject({
      code: 'ERASURE_EVENT',
    })
    expect(await store.targets()).toMatchObject([{ state: 'planned', calls: 0 }])
  })

  test('traces are kept for each target, replaced, and gone with the request', async () => {
    await using store = await withTarget()
    expect(await store.traces(target)).toBeNull()
    await store.keepTraces(target, Buffer.from('one'))
    await store.keepTraces(target, Buffer.from('two'))
    expect(Buffer.from((await store.traces(target)) ?? []).toString()).toBe('two')
    await store.moveTarget(target, { outcome: 'withheld', state: 'withheld' }, told)
    await store.close('R-1')
    expect(await store.traces(target)).toBeNull()
  })
})
