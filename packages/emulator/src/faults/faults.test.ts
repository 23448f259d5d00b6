import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { type EmulatorOptions, type Org, startEmulator } from '../start-emulator.ts'
import { connect, type TestClient } from '../testing/client.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { smallWorld } from '../testing/small-world.ts'
import { createFaults } from './faults.ts'
import type { FaultAction, FaultMatch, FaultRule, Scenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'

const small = { conversations: 40, longEntries: 130, limits: { entriesPerMinute: 100_000 } } as const

async function withOrg<T>(
  scenario: Scenario | string,
  use: (org: Org, client: TestClient) => Promise<T>,
  options: EmulatorOptions = {},
): Promise<T> {
  const org = await startEmulator({ ...small, scenario, ...options })
  try {
    return await use(org, await connect(org))
  } finally {
    await org.close()
  }
}

const onEntries = (action: FaultAction, match: FaultMatch = {}, times?: FaultRule['times']): Scenario => ({
  rules: [{ match: { endpoint: 'conversation-entries', ...match }, action, ...(times !== undefined && { times }) }],
})

/** The conversation of 130 entries, and what the org says it holds. */
function long(org: Org): { identifier: string; held: () => string[] } {
  const all = [...org.truth.conversations(org.window)]
  const identifier = all.toSorted((a, b) => b.entries - a.entries)[0]?.conversationIdentifier ?? ''
  const held = () =>
    Array.from(org.truth.entries())
      .filter((entry) => entry.conversationIdentifier === identifier)
      .map(({ entryId }) => entryId)
  return { identifier, held }
}

describe('rules', () => {
  const world = smallWorld()
  const asked = { endpoint: 'conversation-entries', conversation: 5, page: 'first' } as const
  const strikes = (rule: FaultRule, requests = 10, context = asked): number[] => {
    const faults = createFaults([rule], world)
    return Array.from({ length: requests }, (_, k) => k + 1).filter(() => faults.strike(context).length > 0)
  }
  const action: FaultAction = { type: 'trickle' }

  test.each([
    [{ match: {}, action }, [1]],
    [{ match: {}, times: 3, action }, [1, 2, 3]],
    [{ match: { nth: 4 }, action }, [4]],
    [{ match: { nth: 4 }, times: 2, action }, [4, 5]],
    [{ match: { nth: 9 }, times: 'always', action }, [9, 10]],
    [{ match: { endpoint: 'query' }, action }, []],
    [{ match: { page: 'next' }, action }, []],
    [{ match: { conversation: 5 - world.timeline.first }, action }, [1]],
    [{ match: { conversation: 1_000 }, action }, []],
    [{ match: { conversation: 'long' }, action }, []],
    [{ match: { probability: 0 }, action }, []],
    [{ match: { probability: 1 }, times: 2, action }, [1, 2]],
  ] as const)('%j strike at requests %j', (rule, expected) => {
    expect(strikes(rule)).toEqual(expected)
  })

  test('a probability strikes about as often as it says, at the same requests every time', () => {
    const rule: FaultRule = { match: { probability: 0.2 }, action }
    const struck = strikes(rule, 2_000)
    expect(struck.length).toBeGreaterThan(320)
    expect(struck.length).toBeLessThan(480)
    expect(strikes(rule, 2_000)).toEqual(struck)
  })
})

describe('answers instead of the page', () => {
  test.each([
    [{ type: 'status', status: 429, retryAfterSeconds: 7 }, 429, 'application/json;charset=UTF-8', '7'],
    [
      { type: 'status', status: 429, retryAfterSeconds: 7, retryAfterForm: 'date' },
      429,
      'application/json;charset=UTF-8',
      'Mon, 02 Nov 2026 00:00:07 GMT',
    ],
    [{ type: 'status', status: 503, body: 'empty' }, 503, null, null],
    [{ type: 'status', status: 500, body: 'html' }, 500, 'text/html', null],
    [{ type: 'status', status: 404 }, 404, 'application/json;charset=UTF-8', null],
    [{ type: 'login-page' }, 200, 'text/html', null],
  ] as const)('%j', async (action, status, type, retryAfter) => {
    await withOrg(
      onEntries(action),
      async (org, client) => {
        const struck = await client.entries(long(org).identifier)
        expect(struck.status).toBe(status)
        expect(struck.headers.get('content-type')).toBe(type)
        expect(struck.headers.get('retry-after')).toBe(retryAfter)
        expect(struck.text).not.toContain('conversationEntries')
        expect((await client.entries(long(org).identifier)).body.conversationEntries).toHaveLength(100)
      },
      { clock: manualClock() },
    )
  })

  test('revoked tokens are 401 until the next sign-in', async () => {
    await withOrg(onEntries({ type: 'revoke-tokens' }, { nth: 2 }), async (org, client) => {
      const { identifier } = long(org)
      expect((await client.entries(identifier)).status).toBe(200)
      expect((await client.entries(identifier)).status).toBe(401)
      expect((await client.entries(identifier)).status).toBe(401)
      expect((await (await connect(org)).entries(identifier)).status).toBe(200)
    })
  })

  test('lost cursors are INVALID_QUERY_LOCATOR', async () => {
    await withOrg(
      'cursor-lost',
      async (org, client) => {
        const { body } = await client.query('SELECT Id FROM Conversation', { 'sforce-query-options': 'batchSize=200' })
        const more = () => fetch(org.url + body.nextRecordsUrl, { headers: { authorization: client.authorization } })
        expect(await (await more()).json()).toEqual([
          { errorCode: 'INVALID_QUERY_LOCATOR', message: expect.any(String) },
        ])
        const again = await client.query('SELECT Id FROM Conversation', { 'sforce-query-options': 'batchSize=200' })
        expect(
          (await fetch(org.url + again.body.nextRecordsUrl, { headers: { authorization: client.authorization } }))
            .status,
        ).toBe(200)
      },
      { conversations: 300 },
    )
  })
})

describe('broken deliveries', () => {
  /** The answer as it comes over the wire, chunk by chunk. */
  const raw = (
    org: Org,
    client: TestClient,
  ): Promise<{ status: number | undefined; announced: number; chunks: Buffer[]; error: string | undefined }> =>
    new Promise((resolve) => {
      const url = `${org.apiUrl}/platform/engagement/v1.0/conversation-entries?recordLimit=3&conversationIdentifier=${long(org).identifier}`
      const chunks: Buffer[] = []
      let status: number | undefined
      let announced = -1
      const end = (error?: { code?: string }) => resolve({ status, announced, chunks, error: error?.code })
      request(url, { headers: { authorization: client.authorization }, agent: false }, (response) => {
        status = response.statusCode
        announced = Number(response.headers['content-length'])
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => end())
        response.on('error', end)
      })
        .on('error', end)
        .end()
    })
  const length = (chunks: readonly Buffer[]) => chunks.reduce((sum, chunk) => sum + chunk.length, 0)

  test('a short body looks whole and is no JSON', async () => {
    await withOrg(onEntries({ type: 'truncate' }), async (org, client) => {
      const { status, announced, chunks, error } = await raw(org, client)
      expect({ status, error }).toEqual({ status: 200, error: undefined })
      expect(announced).toBe(length(chunks))
      expect(() => JSON.parse(Buffer.concat(chunks).toString())).toThrow(SyntaxError)
    })
  })

  test('a cut body ends before its announced length', async () => {
    await withOrg(onEntries({ type: 'truncate', how: 'cut' }), async (org, client) => {
      const { status, announced, chunks, error } = await raw(org, client)
      expect({ status, error }).toEqual({ status: 200, error: 'ECONNRESET' })
      expect(announced).toBeGreaterThan(length(chunks))
    })
  })

  test.each([
    ['before-headers', undefined],
    ['after-headers', 200],
    ['in-body', 200],
  ] as const)('a reset %s', async (when, status) => {
    await withOrg(onEntries({ type: 'reset', when }), async (org, client) => {
      const answer = await raw(org, client)
      expect(answer).toMatchObject({ status, error: 'ECONNRESET' })
      expect(org.calls['conversation-entries'].statuses).toEqual({ 0: 1 })
      expect((await client.entries(long(org).identifier)).status).toBe(200)
    })
  })

  test('byte by byte, the same bytes', async () => {
    await withOrg(onEntries({ type: 'trickle' }), async (org, client) => {
      const slow = await raw(org, client)
      const fast = await raw(org, client)
      expect(slow.chunks.length).toBeGreaterThan(100)
      expect(Buffer.concat(slow.chunks)).toEqual(Buffer.concat(fast.chunks))
    })
  })

  test('a slow answer takes its time on the org’s clock', async () => {
    const clock = manualClock()
    await withOrg(
      onEntries({ type: 'delay', ms: 30_000 }),
      async (org, client) => {
        const before = clock.now()
        expect((await client.entries(long(org).identifier)).status).toBe(200)
        expect(clock.now() - before).toBe(30_000)
      },
      { clock },
    )
  })
})

