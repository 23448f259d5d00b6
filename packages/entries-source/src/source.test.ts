import { HttpStatusError, type OrgClient } from '@custody/http'
import type { Conversation, Window } from '@custody/model'
import { type Batch, CustodyError } from '@custody/pipeline'
import { testStage } from '@custody/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type EntriesOptions, entries, readEntries } from './source.ts'
import {
  conversation,
  type EntryRequest,
  entryServer,
  history,
  openBudget,
  origin,
  wireEntry,
} from './testing/entry-server.ts'

const window: Window = { from: '2026-10-01T00:00:00.000Z', to: '2026-10-01T00:01:00.000Z' }

async function run(
  records: readonly Conversation[],
  options: Partial<EntriesOptions> & { readonly org: OrgClient },
): Promise<Batch<Conversation>> {
  const stage = entries({ window, activeConversations: openBudget(), concurrency: 1, ...options })
  const source = (async function* () {
    yield { records, rejects: [] }
  })()
  for await (const batch of stage(source)) return batch
  throw new Error('No batch')
}

function httpError(status: number, retryable = false): HttpStatusError {
  return new HttpStatusError({
    status,
    endpoint: 'conversation-entries',
    errorCode: null,
    retryAfterMs: null,
    retryable,
    attempt: 1,
  })
}

const limitOfTheDay = new HttpStatusError({
  status: 403,
  endpoint: 'conversation-entries',
  errorCode: 'REQUEST_LIMIT_EXCEEDED',
  retryAfterMs: null,
  retryable: true,
  attempt: 1,
})

/** An org that fails for the conversations it has an error for. */
function failing(errorFor: (identifier: string) => Error | null): OrgClient {
  return entryServer({
    held: () => history(0),
    answer: (document, _, { conversationIdentifier }) => {
      const error = errorFor(conversationIdentifier)
      if (error) throw error
      return document
    },
  })
}

const many = (count: number): readonly Conversation[] =>
  Array.from({ length: count }, (_, index) => conversation(`c${index}`))

describe('what is kept of a conversation', () => {
  test('is what lies in the window, while all of it is read and counted', async () => {
    const held = history(-1, 0, 59_999, 60_000)
    const org = entryServer({ held: () => held })
    const { records } = await run([conversation('c')], { org })
    expect(records[0]?.entries.map(({ entryId }) => entryId)).toEqual(['e1', 'e2'])
    expect(records[0]).toMatchObject({
      continuedBefore: true,
      continuesAfter: true,
      delivered: { entries: 4, entriesInWindow: 2, agentMessages: 0, endUserMessages: 4, requests: 5 },
    })
  })

  test('does not continue where nothing does', async () => {
    const org = entryServer({ held: () => history(0, 59_999) })
    const { records } = await run([conversation('c')], { org })
    expect(records[0]).toMatchObject({ continuedBefore: false, continuesAfter: false })
  })

  test('goes on with nothing when nothing is there', async () => {
    const { records } = await run([conversation('c')], { org: entryServer({ held: () => [] }) })
    expect(records[0]).toMatchObject({ entries: [], delivered: { entries: 0, entriesInWindow: 0 } })
  })

  test('counts messages by sender, and events not at all', async () => {
    const others: Readonly<Record<string, object>> = {
      e1: { sender: { role: 'Agent' } },
      e2: { sender: { role: 'Chatbot' } },
      e3: { entryType: 'ParticipantChanged', entryPayload: {} },
    }
    const org = entryServer({
      held: () => history(0, 10, 20, 30),
      answer: ({ conversationEntries }) => ({
        conversationEntries: (conversationEntries as { identifier: string }[]).map((entry) => ({
          ...entry,
          ...others[entry.identifier],
        })),
      }),
    })
    const { records } = await run([conversation('c')], { org })
    expect(records[0]?.delivered).toMatchObject({ entries: 4, agentMessages: 1, endUserMessages: 1 })
  })

  test('does not depend on the order it comes in', async () => {
    const held = history(0, 10, 10, 20)
    const inOrder = await run([conversation('c')], { org: entryServer({ held: () => held }) })
    const org = entryServer({ held: () => held, order: 'newest-first' })
    expect((await run([conversation('c')], { org })).records[0]?.entries).toEqual(inOrder.records[0]?.entries)
  })
})

