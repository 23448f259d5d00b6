import { fakeClock } from '@custody/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createConcurrency } from './concurrency.ts'
import { createOrgClient } from './create-org-client.ts'
import { fakeTokens } from './testing/fake-tokens.ts'
import { fakeTransport, type Reply } from './testing/fake-transport.ts'

test('never more at once than there are places, none left empty while somebody waits, in the order of asking', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.record({ gap: fc.integer({ min: 0, max: 20 }), takes: fc.integer({ min: 0, max: 30 }) }), {
        maxLength: 25,
      }),
      async (places, calls) => {
        const clock = fakeClock()
        const concurrency = createConcurrency(places)
        const entered: number[] = []
        let inside = 0
        let waiting = 0
        const ends: Promise<void>[] = []
        for (const [index, { gap, takes }] of calls.entries()) {
          await clock.advance(gap)
          waiting += 1
          ends.push(
            concurrency.enter().then(async (leave) => {
              waiting -= 1
              inside += 1
              entered.push(index)
              expect(inside).toBeLessThanOrEqual(places)
              await clock.sleep(takes)
              inside -= 1
              leave()
              leave()
            }),
          )
          await clock.advance(0)
          if (waiting > 0) expect(inside).toBe(places)
        }
        await clock.settle(Promise.all(ends))
        expect(entered).toEqual(calls.map((_, index) => index))
      },
    ),
    { numRuns: 60 },
  )
})

test('who aborts while waiting takes no place', async () => {
  const concurrency = createConcurrency(1)
  const leave = await concurrency.enter()
  const stop = new AbortController()
  const leaving = concurrency.enter(stop.signal)
  const staying = concurrency.enter()
  stop.abort('enough')
  await expect(leaving).rejects.toBe('enough')
  leave()
  const leaveAgain = await staying
  leaveAgain()
  await expect(concurrency.enter(AbortSignal.abort('no'))).rejects.toBe('no')
  await concurrency.enter()
})

test('twelve calls of Data 360 at once by default, whatever becomes of them', async () => {
  const clock = fakeClock()
  let inside = 0
  let most = 0
  const transport = fakeTransport(async (_request, index) => {
    most = Math.max(most, ++inside)
    await clock.sleep(10 + (index % 7))
    inside -= 1
    return index % 5 === 0 ? { status: 400 } : index % 7 === 0 ? { error: new Error('x') } : {}
  })
  const client = createOrgClient({ tokens: fakeTokens(), transport, clock, random: () => 0.5, retry: { attempts: 2 } })
  const calls = Array.from({ length: 100 }, () =>
    client.getJson({ origin: 'instance', path: '/', endpoint: 'data360', parse: () => {} }).catch(() => {}),
  )
  await clock.settle(Promise.all(calls))
  expect(most).toBe(12)
  expect(inside).toBe(0)
})

test('a download holds its place until its body has ended or is left', async () => {
  const limits = { files: { limit: Number.POSITIVE_INFINITY, windowMs: 1, concurrent: 1 } }
  const transport = fakeTransport([{ body: [Buffer.from('a'), Buffer.from('b')] }])
  const client = createOrgClient({ tokens: fakeTokens(), transport, limits })
  const download = () => client.download({ address: '/x', endpoint: 'files', maxBytes: 10 })
  const first = await download()
  const second = download()
  const third = download()
  await new Promise((resolve) => setImmediate(resolve))
  expect(transport.requests.length).toBe(1)
  for await (const _ of first.body) break
  for await (const _ of (await second).body);
  expect((await third).status).toBe(200)
})

test('nothing that goes wrong keeps a place', async () => {
  const limits = { files: { limit: Number.POSITIVE_INFINITY, windowMs: 1, concurrent: 1 } }
  const replies: Reply[] = [
    { status: 404 },
    { status: 302, headers: { location: 'https://evil.example/x' } },
    { headers: { 'content-length': '11' } },
    { error: new Error('x') },
    { body: 'x', cut: true },
  ]
  const transport = fakeTransport((_request, index) => replies[index] ?? {})
  const tokens = fakeTokens()
  let signedIn = true
  const token = (options?: { readonly signal?: AbortSignal }) =>
    signedIn ? tokens.token(options) : Promise.reject(new Error('no token'))
  const client = createOrgClient({ tokens: { ...tokens, token }, transport, limits, retry: { attempts: 1 } })
  const download = async (): Promise<void> => {
    const { body } = await client.download({ address: '/x', endpoint: 'files', maxBytes: 10 })
    for await (const _ of body);
  }
  for (const _ of replies) await expect(download()).rejects.toThrow()
  signedIn = false
  const call = { origin: 'instance', path: '/x', endpoint: 'files', parse: () => 'here' } as const
  await expect(client.getJson(call)).rejects.toThrow('no token')
  signedIn = true
  expect(await client.getJson(call)).toBe('here')
})

test.each([0, 1.5, Number.NaN, -1])('%s places are refused', (concurrent) => {
  const limits = { query: { limit: 1, windowMs: 1, concurrent } }
  expect(() => createOrgClient({ tokens: fakeTokens(), limits })).toThrow(
    expect.objectContaining({ code: 'HTTP_OPTIONS', kind: 'usage' }),
  )
})
