import type { Answer, JsonRequest, OrgClient } from '@custody/http'
import { expect, test } from 'vitest'
import { type JournalEvent, type JournalledOptions, journalled } from './journalled.ts'
import { type Answering, emulatedOrg } from './testing/emulated-org.ts'
import { newFile, opened } from './testing/journal-files.ts'

/** What a plain parser would change: long integers, long decimals, exponents, doubled names, escapes, spacing. */
const verbatim =
  '{ "id":12345678901234567890, "rate":0.1000000000000000055511151231257827, "big":1.50E+400,\r\n "a":1, "a":2, "t":"\\u00e9\\/é" }'

/** Keeps each number as it was written. */
const parseVerbatim = (text: string): unknown =>
  JSON.parse(text, (_, value, { source }: { source?: string } = {}) => (typeof value === 'number' ? source : value))

const entries = (query: Readonly<Record<string, string>> = {}): JsonRequest<{ document: unknown; answer: Answer }> => ({
  origin: 'api',
  path: '/entries',
  query,
  endpoint: 'conversation-entries',
  parse: (document, answer) => ({ document, answer }),
})

const options: JournalledOptions = {
  org: '00D000000000001',
  apiVersion: '66.0',
  matches: ({ endpoint }) => endpoint === 'conversation-entries',
  parseJson: parseVerbatim,
}

/** Another answer each time. */
function counting(): Answering {
  let n = 0
  return () => {
    n += 1
    return { body: JSON.stringify({ n }) }
  }
}

async function setUp(answering: Answering, changes: Partial<JournalledOptions> = {}) {
  const org = await emulatedOrg(answering, { parseJson: parseVerbatim })
  const file = newFile()
  const journal = await opened(file)
  const events: JournalEvent[] = []
  const all = { ...options, onEvent: (event: JournalEvent) => events.push(event), ...changes }
  return { org, file, journal, events, options: all, client: journalled(org.client, journal, all) }
}

test('what parse sees again after a restart is what it saw the first time, to the last digit', async () => {
  const headers = { 'x-request-id': 'abc', 'set-cookie': 'session=secret' }
  const { org, file, journal, events, options, client } = await setUp(() => ({ status: 203, headers, body: verbatim }))
  const first = await client.getJson(entries())
  expect(first.document).toMatchObject({ id: '12345678901234567890', big: '1.50E+400', a: '2', t: 'é/é' })
  await journal.close()

  const again = await opened(file)
  expect(again.opening.answers).toBe(1)
  const second = await journalled(org.client, again, options).getJson(entries())
  expect(second.document).toEqual(first.document)
  const { 'set-cookie': session, ...kept } = first.answer.headers
  expect(session).toBe('session=secret')
  expect(second.answer).toEqual({ status: 203, headers: kept })
  expect(org.asked).toEqual(['/entries'])
  expect(events).toEqual([
    { type: 'answer-keep', endpoint: 'conversation-entries', bytes: expect.any(Number) },
    { type: 'answer-replay', endpoint: 'conversation-entries', bytes: events[0]?.bytes },
  ])
})

test('an answer is durable before it is given on', async () => {
  const { org } = await setUp(() => ({ body: '{}' }))
  const steps: string[] = []
  const keeping = { get: async () => null, put: async () => void steps.push('kept') }
  await journalled(org.client, keeping, options).getJson(entries())
  steps.push('given')
  expect(steps).toEqual(['kept', 'given'])
})

test('each page is kept for itself; only those that are not there yet are asked for', async () => {
  const { org, client } = await setUp(({ url }) => ({ body: JSON.stringify({ url }) }))
  for (const pageToken of ['a', 'b', 'a', 'b', 'c']) {
    const { document } = await client.getJson(entries({ pageToken }))
    expect(document).toEqual({ url: `/entries?pageToken=${pageToken}` })
  }
  expect(org.asked.map((url) => url.at(-1))).toEqual(['a', 'b', 'c'])
})

test('an answer of another org or version is not seen', async () => {
  const { org, journal, options } = await setUp(counting())
  const ask = async (changes: Partial<JournalledOptions>): Promise<unknown> =>
    (await journalled(org.client, journal, { ...options, ...changes }).getJson(entries())).document
  expect(await ask({})).toEqual({ n: '1' })
  expect(await ask({ org: '00D000000000002' })).toEqual({ n: '2' })
  expect(await ask({ apiVersion: '67.0' })).toEqual({ n: '3' })
  expect(await ask({})).toEqual({ n: '1' })
})

test('requests that do not match, send and downloads go to the org each time', async () => {
  const { org, journal, client } = await setUp(() => ({ body: '{}' }))
  const other = { ...entries(), endpoint: 'query' }
  await client.getJson(other)
  await client.getJson(other)
  await client.send({ ...entries(), method: 'POST', body: {} })
  await client.send({ ...entries(), method: 'POST', body: {} })
  expect(org.asked).toHaveLength(4)
  expect(journal.size.answers).toBe(0)
})

