import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { runModule } from '@custody/testkit'
import { describe, expect, test } from 'vitest'
import { collect, key, openStore, request, temporaryFolder } from '../testing/sample-store.ts'
import { pendingRequests } from './pending-requests.ts'

const told = { act: 'told', operator: null, detail: {} }
const target = { request: 'R-1', kind: 'end-user', id: '0PAxx00000Person01' } as const

function planOf(text: string): readonly [digest: string, bytes: Uint8Array] {
  const bytes = Buffer.from(text)
  return [createHash('sha256').update(bytes).digest('hex'), bytes]
}

describe('opening', () => {
  test('what was written is there after closing', async () => {
    const directory = temporaryFolder()
    {
      await using store = await openStore(directory)
      await store.addRequest(request({ note: 'a note' }))
    }
    await using store = await openStore(directory, { readOnly: true })
    expect(await store.request('R-1')).toEqual({
      ...request({ note: 'a note' }),
      manner: null,
      measure: 'erase',
      extension: null,
      about: 'person',
      state: 'received',
      addedAt: '2026-11-21T12:00:00.000Z',
      closedAt: null,
    })
    await expect(store.addRequest(request({ reference: 'R-2' }))).rejects.toMatchObject({ code: 'LEDGER_READ_ONLY' })
  })

  test('looking where there is nothing', async () => {
    const directory = temporaryFolder()
    await expect(openStore(directory, { readOnly: true })).rejects.toMatchObject({ code: 'ERASURE_NOT_FOUND' })
    expect(pendingRequests(directory, '2026-11-21')).toBeNull()
    writeFileSync(join(directory, 'erasure.sqlite'), '')
    expect(pendingRequests(directory, '2026-11-21')).toBeNull()
  })

  test('another key, a short one, none', async () => {
    const directory = temporaryFolder()
    await using store = await openStore(directory)
    await store.addRequest(request())
    const other = new Uint8Array(32).fill(8)
    await expect(openStore(directory, { key: other })).rejects.toMatchObject({ code: 'ERASURE_KEY_CHANGED' })
    await expect(openStore(directory, { key: other, readOnly: true })).rejects.toMatchObject({
      code: 'ERASURE_KEY_CHANGED',
    })
    await expect(openStore(directory, { key: key.subarray(1) })).rejects.toMatchObject({
      code: 'ERASURE_KEY',
      kind: 'usage',
    })
    await expect(openStore('')).rejects.toMatchObject({ code: 'ERASURE_OPTIONS', kind: 'usage' })
  })

  test('a file of another program is left as it is', async () => {
    const directory = temporaryFolder()
    const file = join(directory, 'erasure.sqlite')
    const foreign = new DatabaseSync(file)
    foreign.exec('create table other (n); pragma application_id = 7')
    foreign.close()
    const bytes = readFileSync(file)
    await expect(openStore(directory)).rejects.toMatchObject({ code: 'LEDGER_FOREIGN' })
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })

  test('sealed bytes that were moved to another row do not open', async () => {
    const directory = temporaryFolder()
    await using store = await openStore(directory)
    await store.addRequest(request())
    await store.addRequest(request({ reference: 'R-2', note: 'other' }))
    const tampering = new DatabaseSync(join(directory, 'erasure.sqlite'))
    tampering.exec(
      "update request set sealed = (select sealed from request where reference = 'R-2') where reference = 'R-1'",
    )
    tampering.close()
    await expect(store.request('R-1')).rejects.toMatchObject({ code: 'ERASURE_SEALED_DAMAGED' })
    expect((await store.request('R-2'))?.note).toBe('other')
  })

  test('two write at once, and each sees the other', async () => {
    const directory = temporaryFolder()
    await using run = await openStore(directory)
    await using person = await openStore(directory)
    await run.addRequest(request())
    await person.addHold({
      id: 'H',
      matter: 'M',
      ground: 'legal-hold',
      scope: { type: 'everything' },
      author: 'op',
      expiresOn: null,
    })
    expect((await run.holds({ active: true })).map(({ id }) => id)).toEqual(['H'])
    expect((await person.request('R-1'))?.state).toBe('received')
  })
})

