import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Org, startEmulator } from '../start-emulator.ts'
import { connect, type TestClient } from '../testing/client.ts'
import { askConnect, entriesUrl, walkConnect } from '../testing/connect-client.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { connectAll, longest, withOrg } from '../testing/with-org.ts'

let org: Org
let client: TestClient
let long: string
beforeAll(async () => {
  org = await startEmulator({ conversations: 120, longEntries: 400, limits: { entriesPerMinute: 100_000 } })
  client = await connect(org)
  long = longest(org)
})
afterAll(() => org.close())

/** What the Conversation Data API says are messages of people, whatever they hold. */
async function spoken(who: TestClient, identifier: string): Promise<readonly string[]> {
  const entries = await who.allEntries(identifier, { recordLimit: '1000' })
  return entries
    .filter(({ entryType, sender }) => entryType === 'Message' && sender.role !== 'Chatbot')
    .map((entry) => entry.identifier)
}

describe('entries', () => {
  test('are 25 and the newest first, unless somebody asks otherwise; no token ever', async () => {
    const all = await spoken(client, long)
    const { status, entries, keys, headers } = await askConnect(org, client, long)
    expect(status).toBe(200)
    expect(keys).toEqual(['conversationEntries'])
    expect(entries.map(({ identifier }) => identifier)).toEqual(all.slice(-25).toReversed())
    expect(headers.get('sforce-limit-info')).toMatch(/^api-usage=\d+\/100000$/)
    const first = await askConnect(org, client, long, { queryDirection: 'FromStart', recordLimit: 1_000 })
    expect(first.entries.map(({ identifier }) => identifier)).toEqual(all)
  })

  test.each([
    ['recordLimit', '0', 400],
    ['recordLimit', '1', 200],
    ['recordLimit', '1000', 200],
    ['recordLimit', '1001', 400],
    ['recordLimit', 'ten', 400],
    ['queryDirection', 'Sideways', 400],
    ['startTimestamp', 'yesterday', 400],
    ['endTimestamp', '-1', 400],
    ['pageToken', 'ignored', 200],
  ])('%s=%s: %i', async (name, value, status) => {
    expect((await askConnect(org, client, long, { [name]: value })).status).toBe(status)
  })

  test('have text where a message is nothing but text, escaped for HTML, and ids of 15 characters', async () => {
    const plain = new Map<string, string>()
    let escapes = 0
    for (const { conversationIdentifier } of org.truth.conversations()) {
      for (const { identifier, entryPayload } of await client.allEntries(conversationIdentifier)) {
        const content = (entryPayload as { abstractMessage?: { staticContent?: { formatType: string; text: string } } })
          ?.abstractMessage?.staticContent
        if (content?.formatType === 'Text') plain.set(identifier, content.text)
      }
      const parameters = { queryDirection: 'FromStart', recordLimit: 1_000 }
      for (const entry of (await askConnect(org, client, conversationIdentifier, parameters)).entries) {
        const unescaped = entry.messageText
          ?.replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&quot;', '"')
          .replaceAll('&#39;', "'")
          .replaceAll('&amp;', '&')
        expect(unescaped).toBe(plain.get(entry.identifier))
        if (unescaped !== entry.messageText) escapes += 1
        for (const id of entry.relatedRecords) expect(id).toMatch(/^0Mw\w{12}$/)
      }
    }
    expect(escapes).toBeGreaterThan(0)
  })

  test('may leave out rows of rich content, bring bots, come unescaped and in no order', async () => {
    const parameters = { queryDirection: 'FromStart', recordLimit: 1_000 }
    const base = await askConnect(org, client, long, parameters)
    const options = { conversations: 120, longEntries: 400 }
    await withOrg({ ...options, switches: { connectRichRows: 'absent' } }, async (switched, own) => {
      for (const { conversationIdentifier } of switched.truth.conversations()) {
        const { entries } = await askConnect(switched, own, conversationIdentifier, parameters)
        expect(entries.every(({ messageText }) => typeof messageText === 'string')).toBe(true)
      }
    })
    await withOrg({ ...options, switches: { connectBots: true, connectEscaped: false } }, async (switched, own) => {
      const { entries } = await askConnect(switched, own, long, parameters)
      const bots = entries.filter(({ sender }) => sender.role === 'Chatbot')
      expect(bots.length).toBeGreaterThan(0)
      expect(bots[0]).toMatchObject({ relatedRecords: [], sender: { appType: 'chatbot' } })
      expect(entries.length).toBe(base.entries.length + bots.length)
      expect(JSON.stringify(entries)).not.toMatch(/&(amp|#39|lt);/)
    })
    await withOrg({ ...options, switches: { connectOrder: 'shuffled' } }, async (switched, own) => {
      const { entries } = await askConnect(switched, own, long, parameters)
      const ids = entries.map(({ identifier }) => identifier)
      const expected = base.entries.map(({ identifier }) => identifier)
      expect(ids).not.toEqual(expected)
      expect(ids.toSorted()).toEqual(expected.toSorted())
    })
  })

  test.each([
    ['inclusive', 'inclusive', 3],
    ['inclusive', 'exclusive', 2],
    ['exclusive', 'inclusive', 2],
    ['exclusive', 'exclusive', 1],
  ] as const)('bounds %s and %s: %i', async (startTimestamp, endTimestamp, count) => {
    await withOrg({ switches: { startTimestamp, endTimestamp } }, async (switched, own) => {
      const { entries } = await askConnect(switched, own, longest(switched), { queryDirection: 'FromStart' })
      const [from, to] = [entries[10], entries[12]].map((entry) => entry?.serverReceivedTimestamp ?? 0)
      const bounds = { startTimestamp: from ?? 0, endTimestamp: to ?? 0 }
      expect((await askConnect(switched, own, longest(switched), bounds)).entries).toHaveLength(count)
    })
  })

  test('can all be had by an overlapping cursor of time', async () => {
    const walked = await walkConnect(org, client, long, 30)
    expect(walked.map(({ identifier }) => identifier)).toEqual(await spoken(client, long))
  })

  test('of a conversation nobody knows are RECORD_NOT_FOUND, and of an old version there are none', async () => {
    expect(await askConnect(org, client, 'nobody')).toMatchObject({ status: 404, errorCode: 'RECORD_NOT_FOUND' })
    const old = entriesUrl(org, long).replace('v66.0', 'v50.0')
    expect((await fetch(old, { headers: { authorization: client.authorization } })).status).toBe(404)
    expect(await askConnect(org, { authorization: 'Bearer nobody' }, long)).toMatchObject({ status: 401 })
  })
})

describe('limits', () => {
  test('503 beyond the hour’s requests of a user, 429 beyond the day’s, 403 beyond the org’s', async () => {
    const clock = manualClock()
    const limits = { connectPerHour: 3, connectPerDay: 5, apiRequestsPerDay: 13, tokenLifetimeMs: 172_800_000 }
    await withOrg({ clock, limits, executionUsers: 2 }, async (strict) => {
      const identifier = longest(strict)
      const [one, two] = await connectAll(strict)
      const ask = async (who: TestClient | undefined) =>
        (await askConnect(strict, who as TestClient, identifier, { recordLimit: 1 })).status
      expect([await ask(one), await ask(one), await ask(one), await ask(one)]).toEqual([200, 200, 200, 503])
      expect(await ask(two)).toBe(200)
      clock.advance(3_599_999)
      expect(await ask(one)).toBe(503)
      clock.advance(1)
      expect([await ask(one), await ask(one), await ask(one)]).toEqual([200, 200, 429])
      clock.advance(86_400_000)
      expect([await ask(one), await ask(one), await ask(one), await ask(one), await ask(one)]).toEqual([
        200, 200, 200, 503, 403,
      ])
      const [first, second] = Object.values(strict.callsByUser)
      expect(first?.connect).toMatchObject({ count: 13, peakPerHour: 5, statuses: { 200: 8, 503: 3, 429: 1, 403: 1 } })
      expect(second?.connect).toMatchObject({ count: 1, peakPerHour: 1 })
      expect(strict.calls.connect.count).toBe(14)
    })
  })

  test('the book tells users apart, by the minute and by the hour', async () => {
    const clock = manualClock()
    await withOrg({ clock, executionUsers: 2, limits: { tokenLifetimeMs: 86_400_000 } }, async (pool) => {
      const clients = await connectAll(pool)
      // Every ten minutes a request, by turns.
      for (let k = 0; k < 20; k++) {
        await askConnect(pool, clients[k % 2] as TestClient, longest(pool), { recordLimit: 1 })
        clock.advance(600_000)
      }
      const books = Object.entries(pool.callsByUser)
      expect(books.map(([user]) => user)).toEqual([
        expect.stringMatching(/^005\w{15}$/),
        expect.stringMatching(/^005\w{15}$/),
      ])
      for (const [, { connect: book }] of books)
        expect(book).toMatchObject({ count: 10, peakPerMinute: 1, peakPerHour: 3 })
      expect(pool.calls.connect).toMatchObject({ count: 20, peakPerMinute: 1 })
    })
  })

  test('what is read is active for half an hour', async () => {
    await withOrg({ clock: manualClock() }, async (busy, own) => {
      await askConnect(busy, own, longest(busy))
      expect(busy.activeConversations).toMatchObject({ now: 1 })
    })
  })
})

describe('PATCH', () => {
  const patch = async (of: Org, who: TestClient, identifier: string, body: unknown) =>
    fetch(entriesUrl(of, identifier), {
      method: 'PATCH',
      headers: { authorization: who.authorization, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  test('replaces a text for both APIs and for the org’s own list, and nothing else', async () => {
    await withOrg({ longEntries: 100 }, async (own, who) => {
      const [mention] = own.truth.mentions()
      const { conversationIdentifier = '', entryId = '' } = mention ?? {}
      const before = await who.entries(conversationIdentifier, { recordLimit: '1000' })
      const update = { identifier: entryId, messageText: 'card <xxxx-4321>' }
      const answer = await patch(own, who, conversationIdentifier, { conversationEntriesUpdates: [update] })
      expect(answer.status).toBe(200)
      const { entries } = await askConnect(own, who, conversationIdentifier, { recordLimit: 1_000 })
      const changed = entries.find(({ identifier }) => identifier === entryId)
      expect(changed?.messageText).toBe('card &lt;xxxx-4321&gt;')
      const after = await who.entries(conversationIdentifier, { recordLimit: '1000' })
      const differ = before.body.conversationEntries.filter(
        (entry, k) => JSON.stringify(entry) !== JSON.stringify(after.body.conversationEntries[k]),
      )
      expect(differ.map(({ identifier }) => identifier)).toEqual([entryId])
      expect(JSON.stringify(after.body)).toContain('card <xxxx-4321>')
      expect([...own.truth.mentions()].filter((left) => left.entryId === entryId)).toEqual([])
      expect(own.calls['connect-update']).toMatchObject({ count: 1, statuses: { 200: 1 } })
    })
  })

  test.each([
    ['no JSON', '{'],
    ['no updates', {}],
    ['an entry without text', { conversationEntriesUpdates: [{ identifier: 'x' }] }],
    ['an entry of nobody', { conversationEntriesUpdates: [{ identifier: 'x', messageText: 'y' }] }],
  ])('%s is 400', async (_, body) => expect((await patch(org, client, long, body)).status).toBe(400))

  test('one wrong entry spoils all of them', async () => {
    const { entries } = await askConnect(org, client, long)
    const right = entries.find(({ messageText }) => messageText !== undefined)
    const updates = [
      { identifier: right?.identifier, messageText: 'gone' },
      { identifier: 'nobody', messageText: 'gone' },
    ]
    expect((await patch(org, client, long, { conversationEntriesUpdates: updates })).status).toBe(400)
    expect((await askConnect(org, client, long)).entries).toEqual(entries)
  })
})

test('faults strike here too', async () => {
  const rules = [
    { match: { endpoint: 'connect', page: 'next' }, action: { type: 'short-page', entries: 2 } },
    { match: { endpoint: 'connect', nth: 3 }, action: { type: 'malformed-entry', how: 'no-identifier' } },
    {
      match: { endpoint: 'connect', conversation: 'long', nth: 4 },
      action: { type: 'append-entry' },
    },
  ] as const
  await withOrg({ scenario: { rules } }, async (faulty, own) => {
    const identifier = longest(faulty)
    expect((await askConnect(faulty, own, identifier)).entries).toHaveLength(25)
    expect((await askConnect(faulty, own, identifier, { startTimestamp: 1 })).entries).toHaveLength(2)
    expect((await askConnect(faulty, own, identifier)).entries.at(-1)).not.toHaveProperty('identifier')
    const [newest] = (await askConnect(faulty, own, identifier)).entries
    expect(newest?.identifier).toBe(
      Array.from(faulty.truth.entries())
        .filter((entry) => entry.conversationIdentifier === identifier)
        .at(-1)?.entryId,
    )
  })
})
