import { type FullOrgClient, HttpStatusError } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import { expect, test } from 'vitest'
import { sleepingClock } from '../testing/fake-clock.ts'
import { keepDailyCalls } from './daily-calls.ts'
import type { HeadroomEvent } from './headroom-event.ts'

/** An org whose answers tell how many of 100 calls were used, after so many each; null where they do not tell. */
function setUp(used: (n: number) => number | null, { floor = 10, fails }: { floor?: number; fails?: Error } = {}) {
  const asked: string[] = []
  const clock = sleepingClock()
  const events: HeadroomEvent[] = []
  const closing = new AbortController()
  const headers = (): Record<string, string> => {
    const n = used(asked.length)
    return n === null ? {} : { 'sforce-limit-info': `api-usage=${n}/100` }
  }
  const answer: FullOrgClient['send'] = async ({ endpoint, parse }) => {
    asked.push(endpoint)
    if (endpoint === 'limits' && fails) throw fails
    return parse({}, { status: 200, headers: headers() })
  }
  const client: FullOrgClient = {
    getJson: (request) => answer({ ...request, method: 'GET' }),
    send: answer,
    async download({ endpoint }) {
      asked.push(endpoint)
      return { status: 200, headers: headers(), body: (async function* () {})() }
    },
    close: async () => undefined,
  }
  const daily = keepDailyCalls({
    client,
    apiVersion: '66.0',
    floor,
    clock,
    signal: closing.signal,
    onEvent: (event) => events.push(event),
  })
  const get = (): Promise<unknown> =>
    daily.client.getJson({ origin: 'instance', path: '/x', endpoint: 'query', parse: (document) => document })
  const download = () => daily.client.download({ address: '/file', endpoint: 'attachment', maxBytes: 1 })
  return { daily, asked, clock, events, get, download, closing }
}

const reached = { code: 'DAILY_CALLS_FLOOR', kind: 'refused', retryable: true }

test('as many calls as stay for others are left to them: not one more, not one fewer', async () => {
  const { get, asked } = setUp((n) => 85 + n)
  for (let n = 0; n < 6; n++) await get()
  await expect(get()).rejects.toMatchObject({
    ...reached,
    message: expect.stringMatching(/has 9 of its 100 .* 10 stay/),
  })
  expect(asked).toHaveLength(6)
})

test('every kind of call listens, and every kind is stopped', async () => {
  const { daily, get, download, asked } = setUp((n) => (n === 1 ? 95 : 0))
  await download()
  const post = { method: 'POST', origin: 'instance', path: '/x', endpoint: 'bulk', parse: () => null } as const
  for (const call of [get, download, () => daily.client.send(post)]) await expect(call()).rejects.toMatchObject(reached)
  expect(asked).toEqual(['attachment'])
})

test('a floor of nothing lets every call through, and asks nothing', async () => {
  const { daily, get, asked } = setUp(() => 100, { floor: 0 })
  for (let n = 0; n < 3; n++) await get()
  await daily.ask()
  expect(asked).toEqual(['query', 'query', 'query'])
})

test('is asked for where no answer told for five minutes, once for all lanes, whichever way the clock is set', async () => {
  const { daily, get, asked, clock } = setUp(() => 0)
  await get()
  await daily.ask()
  expect(asked).toEqual(['query'])
  clock.jump(300_000)
  await Promise.all([daily.ask(), daily.ask(), daily.ask()])
  expect(asked).toEqual(['query', 'limits'])
  clock.jump(-3_600_000)
  await daily.ask()
  expect(asked).toEqual(['query', 'limits', 'limits'])
})

test('what asking finds counts', async () => {
  const { daily, get } = setUp(() => 91)
  await daily.ask()
  await expect(get()).rejects.toMatchObject(reached)
})

test('an org that does not tell is said to, and the run goes on', async () => {
  const failed = setUp(() => null, { fails: new CustodyError('HTTP_UNREACHABLE', 'no', { retryable: true }) })
  await failed.daily.ask()
  await failed.get()
  expect(failed.events).toEqual([{ type: 'headroom-unknown', of: 'daily-calls', code: 'HTTP_UNREACHABLE' }])
  const silent = setUp(() => null)
  await silent.daily.ask()
  await silent.get()
  expect(silent.events).toEqual([])
})

test('a day that is used up ends the run as ever', async () => {
  const spent = { status: 403, endpoint: 'limits', errorCode: 'REQUEST_LIMIT_EXCEEDED', retryAfterMs: null } as const
  const fails = new HttpStatusError({ ...spent, retryable: true, attempt: 1, allowance: 'day' })
  await expect(setUp(() => null, { fails }).daily.ask()).rejects.toBe(fails)
})