describe('what is asked', () => {
  test('never is the window', async () => {
    const org = entryServer({ held: () => history(0), tokens: true })
    await run([conversation('c')], { org })
    const first = org.requests[0]
    expect(first).toMatchObject({ conversationIdentifier: 'c', recordLimit: 1000 })
    expect([first?.startTimestamp, first?.endTimestamp, first?.pageToken]).toEqual([undefined, undefined, undefined])
  })

  test('enters the budget before every request', async () => {
    const activeConversations = openBudget()
    const org = entryServer({ held: () => history(0, 10, 20), tokens: true })
    await run([conversation('a', 2), conversation('b')], { org, activeConversations, recordLimit: 2 })
    expect(activeConversations.entered).toEqual(org.requests.map((request) => request.conversationIdentifier))
  })

  test('is one small page in a run to learn of tokens, also with many lanes', async () => {
    const org = entryServer({ held: () => history(0, 10, 20), tokens: true })
    const { records } = await run(
      many(20).map(({ identifier }) => conversation(identifier, 3)),
      { org, concurrency: 8 },
    )
    expect(org.requests.filter(({ recordLimit }) => recordLimit === 1)).toHaveLength(1)
    expect(org.requests).toHaveLength(21)
    expect(records.every((record) => record.entries.length === 3)).toBe(true)
  })

  test('is asked of another conversation when the first cannot tell', async () => {
    const org = entryServer({
      held: () => history(0, 10),
      tokens: true,
      answer: (document, _, { conversationIdentifier }) => {
        if (conversationIdentifier === 'a') throw httpError(404)
        return document
      },
    })
    await run([conversation('a', 2), conversation('b', 2), conversation('c', 2)], { org })
    expect(org.requests.map(({ recordLimit }) => recordLimit)).toEqual([1, 1, 1000, 1000])
  })

  test('uses other names where they are given', async () => {
    const { defaultWire } = await import('./wire.ts')
    const asked: unknown[] = []
    const org: OrgClient = {
      async getJson({ path, query, parse }) {
        asked.push({ path, query })
        return parse({ items: [], next: null }, { status: 200, headers: {} })
      },
    }
    const wire = {
      ...defaultWire,
      path: '/elsewhere',
      parameters: { ...defaultWire.parameters, conversation: 'id', recordLimit: 'limit' },
      page: { entries: 'items', nextPageToken: 'next' },
    }
    await run([conversation('c')], { org, wire })
    expect(asked[0]).toMatchObject({ path: '/elsewhere', query: { id: 'c', limit: 1000 } })
  })
})

describe('a conversation that cannot be had', () => {
  test.each([
    [404, 'ENTRIES_NOT_FOUND'],
    [400, 'ENTRIES_REFUSED'],
    [423, 'ENTRIES_REFUSED'],
  ])('is refused after a %i', async (status, code) => {
    const org = failing((identifier) => (identifier === 'c1' ? httpError(status) : null))
    const { records, rejects } = await run(many(3), { org })
    expect(records.map(({ identifier }) => identifier)).toEqual(['c0', 'c2'])
    expect(rejects).toMatchObject([{ stage: 'entries', code, subject: { type: 'Conversation', id: 'c1' } }])
  })

  test('is refused when its page is too large', async () => {
    const org = failing(() => new CustodyError('HTTP_BODY_TOO_LARGE', 'too large'))
    expect((await run(many(1), { org })).rejects).toMatchObject([{ code: 'ENTRIES_PAGE_TOO_LARGE' }])
  })

  test('is refused when it stays unavailable; four in a row are, the fifth ends the run', async () => {
    const down = (from: number, to: number) =>
      failing((identifier) =>
        Number(identifier.slice(1)) >= from && Number(identifier.slice(1)) <= to ? httpError(503, true) : null,
      )
    const { records, rejects } = await run(many(10), { org: down(2, 5) })
    expect(records).toHaveLength(6)
    expect(rejects.map(({ code }) => code)).toEqual(Array(4).fill('ENTRIES_UNAVAILABLE'))
    await expect(run(many(10), { org: down(2, 6) })).rejects.toMatchObject({ code: 'HTTP_503' })
  })

  test('ends the run when none of the first 25 can be had, and not when one could', async () => {
    const org = failing((identifier) => (identifier === 'c3' ? null : httpError(404)))
    expect((await run(many(100), { org })).rejects).toHaveLength(99)
    expect((await run(many(24), { org: failing(() => httpError(404)) })).rejects).toHaveLength(24)
    await expect(run(many(25), { org: failing(() => httpError(404)) })).rejects.toMatchObject({
      code: 'ENTRIES_NOT_FOUND',
    })
  })

  test('is refused when it is forbidden; five in a row end the run', async () => {
    const org = failing((identifier) => (identifier === 'c0' ? httpError(403) : null))
    expect((await run(many(3), { org })).rejects).toMatchObject([{ code: 'ENTRIES_FORBIDDEN', subject: { id: 'c0' } }])
    await expect(run(many(5), { org: failing(() => httpError(403)) })).rejects.toMatchObject({ kind: 'sign-in' })
  })

  test.each([
    ['a 401', httpError(401)],
    ['signing in fails', new CustodyError('AUTH_REFUSED', 'no', { kind: 'sign-in' })],
    ['the limit of the day', limitOfTheDay],
    ['a floor of the org that is reached', new CustodyError('FLOOR', 'no', { kind: 'refused', retryable: true })],
    ['a limiter that is out of order', new CustodyError('LIMITS_BUSY', 'no', { retryable: true })],
    ['a failure of another kind', new Error('bug')],
  ])('ends the run: %s', async (_, error) => {
    await expect(run(many(1), { org: failing(() => error) })).rejects.toBe(error)
  })

  test('is not refused when the run was aborted: whatever failed, the reason of the signal counts', async () => {
    const stop = new AbortController()
    const org = failing(() => {
      stop.abort(new Error('stopped'))
      return httpError(503, true)
    })
    const read = readEntries({ org, window, activeConversations: openBudget() })
    await expect(read(conversation('c'), stop.signal)).rejects.toThrow('stopped')
  })

  test('is thrown by the reader of single conversations, with the same code', async () => {
    const read = readEntries({ org: failing(() => httpError(404)), window, activeConversations: openBudget() })
    await expect(read(conversation('c'))).rejects.toMatchObject({ code: 'ENTRIES_NOT_FOUND', cause: httpError(404) })
  })
})