describe('plans and approvals', () => {
  test('an approval is of one plan: another plan has none, and cannot be approved by the old digest', async () => {
    await using store = await openStore()
    await store.addRequest(request())
    const [first, second] = [planOf('first'), planOf('second')]
    expect(await store.plan('R-1')).toBeNull()
    await store.savePlan('R-1', ...first)
    expect(Buffer.from((await store.plan('R-1'))?.bytes ?? []).toString()).toBe('first')
    await store.approve('R-1', { planDigest: first[0], operator: 'op-1' })
    expect(await store.approve('R-1', { planDigest: first[0], operator: 'op-1' })).toHaveLength(1)
    expect(await store.approve('R-1', { planDigest: first[0], operator: 'op-2' })).toHaveLength(2)
    await store.savePlan('R-1', ...second)
    expect(await store.approvals('R-1')).toEqual([])
    const old = { planDigest: first[0], operator: 'op-1' }
    await expect(store.approve('R-1', old)).rejects.toMatchObject({ code: 'ERASURE_PLAN_CHANGED', kind: 'refused' })
    await expect(store.savePlan('R-1', first[0], second[1])).rejects.toMatchObject({ code: 'ERASURE_PLAN' })
    await expect(store.approve('R-1', { planDigest: second[0], operator: 'Jane Doe' })).rejects.toMatchObject({
      code: 'ERASURE_OPERATOR',
    })
  })
})

describe('events', () => {
  test.each([
    ['a phone number', { to: '+49 30 901820' }],
    ['a phone number without spaces', { to: '+4930901820' }],
    ['an e-mail address', { to: 'jane@example.org' }],
    ['words', { why: 'she asked for it' }],
    ['a long text', { why: 'x'.repeat(201) }],
    ['a name that is none', { 'jane@example.org': 1 }],
  ])('%s is refused', async (_, detail) => {
    await using store = await openStore()
    await expect(store.note({ request: null, act: 'told', operator: null, detail })).rejects.toMatchObject({
      code: 'ERASURE_EVENT',
    })
    expect(await collect(store.events())).toEqual([])
  })

  test('many are read while others are written', async () => {
    await using store = await openStore()
    await store.addRequests(Array.from({ length: 501 }, (_, n) => request({ reference: `R-${n}` })))
    let read = 0
    for await (const event of store.events()) {
      expect(event.request).toBe(read === 501 ? null : `R-${read}`)
      read += 1
      if (read === 1) await store.note({ request: null, act: 'told', operator: 'op', detail: {} })
    }
    expect(read).toBe(502)
  })
})

test('what a process was told is written stays written when it is killed', async () => {
  const directory = temporaryFolder()
  const child = runModule(
    import.meta.url,
    `
    import { openErasureStore } from './open-erasure-store.ts'
    const store = await openErasureStore({ directory: ${JSON.stringify(directory)}, key: new Uint8Array(32).fill(7) })
    await store.addRequest(${JSON.stringify(request())})
    await store.setTargets('R-1', [${JSON.stringify(target)}])
    await store.moveTarget(${JSON.stringify(target)}, { state: 'calling', called: true }, ${JSON.stringify(told)})
    console.log('written')
    setInterval(() => undefined, 1000)`,
  )
  expect(await child.line()).toBe('written')
  await child.kill()
  await using store = await openStore(directory)
  expect(await store.targets()).toMatchObject([{ id: target.id, state: 'calling', calls: 1 }])
  expect(await collect(store.events())).toHaveLength(2)
})

test('suppressed end users are known by either form of their id', async () => {
  await using store = await openStore()
  await store.suppress(['0PAxx0000000001GAA', '0PAxx0000000001GAA'])
  expect(await store.isSuppressed('0PAxx0000000001')).toBe(true)
  expect(await store.isSuppressed('0PAxx0000000002')).toBe(false)
})

test('counting what is pending needs no key', async () => {
  const directory = temporaryFolder()
  await using store = await openStore(directory)
  for (const [index, dueOn] of ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-10'].entries()) {
    await store.addRequest(request({ reference: `R-${index}`, dueOn }))
  }
  await store.close('R-3')
  await store.addHold({
    id: 'H',
    matter: 'M',
    ground: 'legal-hold',
    scope: { type: 'everything' },
    author: 'op',
    expiresOn: '2026-11-22',
  })
  expect(pendingRequests(directory, '2026-11-21')).toEqual({
    open: 3,
    overdue: 1,
    nextDueOn: '2026-11-21',
    activeHolds: 1,
  })
  expect(pendingRequests(directory, '2026-11-22')).toMatchObject({ overdue: 2, activeHolds: 0 })
})