describe('strange pages', () => {
  const pages = async (org: Org, client: TestClient, most = 40): Promise<string[][]> => {
    const found: string[][] = []
    const tokens = new Set<string>()
    let token: string | undefined
    do {
      const { body } = await client.entries(long(org).identifier, {
        recordLimit: '40',
        ...(token && { pageToken: token }),
      })
      found.push(body.conversationEntries.map(({ identifier }) => identifier))
      token = body.nextPageToken
      if (token) tokens.add(token)
    } while (token && found.length < most)
    // No token comes twice, unless the walk was given up as a loop.
    if (!token) expect(tokens.size).toBe(found.length - 1)
    return found
  }

  test('a duplicated page brings the one before it again', async () => {
    await withOrg(onEntries({ type: 'duplicate-page' }, { page: 'next' }), async (org, client) => {
      const [first = [], second = [], ...rest] = await pages(org, client)
      expect(second.slice(0, 40)).toEqual(first)
      expect([...second, ...rest.flat()]).toEqual(long(org).held())
    })
  })

  test('a short page is not the last', async () => {
    await withOrg(onEntries({ type: 'short-page', entries: 1 }), async (org, client) => {
      const found = await pages(org, client)
      expect(found[0]).toHaveLength(1)
      expect(found.flat()).toEqual(long(org).held())
    })
  })

  test('empty pages have tokens of their own, and everything comes in the end', async () => {
    await withOrg(onEntries({ type: 'empty-page' }, {}, 3), async (org, client) => {
      const found = await pages(org, client)
      expect(found.slice(0, 3)).toEqual([[], [], []])
      expect(found.flat()).toEqual(long(org).held())
    })
  })

  test('a repeated token leads round and round', async () => {
    await withOrg(onEntries({ type: 'repeat-token' }, { page: 'next' }, 'always'), async (org, client) => {
      const found = await pages(org, client, 6)
      expect(found).toHaveLength(6)
      expect(found[5]).toEqual(found[1])
    })
  })

  test('an entry appended at the end is on a later page, in the org’s own list, and counted by its session', async () => {
    await withOrg(onEntries({ type: 'append-entry', count: 2 }, { page: 'next' }), async (org, client) => {
      const before = long(org).held()
      const found = await pages(org, client)
      expect(found.flat()).toEqual(long(org).held())
      expect(long(org).held()).toHaveLength(before.length + 2)
      await countsAgree(org, client)
    })
  })

  test('an entry that was held up appears behind the reader, and only a second look finds it', async () => {
    await withOrg(onEntries({ type: 'append-entry', position: 'middle' }, { page: 'next' }), async (org, client) => {
      const modified = async () =>
        (
          await client.query(
            `SELECT LastModifiedDate FROM Conversation WHERE ConversationIdentifier = '${long(org).identifier}'`,
          )
        ).body.records[0]
      const before = await modified()
      const found = await pages(org, client)
      const held = long(org).held()
      expect(held.filter((id) => !found.flat().includes(id))).toHaveLength(1)
      expect((await pages(org, client)).flat()).toEqual(held)
      expect(await modified()).not.toEqual(before)
      await countsAgree(org, client)
    })
  })

  test.each(['no-identifier', 'no-timestamp', 'text-timestamp', 'broken-payload', 'not-an-object', 'null'] as const)(
    'an entry may be malformed: %s',
    async (how) => {
      await withOrg(onEntries({ type: 'malformed-entry', how }), async (org, client) => {
        const { identifier } = long(org)
        const [spoiled, whole] = [(await client.entries(identifier)).body, (await client.entries(identifier)).body]
        expect(spoiled.conversationEntries.slice(0, -1)).toEqual(whole.conversationEntries.slice(0, -1))
        expect(spoiled.conversationEntries.at(-1)).not.toEqual(whole.conversationEntries.at(-1))
      })
    },
  )
})