describe('a page that is none', () => {
  const odd = { error: 'Zaphod Beeblebrox' }

  /** An org that gives a page that is none at the requests named. */
  const oddAt = (isOdd: (identifier: string, n: number) => boolean) =>
    entryServer({
      held: () => history(0, 10),
      tokens: true,
      answer: (document, n, { conversationIdentifier }) => (isOdd(conversationIdentifier, n) ? odd : document),
    })

  test.each([1, 2])('%i times in a row is asked for again, and nothing is lost', async (times) => {
    // The first request is the probe for tokens.
    const org = oddAt((_, n) => n > 1 && n <= 1 + times)
    const { records, rejects } = await run([conversation('c', 2)], { org })
    expect(records).toMatchObject([{ delivered: { entries: 2, requests: 2 + times } }])
    expect(rejects).toEqual([])
  })

  test.each([null, [], {}, odd, { conversationEntries: {} }, { conversationEntries: [], nextPageToken: 7 }])(
    'three times in a row refuses the conversation: %j',
    async (document) => {
      const org = entryServer({
        held: () => history(0),
        tokens: true,
        answer: (good, _, { conversationIdentifier }) => (conversationIdentifier === 'c1' ? document : good),
      })
      const { records, rejects } = await run(many(3), { org })
      expect(records.map(({ identifier }) => identifier)).toEqual(['c0', 'c2'])
      expect(rejects).toMatchObject([{ code: 'ENTRIES_PAGE_MALFORMED', subject: { type: 'Conversation', id: 'c1' } }])
      expect(org.requests.filter(({ conversationIdentifier }) => conversationIdentifier === 'c1')).toHaveLength(3)
    },
  )

  test('ends the run once five conversations in a row have it', async () => {
    const { rejects } = await run(many(10), { org: oddAt((id) => id >= 'c2' && id <= 'c5') })
    expect(rejects).toHaveLength(4)
    const error: unknown = await run(many(10), { org: oddAt((id) => id >= 'c2' && id <= 'c6') }).catch((error) => error)
    expect(error).toMatchObject({
      code: 'ENTRIES_PAGE_MALFORMED',
      message: expect.stringContaining('Answer 3 for conversation c6 is no page of entries'),
    })
    expect(`${error} ${JSON.stringify(error)}`).not.toContain('Zaphod')
  })

  test('counts among the first 25 of which none could be had', async () => {
    const org = entryServer({
      held: () => [],
      answer: (_, __, { conversationIdentifier }) => {
        if (Number(conversationIdentifier.slice(1)) % 2 === 0) return odd
        throw httpError(404)
      },
    })
    expect((await run(many(24), { org })).rejects).toHaveLength(24)
    await expect(run(many(25), { org })).rejects.toMatchObject({ code: 'ENTRIES_PAGE_MALFORMED' })
  })

  test('in the probe for tokens is asked for again too', async () => {
    const org = oddAt((_, n) => n === 1)
    expect((await run([conversation('c', 2)], { org })).records).toHaveLength(1)
    expect(org.requests.map(({ recordLimit }) => recordLimit)).toEqual([1, 1, 1000])
  })

  test('is thrown by the reader of single conversations, with the same code', async () => {
    const read = readEntries({ org: oddAt(() => true), window, activeConversations: openBudget() })
    await expect(read(conversation('c'))).rejects.toMatchObject({ code: 'ENTRIES_PAGE_MALFORMED', kind: 'failure' })
  })
})

