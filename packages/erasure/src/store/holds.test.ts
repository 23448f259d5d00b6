import { describe, expect, test } from 'vitest'
import type { NewHold } from '../hold.ts'
import { collect, noon, openStore, temporaryFolder } from '../testing/sample-store.ts'

const hold: NewHold = {
  id: 'H-1',
  matter: 'M-1',
  ground: 'legal-hold',
  scope: { type: 'end-user', ids: ['0PAxx0000000001'] },
  author: 'op-1',
  expiresOn: null,
}

describe('one person', () => {
  test('places and releases; what is held no more is named no more', async () => {
    await using store = await openStore()
    expect(await store.addHold(hold)).toMatchObject({ ...hold, releasedAt: null, placedAt: '2026-11-21T12:00:00.000Z' })
    await expect(store.addHold(hold)).rejects.toMatchObject({ code: 'ERASURE_HOLD_EXISTS', kind: 'refused' })
    const released = await store.releaseHold('H-1', { operator: 'op-1' })
    expect(released).toMatchObject({ releasedBy: 'op-1', releaseConfirmedBy: null })
    expect(released.scope).toEqual({ type: 'end-user', ids: [expect.stringMatching(/^hmac:/)] })
    await expect(store.releaseHold('H-1', { operator: 'op-1' })).rejects.toMatchObject({
      code: 'ERASURE_HOLD_RELEASED',
    })
    await expect(store.releaseHold('H-2', { operator: 'op-1' })).rejects.toMatchObject({ code: 'ERASURE_HOLD_UNKNOWN' })
    // Its id is taken for good: the record of it is.
    await expect(store.addHold(hold)).rejects.toMatchObject({ code: 'ERASURE_HOLD_EXISTS' })
  })

  test('it holds up to the day before it expires', async () => {
    const directory = temporaryFolder()
    await using store = await openStore(directory)
    await store.addHold({ ...hold, expiresOn: '2026-11-22' })
    expect(await store.holds({ active: true })).toHaveLength(1)
    await using tomorrow = await openStore(directory, { clock: { now: () => noon + 12 * 3_600_000 } })
    expect(await tomorrow.holds({ active: true })).toEqual([])
    expect(await tomorrow.holds({ active: false })).toHaveLength(1)
    expect(await tomorrow.holds()).toHaveLength(1)
  })

  test('it may end earlier, never later', async () => {
    await using store = await openStore()
    await store.addHold({ ...hold, expiresOn: '2027-01-01' })
    const refused = { code: 'ERASURE_HOLD', kind: 'usage' }
    await expect(store.releaseHold('H-1', { operator: 'op', on: '2027-01-01' })).rejects.toMatchObject(refused)
    await expect(store.releaseHold('H-1', { operator: 'op', on: '2027-02-30' })).rejects.toMatchObject(refused)
    expect(await store.releaseHold('H-1', { operator: 'op', on: '2026-12-01' })).toMatchObject({
      expiresOn: '2026-12-01',
      releasedAt: null,
    })
  })

  test.each([
    { id: '' },
    { id: 'with space' },
    { matter: 'x'.repeat(81) },
    { expiresOn: '2026-11-21' },
    { expiresOn: '21.11.2026' },
    { scope: { type: 'end-user', ids: [] } },
    { scope: { type: 'window', from: '2026-11-02', to: '2026-11-02' } },
    { scope: { type: 'window', from: '2026-13-01', to: '2027-01-01' } },
    { author: 'jane@example.org' },
  ] satisfies readonly Partial<NewHold>[])('%o is none', async (changes) => {
    await using store = await openStore()
    await expect(store.addHold({ ...hold, ...changes })).rejects.toMatchObject({ kind: 'usage' })
    expect(await store.holds()).toEqual([])
  })
})

describe('two persons', () => {
  test('one asks, another one releases; the same twice does not', async () => {
    await using store = await openStore(temporaryFolder(), { twoPersonRule: true })
    await store.addHold(hold)
    for (let times = 0; times < 3; times++) {
      expect(await store.releaseHold('H-1', { operator: 'op-1' })).toMatchObject({
        releasedAt: null,
        releaseAskedBy: 'op-1',
      })
      expect(await store.holds({ active: true })).toHaveLength(1)
    }
    expect(await store.releaseHold('H-1', { operator: 'op-2' })).toMatchObject({
      releasedBy: 'op-1',
      releaseConfirmedBy: 'op-2',
    })
    expect(await store.holds({ active: true })).toEqual([])
    const acts = (await collect(store.events())).map(({ act, operator }) => [act, operator])
    expect(acts).toEqual([
      ['hold-placed', 'op-1'],
      ['hold-release-asked', 'op-1'],
      ['hold-released', 'op-1'],
    ])
  })

  test('what they say has to be the same: now is not on a day', async () => {
    await using store = await openStore(temporaryFolder(), { twoPersonRule: true })
    await store.addHold(hold)
    await store.releaseHold('H-1', { operator: 'op-1', on: '2026-12-24' })
    expect(await store.releaseHold('H-1', { operator: 'op-2' })).toMatchObject({
      releasedAt: null,
      expiresOn: null,
      releaseAskedBy: 'op-2',
    })
    expect(await store.releaseHold('H-1', { operator: 'op-1', on: '2026-12-24' })).toMatchObject({ expiresOn: null })
    expect(await store.releaseHold('H-1', { operator: 'op-2', on: '2026-12-24' })).toMatchObject({
      expiresOn: '2026-12-24',
      releasedAt: null,
      releaseAskedBy: null,
    })
  })
})
