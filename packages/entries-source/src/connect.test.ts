import { HttpStatusError } from '@custody/http'
import type { Conversation, Participant, Window } from '@custody/model'
import { type Batch, CustodyError, type Reject } from '@custody/pipeline'
import { testStage } from '@custody/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ConnectEntriesOptions, connectEntries, readConnectEntries } from './connect.ts'
import { type ConnectServerOptions, connectServer, type HeldRow } from './testing/connect-server.ts'
import { conversation, openBudget, origin } from './testing/entry-server.ts'

const window: Window = { from: '2026-10-01T00:00:00.000Z', to: '2026-10-01T01:00:00.000Z' }

const rows = (length: number, row: Partial<HeldRow> = {}): readonly HeldRow[] =>
  Array.from({ length }, (_, index) => ({
    id: `e${index}`,
    at: origin + index * 100 + 1,
    text: `text ${index}`,
    ...row,
  }))

const bot: Participant = {
  role: 'bot',
  displayName: 'Helper',
  recordId: '0XxKj0000000001AAA',
  joinedAt: null,
  leftAt: null,
}

async function run(
  records: readonly Conversation[],
  options: Partial<ConnectEntriesOptions> & Pick<ConnectEntriesOptions, 'org'>,
): Promise<Batch<Conversation>> {
  const stage = connectEntries({ window, activeConversations: openBudget(), concurrency: 1, ...options })
  const source = (async function* () {
    yield { records, rejects: [] }
  })()
  for await (const batch of stage(source)) return batch
  throw new Error('No batch')
}

/** Reads one conversation from a scripted org; its code where it is refused. */
async function read(options: ConnectServerOptions, given = conversation('c'), recordLimit = 1_000) {
  const org = connectServer(options)
  const { records, rejects } = await run([given], { org, recordLimit })
  return { conversation: records[0], rejects, requests: org.requests }
}

function httpError(
  status: number,
  more: Partial<ConstructorParameters<typeof HttpStatusError>[0]> = {},
): HttpStatusError {
  const given = { status, endpoint: 'connect', errorCode: null, retryAfterMs: null, retryable: false, attempt: 1 }
  return new HttpStatusError({ ...given, ...more })
}

describe('what is asked', () => {
  test('is the whole conversation from its start, a thousand at a time, never the window', async () => {
    const { requests } = await read({ held: () => rows(3) })
    expect(requests[0]).toEqual({
      origin: 'instance',
      path: '/services/data/v66.0/connect/conversation/c/entries',
      endpoint: 'connect',
      identifier: 'c',
      affinity: 'c',
      query: { recordLimit: 1000, queryDirection: 'FromStart' },
    })
    expect(
      requests.every(({ query }) => query['queryDirection'] === 'FromStart' && query['recordLimit'] === 1000),
    ).toBe(true)
  })

  test('enters the budget of active conversations before every request', async () => {
    const activeConversations = openBudget()
    const org = connectServer({ held: () => rows(3) })
    await run([conversation('a', 3), conversation('b')], { org, activeConversations })
    expect(activeConversations.entered).toEqual(org.requests.map(({ identifier }) => identifier))
  })

  test('costs three requests for a conversation of one page', async () => {
    expect((await read({ held: () => rows(30) })).requests).toHaveLength(3)
  })

  test.each(['a/b', 'a?b#c', '%2e%2e', 'ä ü', '...', '$&', '{conversation}'])(
    'names %j in the path',
    async (identifier) => {
      const { requests, conversation: given } = await read({ held: () => rows(1) }, conversation(identifier))
      expect(new Set(requests.map((request) => request.identifier))).toEqual(new Set([identifier]))
      expect(given?.entries).toHaveLength(1)
    },
  )

  test.each(['', '.', '..', 'a\ud800'])('is nothing where no path can name it: %j', async (identifier) => {
    const { requests, rejects } = await read({ held: () => rows(1) }, conversation(identifier))
    expect(requests).toEqual([])
    expect(rejects).toMatchObject([{ code: 'ENTRIES_REFUSED', subject: { type: 'Conversation', id: identifier } }])
  })

  test.each(['66', 'v66.0', '66.0/../..', ''])('is refused for the version %j before any request', (apiVersion) => {
    const options = { org: connectServer({ held: () => [] }), window, activeConversations: openBudget(), apiVersion }
    expect(() => connectEntries(options)).toThrow(
      expect.objectContaining({ code: 'CONNECT_API_VERSION', kind: 'usage' }),
    )
  })
})