test('what parse refuses is not kept, and is asked for again', async () => {
  const { org, journal, client } = await setUp(counting())
  const refusing = {
    ...entries(),
    parse: (document: unknown) => {
      if ((document as { n: string }).n === '1') throw new TypeError('no page')
      return document
    },
  }
  await expect(client.getJson(refusing)).rejects.toThrow('no page')
  expect(journal.size.answers).toBe(0)
  expect(await client.getJson(refusing)).toEqual({ n: '2' })
  expect(await client.getJson(refusing)).toEqual({ n: '2' })
  expect(org.asked).toHaveLength(2)
})

test.each([
  ['refused', 404, '{"errorCode":"NOT_FOUND"}', 'HTTP_404'],
  ['no JSON, however often it is asked for', 200, '{"cut":', 'HTTP_NOT_JSON'],
])('an answer that is %s is not kept', async (_, status, body, code) => {
  const { journal, events, client } = await setUp(() => ({ status, body }))
  await expect(client.getJson(entries())).rejects.toMatchObject({ code })
  expect(journal.size.answers).toBe(0)
  expect(events).toEqual([])
})

test('of several attempts the one that succeeded is kept', async () => {
  const bodies = ['{"cut":', '{"cut":', '{"whole":true}']
  const { org, client } = await setUp(() => ({ body: bodies.shift() ?? 'asked too often' }))
  expect((await client.getJson(entries())).document).toEqual({ whole: true })
  expect((await client.getJson(entries())).document).toEqual({ whole: true })
  expect(org.asked).toHaveLength(3)
})

test.each([
  ['nothing (204)', 204, '', null],
  ['null', 200, 'null', null],
  ['a number', 200, '12345678901234567890', '12345678901234567890'],
])('an answer of %s is one', async (_, status, body, document) => {
  const { org, client } = await setUp(() => ({ status, body }))
  expect(await client.getJson(entries())).toMatchObject({ document, answer: { status } })
  expect(await client.getJson(entries())).toMatchObject({ document, answer: { status } })
  expect(org.asked).toHaveLength(1)
})

test('a request that brings its own parser is read by it, both times', async () => {
  const { org, client } = await setUp(() => ({ body: '[1.0]' }))
  const own = { ...entries(), parseJson: (text: string) => ({ text }) }
  for (const _ of ['org', 'journal']) expect((await client.getJson(own)).document).toEqual({ text: '[1.0]' })
  expect((await client.getJson(entries())).document).toEqual(['1.0'])
  expect(org.asked).toHaveLength(1)
})

test('an answer that cannot be kept ends the call, and not as a fault of the conversation', async () => {
  const { org, journal } = await setUp(() => ({ body: '{}' }))
  const full = Object.assign(new Error('full'), { code: 'JOURNAL_DISK', retryable: false })
  const failing = { get: (id: string) => journal.get(id), put: () => Promise.reject(full) }
  await expect(journalled(org.client, failing, options).getJson(entries())).rejects.toBe(full)
})

test('who has given up gets no answer from the journal either', async () => {
  const { org, client } = await setUp(() => ({ body: '{}' }))
  await client.getJson(entries())
  const reason = new Error('stop')
  await expect(client.getJson({ ...entries(), signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  const controller = new AbortController()
  const getting = client.getJson({ ...entries(), signal: controller.signal })
  controller.abort(reason)
  await expect(getting).rejects.toBe(reason)
  expect(org.asked).toHaveLength(1)
})

test('many at once', async () => {
  const { org, journal, client } = await setUp(({ url }) => ({ body: JSON.stringify({ url }) }))
  const askAll = (): Promise<unknown[]> =>
    Promise.all(Array.from({ length: 50 }, (_, n) => client.getJson(entries({ n: String(n) }))))
  const [first, second] = [await askAll(), await askAll()]
  expect(second).toEqual(first)
  expect(org.asked).toHaveLength(50)
  expect(journal.size.answers).toBe(50)
})

test('a client that makes its documents by other means is refused: what it saw could not be given again', async () => {
  const { journal } = await setUp(() => ({ body: '{}' }))
  const answer: Answer = { status: 200, headers: {} }
  const deaf: OrgClient = { getJson: async (request) => request.parse({}, answer) }
  const silent: OrgClient = { getJson: async () => undefined as never }
  for (const client of [deaf, silent]) {
    await expect(journalled(client, journal, options).getJson(entries())).rejects.toMatchObject({
      code: 'JOURNAL_CLIENT',
      kind: 'usage',
    })
  }
  expect(journal.size.answers).toBe(0)
})

test('org and version have to be told', async () => {
  const { org, journal } = await setUp(() => ({ body: '{}' }))
  for (const empty of [{ org: '' }, { apiVersion: '' }]) {
    expect(() => journalled(org.client, journal, { ...options, ...empty })).toThrow(
      expect.objectContaining({ code: 'JOURNAL_OPTIONS', kind: 'usage' }),
    )
  }
})

test('an answer that has to be fresh is asked for, and takes the place of the one before', async () => {
  const { org, client } = await setUp(counting())
  const n = async (fresh: boolean): Promise<unknown> => {
    const { document } = await client.getJson({ ...entries(), fresh })
    return (document as { n: string }).n
  }
  expect([await n(false), await n(false), await n(true), await n(false)]).toEqual(['1', '1', '2', '2'])
  expect(org.asked).toHaveLength(2)
})
