import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { openStore, request } from '../testing/sample-store.ts'

const told = { act: 'told', operator: null, detail: {} }
const target = { request: 'R-1', kind: 'end-user', id: '0PAxx00000Person01' } as const

function planOf(text: string): readonly [digest: string, bytes: Uint8Array] {
  const bytes = Buffer.from(text)
  return [createHash('sha256').update(bytes).digest('hex'), bytes]
}

describe('requests', () => {
  test('the same twice is one; another under its reference is refused, and changes nothing', async () => {
    await using store = await openStore()
    expect(await store.addRequest(request())).toBe(true)
    expect(await store.addRequest(request())).toBe(false)
    await expect(store.addRequest(request({ dueOn: '2026-11-30' }))).rejects.toMatchObject({
      code: 'ERASURE_REQUEST_DIFFERS',
      kind: 'refused',
    })
    expect(await store.addRequests([request(), request({ note: 'x' }), request({ reference: 'R-2' })])).toEqual([
      'known',
      'differs',
      'added',
    ])
    expect((await store.requests()).map(({ reference, dueOn }) => [reference, dueOn])).toEqual([
      ['R-1', '2026-12-01'],
      ['R-2', '2026-12-01'],
    ])
  })

  test('identifiers in another order or writing are the same request', async () => {
    await using store = await openStore()
    const subject = {
      endUserIds: ['0PAxx00000Person'.slice(0, 15)],
      contactIds: [],
      phones: ['+49 30 901820', '030-77'.padEnd(9, '7')],
      emails: ['A@b.c'],
      platformKeys: [],
    }
    expect(await store.addRequest(request({ subject }))).toBe(true)
    const again = { ...subject, phones: [...subject.phones].reverse(), emails: ['a@B.c'] }
    expect(await store.addRequest(request({ subject: again }))).toBe(false)
  })

  test('after closing the same request is still known, and nothing of it is kept', async () => {
    await using store = await openStore()
    await store.addRequest(request())
    await store.close('R-1')
    expect(await store.addRequest(request())).toBe(false)
    expect(await store.request('R-1')).toMatchObject({
      state: 'closed',
      subject: null,
      note: null,
      closedAt: expect.any(String),
    })
  })

  test('who names the same person: by whatever identifier, as long as both are open', async () => {
    await using store = await openStore()
    const about = (reference: string, phone: string, email: string) =>
      store.addRequest(
        request({
          reference,
          subject: { endUserIds: [], contactIds: [], phones: [phone], emails: [email], platformKeys: [] },
        }),
      )
    await about('A', '+49 30 901820', 'a@x.org')
    await about('B', '+4930901820', 'b@x.org')
    await about('C', '+49 30 901821', 'B@X.org')
    expect(await store.requestsSharing('A')).toEqual(['B'])
    expect(await store.requestsSharing('B')).toEqual(['A', 'C'])
    await store.close('B')
    expect(await store.requestsSharing('A')).toEqual([])
  })

  test('closed and withdrawn are final; closing needs outcomes; withdrawing needs that nothing was sent', async () => {
    await using store = await openStore()
    for (const reference of ['R-1', 'R-2', 'R-3']) await store.addRequest(request({ reference }))
    await store.setTargets('R-1', [target])
    const refused = { code: 'ERASURE_REQUEST_STATE', kind: 'refused' }
    await expect(store.close('R-1')).rejects.toMatchObject(refused)
    await store.moveTarget(target, { state: 'calling', called: true }, told)
    await expect(store.setState('R-1', 'withdrawn', told)).rejects.toMatchObject(refused)
    expect((await store.request('R-1'))?.subject).not.toBeNull()
    await store.setState('R-2', 'withdrawn', told)
    await store.close('R-3')
    await store.close('R-3')
    for (const reference of ['R-2', 'R-3']) {
      await expect(store.setState(reference, 'found', told)).rejects.toMatchObject(refused)
      await expect(store.setTargets(reference, [])).rejects.toMatchObject(refused)
      await expect(store.savePlan(reference, ...planOf('p'))).rejects.toMatchObject(refused)
    }
    await expect(store.close('R-2')).rejects.toMatchObject(refused)
    await expect(store.setState('R-1', 'closed', told)).rejects.toMatchObject(refused)
    await expect(store.close('R-9')).rejects.toMatchObject({ code: 'ERASURE_REQUEST_UNKNOWN', kind: 'not-found' })
    expect((await store.requests({ state: 'closed' })).map(({ reference }) => reference)).toEqual(['R-3'])
  })
})
