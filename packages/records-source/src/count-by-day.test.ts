import type { OrgClient } from '@custody/http'
import { expect, test } from 'vitest'
import { countByDay } from './count-by-day.ts'
import { badRequest } from './testing/query-org.ts'

const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-10-04T00:00:00.000Z' }

function dayOrg(document: unknown): OrgClient & { asked: unknown[] } {
  const asked: unknown[] = []
  return {
    asked,
    async getJson({ query, parse }) {
      asked.push(query?.['q'])
      if (document instanceof Error) throw document
      return parse(document, { status: 200, headers: {} })
    },
  }
}

test('counts by day, in one request', async () => {
  const attributes = { type: 'AggregateResult' }
  const records = [
    { attributes, day: '2026-10-01', n: 3 },
    { attributes, day: '2026-10-03', n: 1 },
  ]
  const org = dayOrg({ totalSize: 2, done: true, records })
  expect(await countByDay({ org, window })).toEqual([
    { day: '2026-10-01T00:00:00.000Z', conversations: 3 },
    { day: '2026-10-03T00:00:00.000Z', conversations: 1 },
  ])
  expect(org.asked).toEqual([
    'SELECT DAY_ONLY(StartTime) day, COUNT(Id) n FROM Conversation WHERE StartTime >= 2026-10-01T00:00:00.000Z AND StartTime < 2026-10-04T00:00:00.000Z GROUP BY DAY_ONLY(StartTime) ORDER BY DAY_ONLY(StartTime)',
  ])
})

test.each([
  ['more pages', { done: false, records: [] }],
  ['no day', { done: true, records: [{ day: 'Thursday', n: 1 }] }],
  ['no number', { done: true, records: [{ day: '2026-10-01', n: '1' }] }],
  ['nothing', null],
])('%s ends it', async (_, document) => {
  await expect(countByDay({ org: dayOrg(document), window })).rejects.toMatchObject({ code: 'CENSUS_PAGE_MALFORMED' })
})

test('says when conversations cannot be seen, and what else went wrong', async () => {
  const of = (code: string) => countByDay({ org: dayOrg(badRequest(code)), window })
  await expect(of('INVALID_TYPE')).rejects.toMatchObject({ code: 'CENSUS_OBJECT_NOT_VISIBLE' })
  await expect(of('MALFORMED_QUERY')).rejects.toMatchObject({ code: 'HTTP_400' })
  await expect(countByDay({ org: dayOrg(null), window: { ...window, to: window.from } })).rejects.toMatchObject({
    code: 'CENSUS_WINDOW',
  })
})
