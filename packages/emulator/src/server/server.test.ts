import { createPublicKey, createVerify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmulatorOptions, type Org, startEmulator } from '../start-emulator.ts'
import { connect, signIn, type TestClient } from '../testing/client.ts'
import { manualClock } from '../testing/manual-clock.ts'

async function withOrg(options: EmulatorOptions, use: (org: Org, client: TestClient) => Promise<void>): Promise<void> {
  const org = await startEmulator(options)
  try {
    await use(org, await connect(org))
  } finally {
    await org.close()
  }
}

let org: Org
let client: TestClient
beforeAll(async () => {
  org = await startEmulator({ conversations: 600, limits: { entriesPerMinute: 100_000 } })
  client = await connect(org)
})
afterAll(() => org.close())

const get = (url: string, authorization = client.authorization) => fetch(url, { headers: { authorization } })

describe('the token endpoint', () => {
  const post = async (body: Record<string, string>, headers: Record<string, string> = {}) => {
    const response = await fetch(`${org.url}/services/oauth2/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams(body),
    })
    return { status: response.status, body: (await response.json()) as Record<string, string> }
  }

  test('gives a signed JWT that says when it ends, and two origins', async () => {
    const body = (await (await signIn(org)).json()) as Record<string, string>
    expect(body).toMatchObject({
      token_format: 'jwt',
      token_type: 'Bearer',
      scope: 'sfap_api api cdp_query_api',
      instance_url: org.url,
      api_instance_url: org.apiUrl,
      issued_at: expect.stringMatching(/^\d{13}$/),
    })
    expect(org.url).not.toBe(org.apiUrl)
    const [header = '', payload = '', signature = ''] = (body['access_token'] ?? '').split('.')
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ alg: 'RS256' })
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    expect(claims.exp - claims.iat).toBe(1_800)
    const key = createPublicKey(org.tokenKey)
    expect(createVerify('RSA-SHA256').update(`${header}.${payload}`).verify(key, signature, 'base64url')).toBe(true)
  })

  test('takes the secret by Basic as well', async () => {
    const basic = Buffer.from(`${org.credentials.clientId}:${org.credentials.clientSecret}`).toString('base64')
    expect((await post({ grant_type: 'client_credentials' }, { authorization: `Basic ${basic}` })).status).toBe(200)
  })

  test.each([
    [{ grant_type: 'magic' }, 'unsupported_grant_type'],
    [{ client_id: 'nobody' }, 'invalid_client_id'],
    [{ client_secret: 'wrong' }, 'invalid_client'],
    [{ scope: 'full refresh_token' }, 'invalid_grant'],
  ])('%j: %s', async (wrong, error) => {
    const { clientId: client_id, clientSecret: client_secret } = org.credentials
    const { status, body } = await post({ grant_type: 'client_credentials', client_id, client_secret, ...wrong })
    expect({ status, error: body['error'] }).toEqual({ status: 400, error })
  })
})

describe('queries', () => {
  const soql = 'SELECT Id FROM Conversation ORDER BY Id'

  test.each([
    [599, 'three pages of 200 with one row to spare', 3, 199],
    [600, 'three full pages, and no fourth', 3, 200],
    [400, 'two full pages', 2, 200],
    [201, 'a second page of one', 2, 1],
    [200, 'one full page, done at once', 1, 200],
    [1, 'one row', 1, 1],
    [0, 'none', 1, 0],
  ])('of %i rows: %s', async (limit, _, pages, last) => {
    let { body } = await client.query(`${soql} LIMIT ${limit}`, { 'sforce-query-options': 'batchSize=200' })
    const sizes = [body.records.length]
    while (body.nextRecordsUrl) {
      expect(body).toMatchObject({ totalSize: limit, done: false })
      expect(body.nextRecordsUrl).toMatch(/^\/services\/data\/v66\.0\/query\/01g\w{15}-\d+$/)
      body = (await (await get(org.url + body.nextRecordsUrl)).json()) as typeof body
      sizes.push(body.records.length)
    }
    expect(body).toMatchObject({ totalSize: limit, done: true })
    expect({ pages: sizes.length, last: sizes.at(-1) }).toEqual({ pages, last })
  })

  test('give every row once over all pages, and count the same', async () => {
    const rows = await client.rows('SELECT Id FROM MessagingSession', { 'sforce-query-options': 'batchSize=200' })
    expect(new Set(rows.map((row) => row['Id'])).size).toBe(rows.length)
    expect((await client.query('SELECT COUNT() FROM MessagingSession')).body).toEqual({
      totalSize: rows.length,
      done: true,
      records: [],
    })
  })

  test.each([
    ['batchSize=1', 200],
    ['batchSize=350', 350],
    ['batchSize=9999', 600],
    ['nonsense', 600],
  ])('%s gives pages of %i', async (header, size) => {
    const { body } = await client.query(soql, { 'sforce-query-options': header })
    expect(body.records).toHaveLength(size)
  })

  test('say how much of the day’s allowance is used', async () => {
    const { headers } = await client.query(soql)
    expect(headers.get('sforce-limit-info')).toMatch(/^api-usage=\d+\/100000$/)
  })

  test.each([
    ['/services/data/v66.0/query?q=SELECT', 400, 'MALFORMED_QUERY'],
    ['/services/data/v66.0/query', 400, 'MALFORMED_QUERY'],
    ['/services/data/v66.0/query/01gKj0000000999AAA-200', 400, 'INVALID_QUERY_LOCATOR'],
    ['/services/data/v66.0/query/whatever', 404, 'NOT_FOUND'],
    ['/services/data/v66.0/composite', 404, 'NOT_FOUND'],
    ['/services/data/v99.0/query?q=x', 404, 'NOT_FOUND'],
    ['/services/data/v30.0/query?q=x', 410, 'UNSUPPORTED_API_VERSION'],
    [`/services/data/v66.0/query?q=${'a'.repeat(16_384)}`, 414, 'URI_TOO_LONG'],
    ['/platform/engagement/v1.0/conversation-entries', 404, 'NOT_FOUND'],
  ])('%.50s answers %i %s as an array', async (path, status, errorCode) => {
    const response = await get(org.url + path)
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual([expect.objectContaining({ errorCode, message: expect.any(String) })])
  })

  test('a URI of 16,384 bytes is read', async () => {
    const path = '/services/data/v66.0/query?q='
    expect((await get(org.url + path + 'a'.repeat(16_384 - path.length))).status).toBe(400)
  })

  test('a locator belongs to its user, and the eleventh drops the first', async () => {
    await withOrg({ conversations: 300, executionUsers: 2 }, async (shared, first) => {
      const open = async () =>
        (await first.query(soql, { 'sforce-query-options': 'batchSize=200' })).body.nextRecordsUrl ?? ''
      const locators = []
      for (let k = 0; k < 11; k++) locators.push(shared.url + (await open()))
      expect((await get(locators[0] ?? '', first.authorization)).status).toBe(400)
      expect((await get(locators[1] ?? '', first.authorization)).status).toBe(200)
      const second = await connect({ ...shared, credentials: shared.allCredentials[1] ?? shared.credentials })
      expect((await get(locators[1] ?? '', second.authorization)).status).toBe(400)
    })
  })

  test('stop with 403 once the day’s requests are spent', async () => {
    await withOrg({ limits: { apiRequestsPerDay: 2 } }, async (_, poor) => {
      const statuses = []
      for (let k = 0; k < 3; k++) statuses.push((await poor.query(soql)).status)
      expect(statuses).toEqual([200, 200, 403])
    })
  })
})

describe('tokens', () => {
  test('wrong, revoked or expired are 401 on both sides', async () => {
    const clock = manualClock()
    await withOrg({ clock, limits: { tokenLifetimeMs: 60_000 } }, async (short, own) => {
      const [{ conversationIdentifier = '' } = {}] = short.truth.conversations()
      const both = async (authorization: string) => [
        (await get(`${short.url}/services/data/v66.0/limits`, authorization)).status,
        (
          await get(
            `${short.apiUrl}/platform/engagement/v1.0/conversation-entries?conversationIdentifier=${conversationIdentifier}`,
            authorization,
          )
        ).status,
      ]
      expect(await both(own.authorization)).toEqual([200, 200])
      expect(await both('Bearer wrong')).toEqual([401, 401])
      expect(await both('')).toEqual([401, 401])
      clock.advance(58_000)
      expect(await both(own.authorization)).toEqual([200, 200])
      clock.advance(2_000)
      expect(await both(own.authorization)).toEqual([401, 401])
      const fresh = await connect(short)
      short.revokeTokens()
      expect(await both(fresh.authorization)).toEqual([401, 401])
    })
  })

  test('that are opaque are good for queries and unknown to the gateway', async () => {
    await withOrg({ scenario: 'token-opaque' }, async (opaque, own) => {
      expect(own.authorization).toMatch(/^Bearer 00D/)
      expect((await own.query('SELECT Id FROM User')).status).toBe(200)
      const [{ conversationIdentifier = '' } = {}] = opaque.truth.conversations()
      expect((await own.entries(conversationIdentifier)).status).toBe(404)
    })
  })
})

describe('the entries endpoint', () => {
  test('gives every entry of every conversation, exactly as the org’s own list has it', async () => {
    const served: string[] = []
    await withOrg({ conversations: 150, limits: { entriesPerMinute: 100_000 } }, async (org, client) => {
      for (const { conversationIdentifier } of org.truth.conversations()) {
        const entries = await client.allEntries(conversationIdentifier, { recordLimit: '1000' })
        for (const { identifier, transcriptedTimestamp } of entries) {
          served.push(`${conversationIdentifier} ${identifier} ${new Date(transcriptedTimestamp).toISOString()}`)
        }
      }
      const held = Array.from(
        org.truth.entries(),
        (entry) => `${entry.conversationIdentifier} ${entry.entryId} ${entry.sentAt}`,
      )
      expect(served).toEqual(held)
    })
  })

  test.each([
    ['recordLimit=0', 400],
    ['recordLimit=1', 200],
    ['recordLimit=1000', 200],
    ['recordLimit=1001', 400],
    ['recordLimit=ten', 400],
    ['startTimestamp=yesterday', 400],
    ['pageToken=garbage', 400],
  ])('%s: %i', async (parameter, status) => {
    const [name = '', value = ''] = parameter.split('=')
    expect((await client.entries(long(org), { [name]: value })).status).toBe(status)
  })

  test('a page at the limit is the last only if nothing follows', async () => {
    const total = (await client.allEntries(long(org), { recordLimit: '1000' })).length
    await withOrg(
      { conversations: 600, longEntries: 600, limits: { entriesPerMinute: 100_000 } },
      async (shorter, own) => {
        const length = (await own.allEntries(long(shorter))).length
        for (const [limit, pages] of [
          [length - 1, 2],
          [length, 1],
          [length + 1, 1],
        ] as const) {
          const before = shorter.calls['conversation-entries'].count
          expect(await own.allEntries(long(shorter), { recordLimit: String(limit) })).toHaveLength(length)
          expect(shorter.calls['conversation-entries'].count - before).toBe(pages)
        }
      },
    )
    expect(total).toBeGreaterThan(1_000)
  })

  test('needs a conversation it knows', async () => {
    expect((await client.entries('')).status).toBe(400)
    expect((await client.entries('0dwKj0000000005IAA')).status).toBe(404)
    await withOrg({ switches: { unknownConversation: 'empty' } }, async (_, own) => {
      expect((await own.entries('nobody')).text).toBe('{"conversationEntries":[]}')
    })
  })

  test.each([
    '/platform/engagement/v2.0/conversation-entries',
    '/platform/engagement/v1.0/conversations',
    '/services/data/v66.0/limits',
  ])('%s is 404 on the gateway', async (path) => expect((await get(org.apiUrl + path)).status).toBe(404))

  test('lets 90 requests of a user through in any minute, and says when to come back', async () => {
    const clock = manualClock()
    await withOrg({ clock, executionUsers: 2 }, async (strict, own) => {
      const identifier = long(strict)
      const ask = async (who: TestClient) => who.entries(identifier, { recordLimit: '1' })
      for (let k = 0; k < 90; k++) {
        expect((await ask(own)).status).toBe(200)
        clock.advance(100)
      }
      const refused = await ask(own)
      expect(refused.status).toBe(429)
      expect(refused.headers.get('retry-after')).toBe('51')
      const second = await connect({ ...strict, credentials: strict.allCredentials[1] ?? strict.credentials })
      expect((await ask(second)).status).toBe(200)
      clock.advance(50_999)
      expect((await ask(own)).status).toBe(429)
      clock.advance(1)
      expect((await ask(own)).status).toBe(200)
      expect((await ask(own)).status).toBe(429)
      expect(strict.calls['conversation-entries']).toMatchObject({ refused: 3, statuses: { 200: 92, 429: 3 } })
    })
  })

  test.each([
    ['date', /GMT$/],
    ['absent', null],
  ] as const)('Retry-After may be %s', async (retryAfter, expected) => {
    await withOrg({ limits: { entriesPerMinute: 1 }, switches: { retryAfter } }, async (strict, own) => {
      await own.entries(long(strict))
      const header = (await own.entries(long(strict))).headers.get('retry-after')
      if (expected === null) expect(header).toBeNull()
      else expect(header).toMatch(expected)
    })
  })

  test('makes what it reads active for thirty minutes', async () => {
    const clock = manualClock()
    await withOrg(
      { clock, limits: { entriesPerMinute: 1_000, activeConversations: 4, tokenLifetimeMs: 86_400_000 } },
      async (busy, own) => {
        const identifiers = Array.from(
          busy.truth.conversations(),
          (conversation) => conversation.conversationIdentifier,
        )
        for (const identifier of identifiers.slice(0, 4)) await own.entries(identifier)
        await own.entries(identifiers[0] ?? '')
        expect(busy.activeConversations).toEqual({ now: 4, peak: 4, limit: 4, exceeded: false })
        clock.advance(20 * 60_000)
        expect((await own.entries(identifiers[4] ?? '')).status).toBe(200)
        expect(busy.activeConversations).toMatchObject({ now: 5, peak: 5, exceeded: true })
        clock.advance(10 * 60_000)
        expect(busy.activeConversations).toMatchObject({ now: 1, peak: 5 })
      },
    )
  })
})

describe('switches', () => {
  const first = async (switches: EmulatorOptions['switches'], parameters: Record<string, string> = {}) => {
    let page: Awaited<ReturnType<TestClient['entries']>> | undefined
    await withOrg({ switches: switches ?? {} }, async (switched, own) => {
      page = await own.entries(long(switched), parameters)
    })
    return page?.body ?? { conversationEntries: [] }
  }
  const times = (page: Awaited<ReturnType<typeof first>>) =>
    page.conversationEntries.map((entry) => entry.transcriptedTimestamp)

  test('page tokens off: one page, no token', async () => {
    const page = await first({ pageTokens: false }, { recordLimit: '7' })
    expect(page.conversationEntries).toHaveLength(7)
    expect(page).not.toHaveProperty('nextPageToken')
  })

  test('page tokens of a user: nobody else may go on', async () => {
    for (const [pageTokensOf, status] of [
      ['user', 400],
      ['anyone', 200],
    ] as const) {
      await withOrg({ executionUsers: 2, switches: { pageTokensOf } }, async (own) => {
        const [one, other] = await Promise.all(
          own.allCredentials.map((credentials) => connect({ ...own, credentials })),
        )
        const { body } = await (one as TestClient).entries(long(own), { recordLimit: '5' })
        const next = { recordLimit: '5', pageToken: body.nextPageToken ?? '' }
        expect((await (one as TestClient).entries(long(own), next)).status).toBe(200)
        expect((await (other as TestClient).entries(long(own), next)).status).toBe(status)
      })
    }
  })

  test('recordLimit ignored: the default page', async () => {
    expect(
      (await first({ recordLimit: 'ignored', defaultRecordLimit: 13 }, { recordLimit: '5000' })).conversationEntries,
    ).toHaveLength(13)
  })

  test('a cap on pages', async () => {
    expect((await first({ pageCap: 11 }, { recordLimit: '1000' })).conversationEntries).toHaveLength(11)
  })

  test('payload as a string', async () => {
    const { conversationEntries } = await first({ payload: 'string' })
    expect(conversationEntries.every(({ entryPayload }) => typeof entryPayload === 'string')).toBe(true)
  })

  test('order', async () => {
    const ascending = times(await first({}))
    expect(ascending).toEqual(ascending.toSorted((a, b) => a - b))
    const descending = times(await first({ order: 'descending' }))
    expect(descending).toEqual(descending.toSorted((a, b) => b - a))
    const shuffled = times(await first({ order: 'shuffled' }))
    expect(shuffled).not.toEqual(shuffled.toSorted((a, b) => a - b))
  })

  test.each(['ascending', 'descending', 'shuffled'] as const)('%s: every entry once over all pages', async (order) => {
    await withOrg({ switches: { order, pageCap: 90 }, limits: { entriesPerMinute: 1_000 } }, async (switched, own) => {
      const ids = (await own.allEntries(long(switched))).map(({ identifier }) => identifier)
      const held = Array.from(switched.truth.entries())
        .filter((entry) => entry.conversationIdentifier === long(switched))
        .map(({ entryId }) => entryId)
      expect(ids.toSorted()).toEqual(held.toSorted())
    })
  })

  test.each([
    ['inclusive', 'inclusive', 3],
    ['inclusive', 'exclusive', 2],
    ['exclusive', 'inclusive', 2],
    ['exclusive', 'exclusive', 1],
  ] as const)('bounds %s and %s: %i', async (startTimestamp, endTimestamp, count) => {
    await withOrg({ switches: { startTimestamp, endTimestamp } }, async (switched, own) => {
      const at = times((await own.entries(long(switched))).body)
      const bounds = { startTimestamp: String(at[10]), endTimestamp: String(at[12]) }
      expect((await own.entries(long(switched), bounds)).body.conversationEntries).toHaveLength(count)
    })
  })

  test('timestamps ignored, named otherwise, in seconds; names left out', async () => {
    expect(
      (await first({ timestamps: 'ignored' }, { startTimestamp: '99999999999999' })).conversationEntries.length,
    ).toBeGreaterThan(10)
    const [entry] = (
      await first({ timestampField: 'serverReceivedTimestamp', timestampUnit: 'seconds', senderDisplayName: false })
    ).conversationEntries
    expect(entry).not.toHaveProperty('transcriptedTimestamp')
    expect(entry).not.toHaveProperty('senderDisplayName')
    expect(entry).toMatchObject({ serverReceivedTimestamp: expect.toSatisfy((at: number) => at < 1e10) })
  })
})

test('an option that makes no org is refused before anything listens', async () => {
  const usage = (code: string) => expect.objectContaining({ code, kind: 'usage' })
  await expect(startEmulator({ conversations: 0 })).rejects.toThrow(usage('EMULATOR_OPTIONS'))
  await expect(startEmulator({ scenario: 'nope' })).rejects.toThrow(usage('EMULATOR_OPTIONS'))
  await expect(startEmulator({ month: 'May' })).rejects.toThrow(usage('EMULATOR_MONTH'))
  await expect(startEmulator({ switches: { pageCaps: 3 } as object })).rejects.toThrow(usage('SCENARIO_INVALID'))
  await expect(startEmulator({ limits: { entriesPerMinute: 0 } })).rejects.toThrow(usage('SCENARIO_INVALID'))
})

/** The conversation that has more entries than the largest page. */
function long(of: Org): string {
  let best = { conversationIdentifier: '', entries: -1 }
  for (const conversation of of.truth.conversations()) if (conversation.entries > best.entries) best = conversation
  return best.conversationIdentifier
}
