import { HttpStatusError, type OrgClient } from '@custody/http'
import type { Conversation, Window } from '@custody/model'
import { type Batch, CustodyError } from '@custody/pipeline'
import { testStage } from '@custody/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readConnectEntries } from './connect.ts'
import type { ReadEntries } from './reader.ts'
import { entries, readEntries } from './source.ts'
import { connectServer } from './testing/connect-server.ts'
import { conversation, entryServer, history, openBudget, origin } from './testing/entry-server.ts'

const window: Window = { from: '2026-10-01T00:00:00.000Z', to: '2026-10-01T01:00:00.000Z' }
const activeConversations = openBudget()

const connectOrg = (before?: () => void) =>
  connectServer({
    held: () => [
      { id: 'e0', at: origin + 1, text: 'poor' },
      { id: 'e1', at: origin + 100, text: null },
    ],
    ...(before && { before }),
  })

const byConnect = (org: OrgClient): ReadEntries => readConnectEntries({ org, window, activeConversations })

/** The first way, failing for the conversations whose identifier begins with `bad`. */
function firstWay(error: Error, isBad = (identifier: string) => identifier.startsWith('bad')): OrgClient {
  return entryServer({
    held: () => history(0, 1),
    answer: (document, _, { conversationIdentifier }) => {
      if (isBad(conversationIdentifier)) throw error
      return document
    },
  })
}

async function run(
  identifiers: readonly string[],
  org: OrgClient,
  fallback?: ReadEntries,
): Promise<Batch<Conversation>> {
  const stage = entries({ org, window, activeConversations, concurrency: 1, ...(fallback && { fallback }) })
  const source = (async function* () {
    yield { records: identifiers.map((identifier) => conversation(identifier)), rejects: [] }
  })()
  for await (const batch of stage(source)) return batch
  throw new Error('No batch')
}

function httpError(status: number, retryable = false): HttpStatusError {
  return new HttpStatusError({ status, endpoint: 'x', errorCode: null, retryAfterMs: null, retryable, attempt: 1 })
}

describe('a conversation that cannot be had the first way', () => {
  test.each([
    [httpError(404), 'ENTRIES_NOT_FOUND'],
    [httpError(403), 'ENTRIES_FORBIDDEN'],
    [httpError(400), 'ENTRIES_REFUSED'],
    [httpError(500, true), 'ENTRIES_UNAVAILABLE'],
    [httpError(429, true), 'ENTRIES_UNAVAILABLE'],
    [new CustodyError('HTTP_BODY_TOO_LARGE', 'too large'), 'ENTRIES_PAGE_TOO_LARGE'],
  ])('after %s is read by the fallback, which is told within it', async (error, code) => {
    const { records, rejects } = await run(['a', 'bad', 'z'], firstWay(error), byConnect(connectOrg()))
    expect(records.map(({ entries }) => entries.map(({ source }) => source))).toEqual([
      ['conversation-data', 'conversation-data'],
      ['connect', 'connect'],
      ['conversation-data', 'conversation-data'],
    ])
    const bad = { type: 'Conversation', id: 'bad' }
    expect(rejects).toMatchObject([
      {
        stage: 'entries',
        code: 'ENTRIES_BY_FALLBACK',
        subject: bad,
        within: bad,
        message: expect.stringContaining(code),
      },
      { stage: 'entries', code: 'CONNECT_TEXT_ONLY', subject: { id: 'e1' }, within: bad },
    ])
  })

  test('counts the requests of both ways', async () => {
    const { records } = await run(['a', 'bad'], firstWay(httpError(404)), byConnect(connectOrg()))
    expect(records[1]?.delivered?.requests).toBe(1 + 3)
  })

  test('is refused without a fallback, and no other way is asked', async () => {
    const { records, rejects } = await run(['a', 'bad'], firstWay(httpError(500, true)))
    expect(records).toHaveLength(1)
    expect(rejects).toMatchObject([{ code: 'ENTRIES_UNAVAILABLE', subject: { id: 'bad' } }])
    expect(rejects[0]).not.toHaveProperty('within')
  })

  test.each([httpError(404), httpError(500, true)])(
    'is refused for the first reason when the fallback meets %s',
    async (error) => {
      const org = connectOrg(() => {
        throw error
      })
      const { records, rejects } = await run(['a', 'bad'], firstWay(httpError(400)), byConnect(org))
      expect(records.map(({ identifier }) => identifier)).toEqual(['a'])
      expect(rejects).toMatchObject([
        { code: 'ENTRIES_REFUSED', subject: { id: 'bad' }, message: expect.stringMatching(/fallback.*ENTRIES_/) },
      ])
    },
  )

  test('goes by the fallback for the reader of single conversations too', async () => {
    const codes: string[] = []
    const read = readEntries({
      org: firstWay(httpError(404)),
      window,
      activeConversations,
      fallback: byConnect(connectOrg()),
    })
    const given = await read(conversation('bad'), undefined, ({ code }) => codes.push(code))
    expect(given.entries).toHaveLength(2)
    expect(codes).toEqual(['ENTRIES_BY_FALLBACK', 'CONNECT_TEXT_ONLY'])
  })
})

describe('what is not one conversation’s own ends the run, fallback or not', () => {
  test.each([httpError(401), new CustodyError('AUTH_REFUSED', 'no', { kind: 'sign-in' })])('%s', async (error) => {
    const org = connectOrg()
    await expect(run(['bad'], firstWay(error), byConnect(org))).rejects.toBe(error)
    expect(org.requests).toEqual([])
  })

  test('five conversations in a row that stay unavailable, or are forbidden', async () => {
    for (const error of [httpError(500, true), httpError(403)]) {
      const identifiers = ['a', 'bad1', 'bad2', 'bad3', 'bad4', 'bad5']
      await expect(run(identifiers, firstWay(error), byConnect(connectOrg()))).rejects.toBe(error)
      expect((await run(identifiers.slice(0, 5), firstWay(error), byConnect(connectOrg()))).records).toHaveLength(5)
    }
  })

  test('the first 25 refused: an org that has the API switched off is not archived the poorer way', async () => {
    const identifiers = Array.from({ length: 25 }, (_, index) => `bad${index}`)
    await expect(run(identifiers, firstWay(httpError(404)), byConnect(connectOrg()))).rejects.toMatchObject({
      code: 'ENTRIES_NOT_FOUND',
    })
  })

  test('signing in by the fallback', async () => {
    const error = httpError(401)
    const org = connectOrg(() => {
      throw error
    })
    await expect(run(['a', 'bad'], firstWay(httpError(404)), byConnect(org))).rejects.toBe(error)
  })
})

describe('the contract of a stage', () => {
  testStage<Conversation, Conversation>({
    test,
    stage: (outside) =>
      entries({
        org: firstWay(httpError(404), (identifier) => identifier < '8'),
        window,
        activeConversations,
        fallback: readConnectEntries({
          org: connectServer({
            held: () => [{ id: 'e0', at: origin, text: 'x' }],
            wait: (signal) => outside.call(signal),
          }),
          window,
          activeConversations,
        }),
      }),
    records: fc.uuid().map((id) => conversation(`9${id.slice(1, 20)}${id.slice(0, 1)}${id.slice(21)}`)),
    idOf: ({ identifier }) => identifier,
    idsOf: ({ identifier }) => [identifier],
  })
})