describe('strange worlds', () => {
  test('sessions that claim more than there is', async () => {
    const sum = async (org: Org, client: TestClient): Promise<number> => {
      const rows = await client.rows('SELECT AgentMessageCount, EndUserMessageCount FROM MessagingSession')
      expect(org.window.from).toBe('2026-10-01T00:00:00.000Z')
      return rows.reduce(
        (total, row) => total + Number(row['AgentMessageCount']) + Number(row['EndUserMessageCount']),
        0,
      )
    }
    const calm = await withOrg('calm', sum)
    expect(await withOrg('missing-entries', sum)).toBe(calm + 3)
  })

  test('sessions of no conversation', async () => {
    await withOrg('orphan-sessions', async (_, client) => {
      const rows = await client.rows(
        'SELECT Id, StartTime, MessagingEndUserId FROM MessagingSession WHERE ConversationId = null',
      )
      expect(rows).toHaveLength(2)
    })
  })

  test('conversations whose entries share one timestamp, whole over many pages', async () => {
    await withOrg('ties', async (org, client) => {
      const entries = await client.allEntries(long(org).identifier)
      expect(new Set(entries.map((entry) => entry.transcriptedTimestamp)).size).toBe(1)
      expect(entries.map(({ identifier }) => identifier)).toEqual(long(org).held())
    })
  })
})

test('every built-in scenario says what it is, starts, and strikes where it says it does', async () => {
  for (const [name, scenario] of Object.entries(scenarios)) {
    expect(scenario.description, name).toMatch(/\S/)
    await withOrg(name, async (org) => expect(org.truth.counts(org.window).conversations, name).toBeGreaterThan(20))
  }
})

async function countsAgree(org: Org, client: TestClient): Promise<void> {
  const { identifier } = long(org)
  const rows = await client.rows(
    `SELECT AgentMessageCount, EndUserMessageCount FROM MessagingSession WHERE Conversation.ConversationIdentifier = '${identifier}'`,
  )
  const messages = [...org.truth.entries()].filter(
    (entry) => entry.conversationIdentifier === identifier && entry.isMessage,
  )
  for (const [role, field] of [
    ['Agent', 'AgentMessageCount'],
    ['EndUser', 'EndUserMessageCount'],
  ] as const) {
    expect(rows.reduce((sum, row) => sum + Number(row[field]), 0)).toBe(
      messages.filter((entry) => entry.role === role).length,
    )
  }
}