describe('the documented org, without page tokens', () => {
  test.each([0, 1, 24, 25, 26, 49, 51, 999, 1000, 1001, 2345])('gives a conversation of %i whole', async (length) => {
    const held = rows(length)
    const { conversation: given, rejects } = await read({ held: () => held })
    expect(given?.entries.map(({ entryId }) => entryId)).toEqual(held.map(({ id }) => id))
    expect(given?.delivered).toMatchObject({ entries: length, endUserMessages: length })
    expect(rejects).toEqual([])
  })

  test('gives what lies before the window too, so that a fragment does not pass for a whole', async () => {
    const held = [-5, -3, 7].map((offset, index) => ({ id: `e${index}`, at: origin + offset, text: 'x' }))
    const { conversation: given } = await read({ held: () => held })
    expect(given).toMatchObject({ continuedBefore: true, delivered: { entries: 3, entriesInWindow: 1 } })
  })

  // Every order, cut, bound and tie: whole, or refused; never part of it.
  test('gives all of it, or the conversation is refused', async () => {
    const offsets = fc.array(fc.oneof(fc.nat(40), fc.nat(4_000), fc.constant(1_000)), { maxLength: 60 })
    const orders = fc.constantFrom<(<T>(page: readonly T[]) => readonly T[])[]>(
      (page) => page,
      (page) => page.toReversed(),
      (page) => page.toSorted((a, b) => JSON.stringify(a).length - JSON.stringify(b).length),
      (page) => [...page.slice(page.length / 2), ...page.slice(0, page.length / 2)],
    )
    const outcomes = { whole: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(
        offsets,
        orders,
        fc.constantFrom('inclusive' as const, 'exclusive' as const),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 20, max: 1_000 }),
        async (offsets, present, bounds, recordLimit, cap) => {
          const held = offsets.map((offset, index) => ({ id: `e${index}`, at: origin + offset, text: `${index}` }))
          const counted = conversation('c', held.length)
          const { conversation: given, rejects } = await read(
            { held: () => held, present, bounds, cap },
            counted,
            recordLimit,
          )
          if (given === undefined) {
            expect(rejects.map(({ code }) => code)).toEqual(['ENTRIES_TIES_EXCEED_PAGE'])
            outcomes.refused += 1
          } else {
            expect(given.entries.map(({ entryId }) => entryId).toSorted()).toEqual(held.map(({ id }) => id).toSorted())
            outcomes.whole += 1
          }
        },
      ),
      { numRuns: 400 },
    )
    expect(outcomes.whole).toBeGreaterThan(50)
    expect(outcomes.refused).toBeGreaterThan(5)
  })

  test('has more equal times at a cursor than a page holds: refused, not lost', async () => {
    const held = rows(30, { at: origin + 500 })
    expect((await read({ held: () => held }, conversation('c'), 25)).rejects).toMatchObject([
      { code: 'ENTRIES_TIES_EXCEED_PAGE', subject: { id: 'c' } },
    ])
    const few = held.slice(0, 19)
    expect((await read({ held: () => few })).conversation?.entries).toHaveLength(19)
  })

  test('may gain entries while it is read', async () => {
    const held = [...rows(10)]
    const before = (_: unknown, n: number): void => {
      if (n <= 2) held.push({ id: `late${n}`, at: origin + 5_000 + n, text: 'late' })
    }
    expect((await read({ held: () => held, before })).conversation?.entries).toHaveLength(12)
  })
})

describe('an entry', () => {
  const one = async (text: string | null, more: Partial<HeldRow> = {}) => {
    const { conversation: given, rejects } = await read({ held: () => rows(1, { text, ...more }), bots: true })
    return { entry: given?.entries[0], rejects }
  }

  test('is a message of Connect, with its text decoded and what came kept', async () => {
    const { entry, rejects } = await one('I\'m <b> & "c" &lt;')
    expect(entry).toEqual({
      entryId: 'e0',
      sentAt: '2026-10-01T00:00:00.001Z',
      clientAt: '2026-09-30T23:59:59.951Z',
      kind: 'message',
      entryType: 'Message',
      sender: { role: 'end-user', appType: 'iamessage', subject: 'v2/iamessage/UNAUTH/NA/uid:1', displayName: null },
      text: 'I\'m <b> & "c" &lt;',
      content: null,
      relatedRecords: ['0MwKj000007sdiMKAQ'],
      source: 'connect',
      payload: null,
      extra: { clientDuration: 0, messageText: 'I&#39;m &lt;b&gt; &amp; &quot;c&quot; &amp;lt;' },
    })
    expect(rejects).toEqual([])
  })

  test('is not kept twice where nothing was escaped', async () => {
    expect((await one('plain')).entry?.extra).toEqual({ clientDuration: 0 })
  })

  test('has whatever was typed as its text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), async (text) => {
        expect((await one(text)).entry?.text).toBe(text)
      }),
    )
  })
})

