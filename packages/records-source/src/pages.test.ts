import { describe, expect, test } from 'vitest'
import { badRequest, id, type QueryDocument, type QueryOrgOptions, queryOrg, sessionRow } from './testing/query-org.ts'
import type { TableRow } from './testing/soql-table.ts'
import { identifiersOf, inWindow, take } from './testing/take-census.ts'

/** Leaves the pages of every other object alone. */
function onlyOf(
  object: string,
  answer: NonNullable<QueryOrgOptions['answer']>,
): NonNullable<QueryOrgOptions['answer']> {
  return (document, n, asked) =>
    asked.startsWith('/') || asked.includes(`FROM ${object} `) ? answer(document, n, asked) : document
}

/** Leaves counts alone, and counts pages only. */
function ofPages(answer: NonNullable<QueryOrgOptions['answer']>): NonNullable<QueryOrgOptions['answer']> {
  let n = 0
  return (document, _, asked) => (asked.startsWith('SELECT COUNT()') ? document : answer(document, ++n, asked))
}

describe('pages', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7])('of three give %i conversations, each once and in order', async (count) => {
    const rows = inWindow(count)
    const { identifiers, rejects } = await take(queryOrg({ tables: { Conversation: rows }, pageSize: 3 }))
    expect(identifiers).toEqual(identifiersOf(rows))
    expect(rejects).toEqual([])
  })

  test('are as large as asked for', async () => {
    const org = queryOrg({ tables: { Conversation: inWindow(450) } })
    await take(org, { pageSize: 200 })
    expect(org.asked.filter((path) => path.startsWith('/services/data/v66.0/query/01g'))).toHaveLength(2)
  })

  test('may come twice', async () => {
    const rows = inWindow(9)
    let before: readonly object[] = []
    const answer = (document: QueryDocument, _: number, asked: string): QueryDocument => {
      const records = asked.startsWith('/') ? [...before, ...document.records] : document.records
      before = document.records
      return { ...document, records }
    }
    const { identifiers, rejects } = await take(
      queryOrg({ tables: { Conversation: rows }, pageSize: 3, answer: onlyOf('Conversation', answer) }),
    )
    expect(identifiers).toEqual(identifiersOf(rows))
    expect(rejects).toEqual([])
  })

  test('go on behind the last row when the cursor is lost, however often', async () => {
    const rows = inWindow(20)
    const answer = (document: QueryDocument, _: number, asked: string): QueryDocument => {
      if (asked.startsWith('/')) throw badRequest('INVALID_QUERY_LOCATOR')
      return document
    }
    const { identifiers, rejects } = await take(queryOrg({ tables: { Conversation: rows }, pageSize: 3, answer }))
    expect(identifiers).toEqual(identifiersOf(rows))
    expect(rejects).toEqual([])
  })

  test('go on when the cursor is lost while asking again', async () => {
    const rows = inWindow(20)
    const answer = (document: QueryDocument, n: number, asked: string): QueryDocument => {
      if (asked.startsWith('/')) throw badRequest('INVALID_QUERY_LOCATOR')
      const { nextRecordsUrl: _, ...rest } = document
      return n === 1 ? { ...rest, done: true } : document
    }
    const { identifiers, rejects } = await take(
      queryOrg({ tables: { Conversation: rows }, pageSize: 3, answer: ofPages(answer) }),
    )
    expect(identifiers).toEqual(identifiersOf(rows))
    expect(rejects).toEqual([])
  })

  test('that end too early are asked for again from the last row', async () => {
    const rows = inWindow(9)
    const answer = (document: QueryDocument, n: number): QueryDocument => {
      if (n !== 1) return document
      const { nextRecordsUrl: _, ...rest } = document
      return { ...rest, done: true }
    }
    const { identifiers, rejects } = await take(
      queryOrg({ tables: { Conversation: rows }, pageSize: 3, answer: ofPages(answer) }),
    )
    expect(identifiers).toEqual(identifiersOf(rows))
    expect(rejects).toEqual([])
  })

  test('that stay short are recorded, with both numbers', async () => {
    const answer = (document: QueryDocument, _: number, asked: string): QueryDocument =>
      asked.includes('FROM Conversation WHERE') ? { ...document, records: document.records.slice(0, 7) } : document
    const { conversations, rejects } = await take(queryOrg({ tables: { Conversation: inWindow(9) }, answer }))
    // The first answer holds seven, the second question brings the last two.
    expect(conversations).toHaveLength(9)
    expect(rejects).toEqual([])

    const without = (document: QueryDocument): QueryDocument => ({
      ...document,
      records: document.records.filter((row) => !('Id' in row) || row.Id !== id('0dw', 4)),
    })
    const short = await take(queryOrg({ tables: { Conversation: inWindow(9) }, answer: without }))
    expect(short.conversations).toHaveLength(8)
    expect(short.rejects).toMatchObject([{ code: 'CENSUS_SHORT', subject: { type: 'Conversation', id: null } }])
    expect(short.rejects[0]?.message).toMatch(/counts 9 .* gave 8/)
  })

  test('that stay short are recorded for what belongs to conversations too', async () => {
    const [row] = inWindow(1)
    const MessagingSession = [1, 2, 3].map((n) => sessionRow(n, row as TableRow, 0, 10))
    const answer = (document: QueryDocument, _: number, asked: string): QueryDocument =>
      asked.includes('Status') ? { ...document, records: document.records.slice(0, -1) } : document
    const org = queryOrg({ tables: { Conversation: [row as TableRow], MessagingSession }, answer })
    const { rejects } = await take(org)
    const subject = { type: 'MessagingSession', id: null }
    expect(rejects).toMatchObject([
      { code: 'CENSUS_SHORT', subject, message: expect.stringMatching(/counts 3 .* gave 2/) },
      { code: 'CENSUS_SHORT', subject, message: expect.stringMatching(/counts 3 .* in the window; 2 /) },
    ])
  })

  test('are counted before they are read too', async () => {
    const answer = (document: QueryDocument, n: number): QueryDocument =>
      n === 1 ? document : { ...document, totalSize: 7, records: document.records.slice(0, 7) }
    const org = queryOrg({ tables: { Conversation: inWindow(9) }, answer: onlyOf('Conversation', answer) })
    expect((await take(org)).rejects).toMatchObject([
      { code: 'CENSUS_SHORT', message: expect.stringMatching(/counts 9 .* gave 7/) },
    ])
  })

  /** Serves one page in place of another, in answers along a cursor. */
  const replay = (wrong: number, instead: number): NonNullable<QueryOrgOptions['answer']> => {
    const seen: QueryDocument[] = []
    return ofPages((document, n) => {
      seen[n] = document
      return n === wrong ? { ...document, records: seen[instead]?.records ?? [] } : document
    })
  }

  test.each([
    [2, 1],
    [3, 1],
    [3, 2],
    [4, 1],
    [7, 1],
    [7, 6],
    [8, 1],
  ])('that come a second time, the %ith as the %ith, hide none', async (wrong, instead) => {
    const rows = inWindow(24)
    const org = queryOrg({ tables: { Conversation: rows }, pageSize: 3, answer: replay(wrong, instead) })
    const { identifiers, rejects } = await take(org)
    expect(identifiers).toEqual(identifiersOf(rows))
    expect(rejects).toEqual([])
  })

  test('that keep coming a second time end the run', async () => {
    let first: QueryDocument | undefined
    const answer = (document: QueryDocument, n: number): QueryDocument => {
      first ??= document
      return n < 3 ? document : { ...document, records: first.records }
    }
    const org = queryOrg({ tables: { Conversation: inWindow(24) }, pageSize: 3, answer: ofPages(answer) })
    await expect(take(org)).rejects.toMatchObject({
      code: 'CENSUS_PAGE_MALFORMED',
      message: expect.stringContaining('pages already read'),
    })
  })

  test.each([
    ['the same rows', (document: QueryDocument) => document.records],
    ['no rows', () => []],
  ])('that never end, with %s, end the run', async (_, records) => {
    let first: QueryDocument | undefined
    const answer = (document: QueryDocument, n: number): QueryDocument => {
      first ??= document
      if (n > 20) throw new Error('Asked for ever')
      return { ...first, done: false, nextRecordsUrl: `/services/data/v66.0/query/01g0-${n}`, records: records(first) }
    }
    const org = queryOrg({ tables: { Conversation: inWindow(3) }, answer: ofPages(answer) })
    await expect(take(org)).rejects.toMatchObject({ code: 'CENSUS_PAGE_MALFORMED' })
  })

  test('are counted by a question of their own', async () => {
    const answer = (document: QueryDocument, _: number, asked: string): QueryDocument =>
      asked.startsWith('SELECT COUNT() FROM Conversation') ? { ...document, totalSize: 12 } : document
    const { rejects } = await take(queryOrg({ tables: { Conversation: inWindow(9) }, answer }))
    expect(rejects).toMatchObject([{ code: 'CENSUS_SHORT', message: expect.stringMatching(/counts 12 .* gave 9/) }])
  })

  test('that fall short of what was announced are recorded, even if a count agrees with them', async () => {
    const answer = (document: QueryDocument, _: number, asked: string): QueryDocument => {
      if (asked.startsWith('SELECT COUNT()')) return { ...document, totalSize: 8 }
      const records = document.records.filter((row) => (row as { Id: string }).Id !== id('0dw', 4))
      return { ...document, records }
    }
    const org = queryOrg({ tables: { Conversation: inWindow(9) }, answer: onlyOf('Conversation', answer) })
    expect((await take(org)).rejects).toMatchObject([
      { code: 'CENSUS_SHORT', message: expect.stringMatching(/counts 9 .* gave 8/) },
    ])
  })

  test('are held to the first announcement, also when a new cursor announces less', async () => {
    const [row] = inWindow(1)
    const MessagingSession = Array.from({ length: 9 }, (_, n) => sessionRow(n, row as TableRow, 0, 10))
    const answer = (document: QueryDocument, _: number, asked: string): QueryDocument => {
      if (asked.startsWith('/')) throw badRequest('INVALID_QUERY_LOCATOR')
      const { nextRecordsUrl: __, ...rest } = document
      if (!asked.includes('Status') || !asked.includes('Id > ')) return document
      return { ...rest, done: true, totalSize: document.records.length }
    }
    const org = queryOrg({ tables: { Conversation: [row as TableRow], MessagingSession }, pageSize: 3, answer })
    const { conversations, rejects } = await take(org)
    // Three, three more announced as the last, and the rest once asked again for what is still owed.
    expect(conversations[0]?.sessions).toHaveLength(9)
    expect(rejects).toEqual([])
  })

  test('that give more than was announced are recorded', async () => {
    const answer = (document: QueryDocument, n: number): QueryDocument =>
      n === 1 ? { ...document, totalSize: 2 } : document
    const { conversations, rejects } = await take(
      queryOrg({ tables: { Conversation: inWindow(3) }, answer: ofPages(answer) }),
    )
    expect(conversations).toHaveLength(3)
    expect(rejects).toMatchObject([{ code: 'CENSUS_EXCESS' }])
  })

  test.each([
    ['null', () => null, 'the document'],
    ['no records', () => ({ totalSize: 1, done: true }), 'records'],
    ['no end', ({ records }: QueryDocument) => ({ totalSize: 9, done: false, records }), 'does not say where'],
    [
      'another origin',
      (document: QueryDocument) => ({ ...document, done: false, nextRecordsUrl: 'https://evil.example/x' }),
      'nextRecordsUrl',
    ],
    ['a row without id', (document: QueryDocument) => ({ ...document, records: [{ Name: 'Zaphod' }] }), 'row 1'],
    ['a row that is none', (document: QueryDocument) => ({ ...document, records: [7] }), 'row 1'],
    [
      'an id that is none',
      (document: QueryDocument) => ({ ...document, records: [{ Id: "' OR Name = 'Zaphod" }] }),
      'row 1',
    ],
  ])('that are none end the run: %s', async (_, answer, place) => {
    const org = queryOrg({ tables: { Conversation: inWindow(3) }, answer: ofPages((document) => answer(document)) })
    const error: unknown = await take(org).catch((error) => error)
    expect(error).toMatchObject({ code: 'CENSUS_PAGE_MALFORMED', message: expect.stringContaining(place) })
    expect(error).toMatchObject({ message: expect.stringMatching(/^Conversation, page 1 /) })
    expect(String(error)).not.toContain('Zaphod')
  })

  test('that lead back end the run', async () => {
    const path = '/services/data/v66.0/query/01g0-1'
    const answer = (document: QueryDocument, _: number, asked: string): QueryDocument =>
      asked === path || asked.includes('FROM Conversation ')
        ? { ...document, done: false, nextRecordsUrl: path }
        : document
    const org = queryOrg({ tables: { Conversation: inWindow(3) }, answer, pageSize: 1 })
    await expect(take(org)).rejects.toMatchObject({ message: expect.stringContaining('Conversation, page 2') })
  })

  test('with other errors end the run', async () => {
    const answer = (): never => {
      throw badRequest('MALFORMED_QUERY')
    }
    await expect(take(queryOrg({ tables: {}, answer }))).rejects.toMatchObject({ code: 'HTTP_400' })
  })
})
