import { once } from 'node:events'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@custody/pipeline'
import { expect, onTestFinished, test } from 'vitest'
import { parseConfig } from '../config/load.ts'
import { startOrgUnderTest } from '../testing/org-under-test.ts'
import { runCommand } from '../testing/run-custody.ts'
import { openSharedLimits } from './shared-limits.ts'

const windowMs = 800
/** A process that is not let run for a while between its grant and sending. */
const guardMs = 400
const limit = 20
const budget = 60

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'custody-limits-'))

/** An org that notes each read: by which process, of what, and when it was sent by the machine's uptime. */
async function startOrg() {
  const reads: { readonly process: string; readonly conversation: string; readonly at: number }[] = []
  const server = createServer(({ headers, url = '' }, response) => {
    const conversation = new URL(url, 'http://127.0.0.1').searchParams.get('id') ?? ''
    reads.push({ process: String(headers['x-process']), conversation, at: Number(headers['x-sent-at']) })
    response.setHeader('content-type', 'application/json').end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close().closeAllConnections())
  return { reads, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** A process that reads one conversation after the other, until it has to wait for the budget; then it says so. */
const reader = (url: string, stateDirectory: string): string => `
  import { createOrgClient, createTransport } from '@custody/http'
  import { systemClock } from '@custody/pipeline'
  import { openSharedLimits } from './src/limiting/shared-limits.ts'
  const org = { loginUrl: ${JSON.stringify(url)}, limits: { activeConversations: ${budget} } }
  const onEvent = ({ type }) => type === 'budget-wait' && console.log('waiting')
  const shared = await openSharedLimits({ stateDirectory: ${JSON.stringify(stateDirectory)}, org, clock: systemClock, onEvent })
  const send = createTransport()
  const token = { accessToken: 'token', instanceUrl: org.loginUrl, apiUrl: org.loginUrl, user: 'archive-1', expiresAt: null }
  const client = createOrgClient({
    tokens: { token: async () => token, refused() {} },
    transport: (request) => {
      const sentAt = String(Number(process.hrtime.bigint()) / 1e6)
      return send({ ...request, headers: { ...request.headers, 'x-sent-at': sentAt, 'x-process': String(process.pid) } })
    },
    limits: { 'conversation-entries': { limit: ${limit}, windowMs: ${windowMs}, guardMs: ${guardMs} } },
    rateLimitOf: shared.rateLimitsOf('archive-1'),
  })
  const now = Date.now
  await Promise.all([1, 2].map(async (lane) => {
    for (let n = 0; ; n++) {
      // The clock is set back, by some of them.
      if (n === 3 && process.pid % 2 === 0) Date.now = () => now() - 3_600_000
      const id = [process.pid, lane, n].join('-')
      await shared.active.enter(id)
      await client.getJson({ origin: 'api', path: '/', query: { id }, endpoint: 'conversation-entries', parse: () => null })
    }
  }))`

test('four processes, one of them killed, some with a clock that jumps back an hour: no limit is passed', {
  timeout: 60_000,
}, async () => {
  const { reads, url } = await startOrg()
  const code = reader(url, newFolder())
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const kills: (() => void)[] = []
  let waiting = 0
  const running = Array.from({ length: 4 }, () =>
    runCommand(process.execPath, ['--conditions=@custody/source', '--input-type=module', '-e', code], {
      cwd,
      async onStart(child) {
        kills.push(() => child.kill('SIGKILL'))
        child.stdout?.once('data', () => {
          waiting += 1
        })
      },
    }),
  )
  onTestFinished(() => {
    for (const kill of kills) kill()
  })
  await expect.poll(() => reads.length, { timeout: 30_000 }).toBeGreaterThan(limit)
  kills[0]?.()
  await expect.poll(() => waiting, { timeout: 40_000, interval: 100 }).toBe(3)
  for (const kill of kills) kill()
  await Promise.all(running)

  const times = reads.map(({ at }) => at)
  const most = Math.max(...times.map((from) => times.filter((at) => at >= from && at <= from + windowMs).length))
  expect(most).toBeLessThanOrEqual(limit)
  // What the killed one entered last, in its two lanes, it may not have read.
  const conversations = new Set(reads.map(({ conversation }) => conversation)).size
  expect(conversations).toBeLessThanOrEqual(budget)
  expect(conversations).toBeGreaterThanOrEqual(budget - 2)
  // A process that starts last may find all places taken.
  expect(new Set(reads.map(({ process }) => process)).size).toBeGreaterThanOrEqual(2)
})

// Minutes long: SLOW=1 npm test.
test.runIf(process.env['SLOW'])(
  'so it is for real runs, of which one is killed, in a real minute',
  {
    timeout: 900_000,
  },
  async () => {
    const entriesPerMinute = 60
    await using under = await startOrgUnderTest({ conversations: 40, longEntries: 60 }, entriesPerMinute)
    const { from, to } = under.org.window
    const reconciling = (afterMs?: number) =>
      under.custody(['reconcile', '--from', from, '--to', to], {
        async onStart(child) {
          if (afterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), afterMs)
        },
      })
    const [archived, ...reconciled] = await Promise.all([
      under.archive(),
      reconciling(),
      reconciling(),
      reconciling(30_000),
    ])
    expect(archived.code).toBe(0)
    expect(reconciled.map(({ code }) => code)).toEqual([0, 0, null])
    const { count, peakPerMinute, refused } = under.org.calls['conversation-entries']
    expect(count).toBeGreaterThan(entriesPerMinute * 2)
    expect({ isWithin: peakPerMinute <= entriesPerMinute, refused }).toEqual({ isWithin: true, refused: 0 })
  },
)

const org = parseConfig(
  `version: 1
orgs:
  acme:
    loginUrl: https://acme.my.salesforce.com
    auth:
      flow: client-credentials
      users: [{ name: archive-1, clientId: { env: A }, clientSecret: { env: B } }]
`,
  'the test',
).orgs['acme']

const opened = async (stateDirectory: string) => {
  if (!org) throw new Error('the configuration lost its org')
  return await openSharedLimits({ stateDirectory, org, clock: systemClock, onEvent: () => undefined })
}

test.each([
  ['damaged', 'LIMITS_DAMAGED', (path: string) => writeFileSync(path, 'no database'.repeat(1_000))],
  ['of another program', 'LEDGER_FOREIGN', (path: string) => writeFileSync(path, foreign())],
  ['in the way', 'LEDGER_DISK', (path: string) => mkdirSync(path)],
])('limits that cannot be kept are an error, and never none: a file that is %s', async (_, code, spoil) => {
  const stateDirectory = newFolder()
  spoil(join(stateDirectory, 'limits.sqlite'))
  await expect(opened(stateDirectory)).rejects.toMatchObject({
    code,
    actions: expect.arrayContaining([expect.any(String)]),
  })
})

/** The smallest database that is not ours: its header alone, with an application id. */
function foreign(): Buffer {
  const page = Buffer.alloc(512)
  page.write('SQLite format 3\0', 'latin1')
  page.writeUInt16BE(512, 16)
  Buffer.from([1, 1, 0, 64, 32, 32]).copy(page, 18)
  page.writeUInt32BE(1, 28)
  page.writeUInt32BE(4, 44)
  page.writeUInt32BE(1, 56)
  page.writeUInt32BE(0x1234, 68)
  page[100] = 13
  page.writeUInt16BE(512, 105)
  return page
}