describe('what Connect does not give', () => {
  const codes = (rejects: readonly Reject[]): readonly string[] => rejects.map(({ code }) => code)

  test('of messages that are no plain text is told once, with their number, and they count as messages', async () => {
    const held = [...rows(3), { id: 'r1', at: origin + 900, text: null }, { id: 'r2', at: origin + 901, text: '' }]
    const { conversation: given, rejects } = await read({ held: () => held })
    expect(rejects).toMatchObject([
      {
        stage: 'entries',
        code: 'CONNECT_TEXT_ONLY',
        subject: { type: 'ConversationEntry', id: 'r1' },
        within: { type: 'Conversation', id: 'c' },
        message: expect.stringContaining(' 2 '),
      },
    ])
    expect(given?.delivered?.endUserMessages).toBe(5)
    expect(given?.entries.at(-1)).toMatchObject({ entryId: 'r2', kind: 'message', text: null })
  })

  test('outside the window is no gap of it', async () => {
    const held = [
      ...rows(1),
      { id: 'r1', at: origin - 1, text: null },
      { id: 'r2', at: origin + 3_600_000, text: null },
    ]
    expect((await read({ held: () => held })).rejects).toEqual([])
  })

  test('of bots is told once where the census knows of one', async () => {
    const withBot: Conversation = { ...conversation('c'), participants: [bot, bot] }
    const held = [...rows(2), { id: 'b', at: origin + 300, text: 'hello', role: 'Chatbot' }]
    expect((await read({ held: () => held }, withBot)).rejects).toMatchObject([
      {
        code: 'CONNECT_WITHOUT_BOTS',
        subject: { type: 'ConversationParticipant', id: bot.recordId },
        within: { type: 'Conversation', id: 'c' },
      },
    ])
    expect(codes((await read({ held: () => held, bots: true }, withBot)).rejects)).toEqual([])
    expect(codes((await read({ held: () => held })).rejects)).toEqual([])
  })

  test.each([
    ['2026-10-01T01:00:00.000Z', null, []],
    ['2026-10-01T00:59:59.999Z', null, ['CONNECT_WITHOUT_BOTS']],
    [null, '2026-09-30T23:59:59.999Z', []],
    [null, '2026-10-01T00:00:00.000Z', ['CONNECT_WITHOUT_BOTS']],
  ])('of a bot there from %s to %s', async (joinedAt, leftAt, told) => {
    const given: Conversation = { ...conversation('c'), participants: [{ ...bot, joinedAt, leftAt }] }
    expect(codes((await read({ held: () => rows(1) }, given)).rejects)).toEqual(told)
  })
})

describe('a failure', () => {
  const failing = (error: Error | ((identifier: string) => Error | null)) =>
    connectServer({
      held: () => rows(1),
      before: ({ identifier }) => {
        const thrown = error instanceof Error ? error : error(identifier)
        if (thrown) throw thrown
      },
    })

  test.each([
    [httpError(404, { errorCode: 'RECORD_NOT_FOUND' }), 'ENTRIES_NOT_FOUND'],
    [httpError(400, { errorCode: 'RECORD_NOT_FOUND' }), 'ENTRIES_NOT_FOUND'],
    [httpError(400, { errorCode: 'INVALID_ID_FIELD' }), 'ENTRIES_REFUSED'],
    [httpError(403, { errorCode: 'INSUFFICIENT_ACCESS' }), 'ENTRIES_FORBIDDEN'],
    [httpError(503, { retryable: true, allowance: 'hour' }), 'ENTRIES_UNAVAILABLE'],
  ])('%s of one conversation refuses it', async (error, code) => {
    const org = failing((identifier) => (identifier === 'b' ? error : null))
    const { records, rejects } = await run([conversation('a'), conversation('b'), conversation('c')], { org })
    expect(records.map(({ identifier }) => identifier)).toEqual(['a', 'c'])
    expect(rejects).toMatchObject([{ code, subject: { type: 'Conversation', id: 'b' } }])
  })

  test.each([
    httpError(429, { retryable: true, allowance: 'day' }),
    httpError(403, { errorCode: 'REQUEST_LIMIT_EXCEEDED', retryable: true, allowance: 'day' }),
    httpError(401),
    new CustodyError('AUTH_REFUSED', 'no', { kind: 'sign-in' }),
  ])('%s is the run’s at the first conversation', async (error) => {
    await expect(run([conversation('a'), conversation('b')], { org: failing(error) })).rejects.toBe(error)
    const read = readConnectEntries({ org: failing(error), window, activeConversations: openBudget() })
    await expect(read(conversation('a'))).rejects.toBe(error)
  })

  test('of the first 25 conversations tells what to check of Connect', async () => {
    const records = Array.from({ length: 25 }, (_, index) => conversation(`c${index}`))
    await expect(run(records, { org: failing(httpError(404)) })).rejects.toMatchObject({
      code: 'ENTRIES_NOT_FOUND',
      actions: expect.arrayContaining([expect.stringContaining('Connect REST')]),
    })
  })
})

describe('the contract of a stage', () => {
  testStage<Conversation, Conversation>({
    test,
    stage: (outside) =>
      connectEntries({
        org: connectServer({ held: () => rows(2, { text: null }), wait: (signal) => outside.call(signal) }),
        window,
        activeConversations: { enter: (_, signal) => outside.call(signal).then(() => 0) },
        concurrency: 3,
      }),
    records: fc.uuid().map((id) => ({ ...conversation(id), participants: [bot] })),
    idOf: ({ identifier }) => identifier,
    idsOf: ({ identifier }) => [identifier],
  })
})
