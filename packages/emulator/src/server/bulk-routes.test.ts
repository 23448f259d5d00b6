import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmulatorOptions, type Org, startEmulator } from '../start-emulator.ts'
import { connect, type TestClient } from '../testing/client.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { withOrg } from '../testing/with-org.ts'

let org: Org
let client: TestClient
beforeAll(async () => {
  org = await startEmulator({ conversations: 300, switches: { bulkPolls: 0 } })
  client = await connect(org)
})
afterAll(() => org.close())

const jobsUrl = (of: Org, rest = '', version = 'v66.0'): string =>
  `${of.url}/services/data/${version}/jobs/query${rest}`

interface Job {
  readonly id: string
  readonly state: string
  readonly [field: string]: unknown
}

/** Sends a request to a job, or to all of them. */
async function send(of: Org, who: TestClient, method: string, rest = '', body?: unknown) {
  const response = await fetch(jobsUrl(of, rest), {
    method,
    headers: { authorization: who.authorization, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: (text ? JSON.parse(text) : undefined) as Job & { errorCode: string }[] }
}

const create = async (of: Org, who: TestClient, query: string, rest: object = {}): Promise<Job> =>
  (await send(of, who, 'POST', '', { operation: 'query', query, ...rest })).body

async function results(of: Org, who: TestClient, id: string, parameters: Record<string, string> = {}) {
  const response = await fetch(jobsUrl(of, `/${id}/results?${new URLSearchParams(parameters)}`), {
    headers: { authorization: who.authorization },
  })
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    locator: response.headers.get('sforce-locator'),
    count: Number(response.headers.get('sforce-numberofrecords')),
    text: await response.text(),
  }
}

describe('a job', () => {
  test('is told of as the guide has it', async () => {
    const query = 'SELECT Id FROM MessagingSession'
    const created = await send(org, client, 'POST', '', { operation: 'query', query })
    expect(created).toMatchObject({
      status: 200,
      body: {
        id: expect.stringMatching(/^750\w{15}$/),
        operation: 'query',
        object: 'MessagingSession',
        createdById: expect.stringMatching(/^005/),
        createdDate: expect.stringMatching(/\.\d{3}\+0000$/),
        state: 'UploadComplete',
        concurrencyMode: 'Parallel',
        contentType: 'CSV',
        apiVersion: 66,
        lineEnding: 'LF',
        columnDelimiter: 'COMMA',
      },
    })
    const { body } = await send(org, client, 'GET', `/${created.body.id}`)
    const { totalSize } = (await client.query('SELECT COUNT() FROM MessagingSession')).body
    expect(body).toMatchObject({
      jobType: 'V2Query',
      state: 'JobComplete',
      numberRecordsProcessed: totalSize,
      retries: 0,
    })
  })

  test('goes through its states by polls and by time', async () => {
    const clock = manualClock()
    await withOrg({ clock, switches: { bulkPolls: 2, bulkDurationMs: 60_000 } }, async (slow, own) => {
      const { id } = await create(slow, own, 'SELECT Id FROM User')
      const poll = async () => (await send(slow, own, 'GET', `/${id}`)).body.state
      expect((await results(slow, own, id)).status).toBe(400)
      expect([await poll(), await poll(), await poll()]).toEqual(['UploadComplete', 'InProgress', 'InProgress'])
      clock.advance(59_999)
      expect(await poll()).toBe('InProgress')
      clock.advance(1)
      expect(await poll()).toBe('JobComplete')
      clock.advance(7 * 86_400_000)
      expect((await send(slow, await connect(slow), 'GET', `/${id}`)).status).toBe(404)
    })
  })

  test('can be aborted while it runs, deleted once it has ended, and is gone then', async () => {
    await withOrg({ switches: { bulkPolls: 9 } }, async (slow, own) => {
      const { id } = await create(slow, own, 'SELECT Id FROM User')
      expect((await send(slow, own, 'DELETE', `/${id}`)).status).toBe(400)
      expect((await send(slow, own, 'PATCH', `/${id}`, { state: 'JobComplete' })).status).toBe(400)
      expect(await send(slow, own, 'PATCH', `/${id}`, { state: 'Aborted' })).toMatchObject({
        status: 200,
        body: { state: 'Aborted' },
      })
      expect((await send(slow, own, 'PATCH', `/${id}`, { state: 'Aborted' })).status).toBe(400)
      expect((await send(slow, own, 'GET', `/${id}`)).body.state).toBe('Aborted')
      expect((await results(slow, own, id)).status).toBe(400)
      expect((await send(slow, own, 'DELETE', `/${id}`)).status).toBe(204)
      expect(await send(slow, own, 'GET', `/${id}`)).toMatchObject({ status: 404, body: [{ errorCode: 'NOT_FOUND' }] })
      expect((await results(slow, own, id)).status).toBe(404)
    })
  })

  test.each(['Failed', 'Aborted'] as const)('may end %s: from its creation, or at a poll', async (state) => {
    for (const nth of [1, 3]) {
      const rules = [{ match: { endpoint: 'bulk-job', nth }, action: { type: 'job-state', state } }] as const
      await withOrg({ scenario: { rules } }, async (faulty, own) => {
        const { id } = await create(faulty, own, 'SELECT Id FROM User')
        const states = []
        for (let k = 0; k < 3; k++) states.push((await send(faulty, own, 'GET', `/${id}`)).body.state)
        expect(states).toEqual(['InProgress', state, state])
        expect((await results(faulty, own, id)).status).toBe(400)
      })
    }
  })

  test.each([
    ['SELECT COUNT() FROM User', 'API_ERROR'],
    ['SELECT Id FROM User LIMIT 5 OFFSET 1', 'API_ERROR'],
    ['SELECT COUNT(Id) FROM User', 'MALFORMED_QUERY'],
    ['SELECT Status FROM MessagingSession GROUP BY Status', 'MALFORMED_QUERY'],
    ['SELECT Id, (SELECT Id FROM MessagingSessions) FROM Conversation', 'MALFORMED_QUERY'],
    ['SELECT Id FROM Nothing', 'INVALID_TYPE'],
    ['SELECT Nothing FROM User', 'INVALID_FIELD'],
    ['SELECT Id FROM User WHERE Nothing = 1', 'INVALID_FIELD'],
  ])('%s: 400 %s', async (query, errorCode) => {
    expect(await send(org, client, 'POST', '', { operation: 'query', query })).toMatchObject({
      status: 400,
      body: [{ errorCode }],
    })
  })

  test.each([
    { query: 'SELECT Id FROM User' },
    { operation: 'insert', query: 'SELECT Id FROM User' },
    { operation: 'query' },
    { operation: 'query', query: 'SELECT Id FROM User', contentType: 'JSON' },
    { operation: 'query', query: 'SELECT Id FROM User', columnDelimiter: 'SPACE' },
  ])('%j is no job', async (body) => {
    expect((await send(org, client, 'POST', '', body)).status).toBe(400)
  })
})

describe('results', () => {
  const done = async (query: string, rest: object = {}, of = org, who = client): Promise<string> => {
    const { id } = await create(of, who, query, rest)
    expect((await send(of, who, 'GET', `/${id}`)).body.state).toBe('JobComplete')
    return id
  }

  test('are CSV with everything in quotes, columns as the query has them', async () => {
    const id = await done(
      'SELECT Name, conversation.conversationidentifier, EndTime, CaseId FROM MessagingSession LIMIT 2',
    )
    const { text, type, locator, count } = await results(org, client, id)
    expect({ type, locator, count }).toEqual({ type: 'text/csv', locator: 'null', count: 2 })
    const [head, ...rows] = text.split('\n')
    expect(head).toBe('"Name","Conversation.ConversationIdentifier","EndTime","CaseId"')
    expect(rows).toHaveLength(3)
    expect(rows[0]).toMatch(/^"MS-\d{9}","[0-9a-f-]{36}","\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",""$/)
    expect(rows[2]).toBe('')
  })

  test('keep quotes, lines and delimiters of a text in their cell', async () => {
    const id = await done('SELECT Id, Body FROM LiveChatTranscript LIMIT 3', {
      columnDelimiter: 'TAB',
      lineEnding: 'CRLF',
    })
    const { text } = await results(org, client, id)
    expect(text.startsWith('"Id"\t"Body"\r\n')).toBe(true)
    expect(text).toContain('<p align=""center"">')
  })

  test.each([
    [1, 300],
    [7, 43],
    [100, 3],
    [299, 2],
    [300, 1],
    [301, 1],
  ])('come in pages of %i: %i', async (size, pages) => {
    const id = await done('SELECT Id FROM Conversation')
    const ids: string[] = []
    let count = 0
    for (let locator: string | null = ''; locator !== 'null'; ) {
      const page = await results(org, client, id, { maxRecords: String(size), ...(locator && { locator }) })
      expect(page.status).toBe(200)
      const rows = page.text.split('\n').slice(1, -1)
      expect(page.count).toBe(rows.length)
      ids.push(...rows.map((row) => row.replaceAll('"', '')))
      locator = page.locator
      count += 1
    }
    expect(count).toBe(pages)
    const rows = await client.rows('SELECT Id FROM Conversation')
    expect(ids).toEqual(rows.map((row) => row['Id']))
  })

  test('of nothing are a header and no page more', async () => {
    const id = await done("SELECT Id FROM User WHERE Name = 'Nobody'")
    expect(await results(org, client, id)).toMatchObject({ text: '"Id"\n', locator: 'null', count: 0 })
  })

  test('never hold more than a page may', async () => {
    await withOrg({ switches: { bulkPolls: 0, bulkPageRecords: 10 } }, async (small, own) => {
      const id = await done('SELECT Id FROM Conversation', {}, small, own)
      expect(await results(small, own, id, { maxRecords: '50' })).toMatchObject({ count: 10, locator: 'MTA' })
      expect(await results(small, own, id)).toMatchObject({ count: 10 })
    })
  })

  test('asked for by another version are 409', async () => {
    const id = await done('SELECT Id FROM User')
    const url = jobsUrl(org, `/${id}/results`, 'v65.0')
    expect((await fetch(url, { headers: { authorization: client.authorization } })).status).toBe(409)
  })

  test.each([{ maxRecords: '0' }, { maxRecords: 'all' }, { locator: 'MTAwMDA' }, { locator: 'x' }])(
    '%j: 400',
    async (parameters) => {
      const id = await done('SELECT Id FROM User')
      expect((await results(org, client, id, parameters as Record<string, string>)).status).toBe(400)
    },
  )
})

describe('objects', () => {
  const describeUrl = (of: Org, rest = '') => `${of.url}/services/data/v66.0/sobjects${rest}`
  const get = async (url: string, who = client) => {
    const response = await fetch(url, { headers: { authorization: who.authorization } })
    return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> }
  }
  const namesOf = async (of: Org, who: TestClient) =>
    ((await get(describeUrl(of), who)).body['sobjects'] as { name: string }[]).map(({ name }) => name)

  test('are listed, with their fields', async () => {
    expect(await namesOf(org, client)).toEqual(
      expect.arrayContaining(['Conversation', 'MessagingSession', 'VoiceCall', 'LiveChatTranscript', 'ContentVersion']),
    )
    const { body } = await get(describeUrl(org, '/messagingsession/describe'))
    expect(body).toMatchObject({
      name: 'MessagingSession',
      keyPrefix: '0Mw',
      fields: expect.arrayContaining([
        expect.objectContaining({ name: 'Id', type: 'id' }),
        expect.objectContaining({ name: 'ConversationId', type: 'reference', referenceTo: ['Conversation'] }),
      ]),
    })
    expect((await get(describeUrl(org, '/Nothing/describe'))).status).toBe(404)
  })

  test('may be absent: from queries, jobs and describes', async () => {
    const options: EmulatorOptions = { switches: { absentObjects: ['voicecall', 'LiveChatTranscript'] } }
    await withOrg(options, async (poor, own) => {
      expect((await own.query('SELECT Id FROM VoiceCall')).body).toMatchObject([{ errorCode: 'INVALID_TYPE' }])
      const refused = await send(poor, own, 'POST', '', {
        operation: 'query',
        query: 'SELECT Id FROM LiveChatTranscript',
      })
      expect(refused).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_TYPE' }] })
      expect((await get(describeUrl(poor, '/VoiceCall/describe'), own)).status).toBe(404)
      const names = await namesOf(poor, own)
      expect(names).toContain('MessagingSession')
      expect(names.filter((name) => name === 'VoiceCall' || name === 'LiveChatTranscript')).toEqual([])
    })
  })

  test('hang together: calls with conversations, metrics with sessions that have ended', async () => {
    const calls = await client.rows('SELECT Id, ConversationId, Conversation.ConversationIdentifier FROM VoiceCall')
    expect(calls.some((call) => call['ConversationId'] === null)).toBe(true)
    const known = new Set(Array.from(org.truth.conversations(), ({ recordId }) => recordId))
    for (const { ConversationId } of calls) if (ConversationId) expect(known.has(String(ConversationId))).toBe(true)
    const { totalSize } = (await client.query('SELECT COUNT() FROM MessagingSession WHERE EndTime != null')).body
    expect((await client.query('SELECT COUNT() FROM MessagingSessionMetrics')).body.totalSize).toBe(totalSize * 2)
  })
})