describe('an entry that is none', () => {
  const page = (...extra: readonly unknown[]): OrgClient =>
    entryServer({
      held: () => history(0, 10),
      answer: ({ conversationEntries }) => ({ conversationEntries: [...conversationEntries, ...extra] }),
    })

  test('stays out and is recorded once, however often it comes', async () => {
    const { records, rejects } = await run([conversation('c')], {
      org: page({ entryType: 'Message', secret: 'Zaphod' }, { identifier: 'e9' }, 7),
    })
    expect(records[0]?.entries).toHaveLength(2)
    expect(records[0]?.delivered?.requests).toBeGreaterThan(1)
    const within = { type: 'Conversation', id: 'c' }
    expect(rejects).toMatchObject([
      { code: 'ENTRY_MALFORMED', subject: { type: 'ConversationEntry', id: null }, within },
      { code: 'ENTRY_WITHOUT_TIMESTAMP', subject: { type: 'ConversationEntry', id: 'e9' }, within },
      { code: 'ENTRY_MALFORMED', subject: { type: 'ConversationEntry', id: null }, within },
    ])
    expect(JSON.stringify(rejects)).not.toContain('Zaphod')
  })

  test('without a server time goes by the sender’s clock, and the conversation says so once', async () => {
    const { records, rejects } = await run([conversation('c')], {
      org: page({ identifier: 'x1', clientTimestamp: origin + 5 }, { identifier: 'x2', clientTimestamp: origin + 6 }),
    })
    expect(records[0]?.entries.map(({ entryId }) => entryId)).toEqual(['e0', 'x1', 'x2', 'e1'])
    expect(rejects).toMatchObject([
      {
        code: 'ENTRY_TIME_BY_SENDER',
        subject: { id: 'x1' },
        within: { id: 'c' },
        message: expect.stringContaining('2 of'),
      },
    ])
  })

  test('without a server time gives way to a copy with one', async () => {
    const { records, rejects } = await run([conversation('c')], {
      org: page({ identifier: 'x1', clientTimestamp: origin - 5 }, wireEntry({ id: 'x1', at: origin + 5 })),
    })
    expect(records[0]?.entries.map(({ sentAt }) => sentAt)).toContain('2026-10-01T00:00:00.005Z')
    expect(rejects.map(({ code }) => code)).toEqual(['ENTRY_CONFLICT'])
  })

  test('is forgotten when a whole copy of it comes', async () => {
    const { records, rejects } = await run([conversation('c')], {
      org: page({ identifier: 'e9' }, wireEntry({ id: 'e9', at: origin })),
    })
    expect(records[0]?.entries.map(({ entryId }) => entryId)).toContain('e9')
    expect(rejects).toEqual([])
  })

  test('with two contents keeps the one of the later server time, in whichever order they come', async () => {
    const early = { ...wireEntry({ id: 'e9', at: origin + 1 }), senderDisplayName: 'early' }
    const late = { ...wireEntry({ id: 'e9', at: origin + 2 }), senderDisplayName: 'late' }
    for (const copies of [
      [early, late],
      [late, early],
      [early, late, early],
    ]) {
      const { records, rejects } = await run([conversation('c')], { org: page(...copies) })
      const kept = records[0]?.entries.filter(({ entryId }) => entryId === 'e9')
      expect(kept).toMatchObject([{ sender: { displayName: 'late' } }])
      expect(rejects).toMatchObject([{ code: 'ENTRY_CONFLICT', subject: { type: 'ConversationEntry', id: 'e9' } }])
    }
  })

  test('with two contents of one time keeps the same one in every run', async () => {
    const one = { ...wireEntry({ id: 'e9', at: origin }), senderDisplayName: 'one' }
    const other = { ...wireEntry({ id: 'e9', at: origin }), senderDisplayName: 'two' }
    const there = await run([conversation('c')], { org: page(one, other) })
    const back = await run([conversation('c')], { org: page(other, one) })
    expect(there.records[0]?.entries).toEqual(back.records[0]?.entries)
  })
})

