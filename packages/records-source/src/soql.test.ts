import { soqlString } from '@custody/http'
import type { Window } from '@custody/model'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { censusQueries, planQueries, queriesByIds, toCountSoql, toSoql } from './soql.ts'
import { id } from './testing/query-org.ts'
import { parseSoql } from './testing/soql-table.ts'
import { conversationType, endUserType, maxUriBytes } from './wire.ts'

const window: Window = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }

describe('a string literal', () => {
  test.each([
    ["O'Hara", String.raw`'O\'Hara'`],
    [String.raw`a\ '`, String.raw`'a\\ \''`],
    ['a\nb\t"', String.raw`'a\nb\t\"'`],
    ['', "''"],
  ])('%j is written %s', (value, literal) => {
    expect(soqlString(value)).toBe(literal)
  })

  test('never ends before its end', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", '\\', '"', '\n', 'a', ' OR ') }), (value) => {
        expect(soqlString(value)).toMatch(/^'(?:\\.|[^'\\])*'$/)
      }),
    )
  })
})

test('the queries of a window are what a plan shows', () => {
  expect(planQueries(window)).toEqual([
    'SELECT Id, ConversationIdentifier, ConversationChannelId, StartTime, EndTime FROM Conversation WHERE ' +
      '(StartTime < 2026-11-01T00:00:00.000Z OR StartTime = null) AND (EndTime >= 2026-10-01T00:00:00.000Z OR EndTime = null) ORDER BY Id',
    'SELECT Id, ConversationId, Conversation.ConversationIdentifier, Conversation.ConversationChannelId, Conversation.StartTime, ' +
      'Conversation.EndTime FROM MessagingSession WHERE (StartTime < 2026-11-01T00:00:00.000Z OR StartTime = null) AND ' +
      '(EndTime >= 2026-10-01T00:00:00.000Z OR EndTime = null) AND (Conversation.StartTime >= 2026-11-01T00:00:00.000Z OR ' +
      'Conversation.EndTime < 2026-10-01T00:00:00.000Z) ORDER BY ConversationId, Id',
    'SELECT Id FROM MessagingSession WHERE (StartTime < 2026-11-01T00:00:00.000Z OR StartTime = null) AND ' +
      '(EndTime >= 2026-10-01T00:00:00.000Z OR EndTime = null) AND (ConversationId = null OR ' +
      'Conversation.ConversationIdentifier = null) ORDER BY Id',
  ])
})

test('a query goes on behind any row, and its count with it', () => {
  const { outlyingSessions } = censusQueries(window)
  const rows = [1, 2, 3].flatMap((conversation) =>
    [1, 2].map((session) => ({
      Id: id('0Mw', conversation * 10 + session),
      ConversationId: id('0dw', conversation),
      Conversation: { StartTime: window.to },
    })),
  )
  const after = [id('0dw', 2), id('0Mw', 21)]
  for (const soql of [toSoql(outlyingSessions, after), toCountSoql(outlyingSessions, after)]) {
    const { matches } = parseSoql(soql)
    expect(rows.filter(matches).map((row) => row.Id)).toEqual([22, 31, 32].map((n) => id('0Mw', n)))
  }
  expect(parseSoql(toSoql(outlyingSessions, null)).orderBy).toEqual(['ConversationId', 'Id'])
})

describe('queries by ids', () => {
  test.each([
    [0, []],
    [1, [1]],
    [200, [200]],
    [201, [200, 1]],
    [450, [200, 200, 50]],
  ])('take %i ids in chunks', (count, chunks) => {
    const ids = Array.from({ length: count }, (_, n) => id('0PA', n))
    const queries = queriesByIds(endUserType, 'Id', [...ids, ...ids])
    expect(queries.map(({ where }) => where.split(',').length)).toEqual(chunks)
  })

  test('stay within the length of a URI', () => {
    const ids = Array.from({ length: 200 }, (_, n) => `${n}${'é'.repeat(30)}`)
    const queries = queriesByIds(conversationType, 'Id', ids)
    expect(queries.length).toBeGreaterThan(1)
    for (const query of queries) expect(encodeURIComponent(toSoql(query, null)).length).toBeLessThanOrEqual(maxUriBytes)
    expect(queries.flatMap(({ where }) => where.match(/'[^']+'/g))).toHaveLength(200)
  })
})
