import { CustodyError } from '@custody/pipeline'
import { fakeClock } from '@custody/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createOrgClient, type FullOrgClient } from './create-org-client.ts'
import { defaultLimits } from './default-limits.ts'
import { createOrgPool } from './org-pool.ts'
import type { Limit } from './rate-limit.ts'
import { fakeTokens } from './testing/fake-tokens.ts'
import { fakeTransport, type Reply } from './testing/fake-transport.ts'

interface Arrival {
  readonly user: string
  readonly path: string
  readonly at: number
}

/** A pool over one org, which notes who asked for what and when. */
function setUp(
  users: number,
  limits: Readonly<Record<string, Limit | null>> = { 'conversation-entries': null, connect: null },
  reply: (arrival: Arrival) => Reply = () => ({}),
) {
  const clock = fakeClock()
  const arrivals: Arrival[] = []
  const transport = fakeTransport(({ url, headers }) => {
    const arrival = { user: headers['authorization'] ?? '', path: url.pathname, at: clock.now() }
    arrivals.push(arrival)
    return reply(arrival)
  })
  const clients = Array.from({ length: users }, (_, user) => {
    const tokens = fakeTokens()
    const named = async () => ({ ...(await tokens.token()), user: `user-${user}`, accessToken: `user-${user}` })
    return createOrgClient({ tokens: { ...tokens, token: named }, transport, limits, clock, random: () => 0.5 })
  })
  const pool = createOrgPool(clients)
  const read = (affinity: string | undefined, endpoint = 'conversation-entries'): Promise<unknown> =>
    pool.getJson({
      origin: 'api',
      path: `/${affinity}`,
      endpoint,
      parse: () => {},
      ...(affinity !== undefined && { affinity }),
    })
  const askers = (): string[] => arrivals.map(({ user }) => user.replace('Bearer user-', ''))
  return { clock, arrivals, clients, pool, read, askers }
}

/** Affinities by user. */
function shares(arrivals: readonly Arrival[], users: number): number[] {
  return Array.from(
    { length: users },
    (_, user) => new Set(arrivals.filter((at) => at.user === `Bearer user-${user}`).map(({ path }) => path)).size,
  )
}

test('no user is ever above the limit in any window, all have the same share, and nothing waits for nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 40 }),
      fc.constantFrom('conversation-entries', 'connect'),
      async (users, limit, gaps, endpoint) => {
        const windowMs = 100
        const { clock, arrivals, read } = setUp(users, { [endpoint]: { limit, windowMs } })
        const start = clock.now()
        const reads: Promise<unknown>[] = []
        for (const [index, gap] of gaps.entries()) {
          await clock.advance(gap)
          reads.push(read(`conversation-${index}`, endpoint))
        }
        await clock.settle(Promise.all(reads))

        expect(arrivals.length).toBe(gaps.length)
        for (const { user, at } of arrivals) {
          const inWindow = arrivals.filter((one) => one.user === user && one.at >= at && one.at <= at + windowMs)
          expect(inWindow.length).toBeLessThanOrEqual(limit)
        }
        const share = shares(arrivals, users)
        expect(Math.max(...share) - Math.min(...share)).toBeLessThanOrEqual(1)
        // As fast as one user with that many times the limit, up to a window.
        const last = arrivals.at(-1)?.at ?? start
        const arrived = gaps.reduce((sum, gap) => sum + gap, 0)
        const windows = Math.ceil(gaps.length / (users * limit))
        expect(last - start).toBeLessThanOrEqual(arrived + windows * (windowMs + 1))
      },
    ),
    { numRuns: 80 },
  )
})