describe('options', () => {
  const options = { org: failing(() => null), window, activeConversations: openBudget() }
  test.each([
    [{ recordLimit: 0 }, 'ENTRIES_RECORD_LIMIT'],
    [{ recordLimit: 1001 }, 'ENTRIES_RECORD_LIMIT'],
    [{ recordLimit: 1.5 }, 'ENTRIES_RECORD_LIMIT'],
    [{ window: { from: window.to, to: window.from } }, 'ENTRIES_WINDOW'],
    [{ window: { from: window.from, to: window.from } }, 'ENTRIES_WINDOW'],
    [{ window: { from: '2026-10-01', to: window.to } }, 'ENTRIES_WINDOW'],
    [{ concurrency: 0 }, 'STAGE_CONCURRENCY'],
  ])('%j are refused before any request', (wrong, code) => {
    expect(() => entries({ ...options, ...wrong })).toThrow(expect.objectContaining({ code, kind: 'usage' }))
  })
})

describe('the contract of a stage', () => {
  testStage<Conversation, Conversation>({
    test,
    stage: (outside) =>
      entries({
        org: entryServer({ held: () => history(0, 10), tokens: true, wait: (signal) => outside.call(signal) }),
        window,
        activeConversations: { enter: (_, signal) => outside.call(signal).then(() => 0) },
        concurrency: 3,
      }),
    records: fc.uuid().map((id) => conversation(id)),
    idOf: ({ identifier }) => identifier,
    idsOf: ({ identifier }) => [identifier],
  })
})

describe('a page token that the org refuses', () => {
  const held = history(0, 10, 20, 30, 40, 50)

  /** An org of pages of two that refuses what `refuses` names, and remembers which requests had to be fresh. */
  function pagedOrg(refuses: (request: EntryRequest, n: number) => number | null) {
    const fresh: boolean[] = []
    const org = entryServer({
      held: () => held,
      tokens: true,
      cap: 2,
      answer: (document, n, request) => {
        const status = refuses(request, n)
        if (status !== null) throw httpError(status)
        return document
      },
    })
    const asking: OrgClient = {
      getJson(request) {
        fresh.push(request.fresh ?? false)
        return org.getJson(request)
      },
    }
    return { org: asking, requests: org.requests, fresh }
  }
  const allIds = held.map(({ id }) => id)

  test.each([400, 403, 404, 410])('by %i has the conversation read from its start again, anew', async (status) => {
    let refused = false
    const { org, fresh } = pagedOrg(({ pageToken }) => {
      if (pageToken !== 't4' || refused) return null
      refused = true
      return status
    })
    const { records, rejects } = await run([conversation('c')], { org })
    expect(records[0]?.entries.map(({ entryId }) => entryId)).toEqual(allIds)
    expect(records[0]?.delivered).toMatchObject({ entries: 6, endUserMessages: 6, requests: 6 })
    expect(rejects).toEqual([])
    expect(fresh).toEqual([false, false, false, true, true, true])
  })

  test('for good refuses the conversation, after one more try', async () => {
    const { org, fresh } = pagedOrg(({ pageToken }) => (pageToken === 't2' ? 400 : null))
    const { records, rejects } = await run([conversation('c')], { org })
    expect(records).toEqual([])
    expect(rejects).toMatchObject([{ code: 'ENTRIES_REFUSED' }])
    expect(fresh).toEqual([false, false, true, true])
  })

  test('and one that leads back to the start has it read again too', async () => {
    const { org, fresh } = pagedOrg(() => null)
    let n = 0
    const leading: OrgClient = {
      getJson: (request) => {
        n += 1
        // A server that takes an old token for none.
        const { pageToken: _, ...query } = request.query ?? {}
        return org.getJson(n === 3 ? { ...request, query } : request)
      },
    }
    const { records } = await run([conversation('c')], { org: leading })
    expect(records[0]?.entries.map(({ entryId }) => entryId)).toEqual(allIds)
    expect(fresh).toEqual([false, false, false, true, true, true])
  })

  test.each([
    [401, 'the run ends'],
    [400, 'the conversation is refused'],
  ])('is not blamed for a first page that is refused (%i: %s)', async (status) => {
    const { org, requests } = pagedOrg(() => status)
    await run([conversation('c')], { org }).catch(() => undefined)
    expect(requests).toHaveLength(1)
  })
})