test('an affinity stays with its user, and calls end up as even as affinities of different weight allow', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 80 }),
      async (users, affinities) => {
        const { arrivals, read } = setUp(users)
        const calls = Array(users).fill(0)
        const owner = new Map<number, number>()
        for (const affinity of affinities) {
          await read(`${affinity}`)
          const user = Number(arrivals.at(-1)?.user.replace('Bearer user-', ''))
          // A new one goes to the first of those with the fewest calls.
          expect(user).toBe(owner.get(affinity) ?? calls.indexOf(Math.min(...calls)))
          owner.set(affinity, user)
          calls[user] += 1
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('two users of the real limit read 170 conversations in a minute, 85 each', async () => {
  const { clock, arrivals, read } = setUp(2, defaultLimits)
  const reads = Array.from({ length: 171 }, (_, index) => read(`${index}`))
  await clock.advance(61_000)
  expect(arrivals.length).toBe(170)
  expect(shares(arrivals, 2)).toEqual([85, 85])
  await clock.settle(Promise.all(reads))
})

test('what is not limited per user is always asked as the first one, whatever its affinity', async () => {
  const { read, askers, pool } = setUp(3)
  for (const affinity of ['a', 'b', undefined, 'c']) await read(affinity, 'query')
  await pool.send({ method: 'POST', origin: 'api', path: '/', endpoint: 'bulk', affinity: 'd', parse: () => {} })
  await pool.download({ address: '/', endpoint: 'files', affinity: 'e', maxBytes: 10 })
  expect(askers()).toEqual(['0', '0', '0', '0', '0', '0'])
})

test('calls without an affinity are spread one by one; each endpoint is counted for itself', async () => {
  const { read, askers } = setUp(3)
  for (let call = 0; call < 4; call++) await read(undefined)
  expect(askers()).toEqual(['0', '1', '2', '0'])
  await read('x', 'connect')
  await read('y', 'connect')
  // The affinity of another endpoint holds here too.
  await read('y')
  expect(askers().slice(4)).toEqual(['0', '1', '1'])
})

test('send and download keep to the affinity as well', async () => {
  const { read, askers, pool } = setUp(2)
  await read('a')
  await read('b')
  await pool.send({ method: 'PATCH', origin: 'api', path: '/', endpoint: 'connect', affinity: 'b', parse: () => {} })
  await pool.download({ address: '/', endpoint: 'connect', affinity: 'b', maxBytes: 10 })
  expect(askers()).toEqual(['0', '1', '1', '1'])
})

test('remembers the latest few thousand affinities, those in use among them', async () => {
  const { read, arrivals } = setUp(2)
  const userOf = async (affinity: string): Promise<string | undefined> => {
    await read(affinity)
    return arrivals.at(-1)?.user
  }
  const [first, second] = ['Bearer user-0', 'Bearer user-1']
  expect([await userOf('forgotten'), await userOf('other'), await userOf('kept')]).toEqual([first, second, first])
  for (let index = 0; index < 5_000; index++) {
    // Twice, so that the first user always has more to do: whoever is new, or forgotten, goes to the second.
    expect([await userOf('kept'), await userOf('kept'), await userOf(`${index}`)]).toEqual([first, first, second])
  }
  expect(await userOf('forgotten')).toBe(second)
})

test('a user who cannot sign in fails its calls and is not left out', async () => {
  const wrong = new CustodyError('AUTH_INVALID_CLIENT', 'no', { kind: 'sign-in' })
  const { clients, askers } = setUp(2)
  const broken = createOrgClient({ tokens: { token: () => Promise.reject(wrong), refused: () => {} } })
  const pool = createOrgPool([clients[0] as FullOrgClient, broken])
  const outcomes: string[] = []
  for (let index = 0; index < 6; index++) {
    const call = pool.getJson({
      origin: 'api',
      path: '/',
      endpoint: 'connect',
      affinity: `${index}`,
      parse: () => 'here',
    })
    outcomes.push(await call.catch((error: CustodyError) => error.code))
  }
  expect(outcomes).toEqual(['here', wrong.code, 'here', wrong.code, 'here', wrong.code])
  expect(askers()).toEqual(['0', '0', '0'])
})

test('closing it closes all of them', async () => {
  const { pool, clients, read } = setUp(2)
  await pool.close()
  await expect(read('a')).rejects.toMatchObject({ code: 'HTTP_CLOSED' })
  for (const client of clients) {
    const call = client.getJson({ origin: 'api', path: '/', endpoint: 'query', parse: () => {} })
    await expect(call).rejects.toMatchObject({ code: 'HTTP_CLOSED' })
  }
})

test('no client, or one twice, is refused at construction', () => {
  const { clients } = setUp(1)
  for (const wrong of [[], [...clients, ...clients]]) {
    expect(() => createOrgPool(wrong)).toThrow(expect.objectContaining({ code: 'HTTP_OPTIONS', kind: 'usage' }))
  }
})
