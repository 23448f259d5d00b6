import type { Conversation } from '@custody/model'
import { type Batch, CustodyError } from '@custody/pipeline'
import { fakeClock, testSource } from '@custody/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CensusOptions, census } from './source.ts'
import { type JobOrgOptions, jobError, jobOrg, type ResultPage } from './testing/job-org.ts'
import { conversationRow, id, sessionRow, type Tables } from './testing/query-org.ts'
import { identifiersOf, inWindow, take, window } from './testing/take-census.ts'

const clock = fakeClock({ auto: true })
const always = (pageRows?: number): Partial<CensusOptions> => ({
  clock,
  bulk: { fromRows: 0, ...(pageRows !== undefined && { pageRows }) },
})

const own = inWindow(9)
const outlying = [conversationRow(10, -20, -10), conversationRow(11, 70, 80)]
const MessagingSession = [
  ...own.map((row, n) => sessionRow(n, row, 1, 2)),
  ...outlying.flatMap((row, n) => [sessionRow(20 + 2 * n, row, 1, 2), sessionRow(21 + 2 * n, row, 3, 4)]),
  sessionRow(30, null, 1, 2),
]
const tables: Tables = { Conversation: [...own, ...outlying], MessagingSession }

describe('a census by jobs', () => {
  test.each([1, 2, 3, 8, 9, 10, 10_000])('gives what one by the query resource gives, %i rows a page', async (rows) => {
    const org = jobOrg({ tables })
    const byJobs = await take(org, always(rows))
    const byQueries = await take(jobOrg({ tables }))
    expect(byJobs.batches.flatMap(({ records }) => records)).toEqual(byQueries.conversations)
    expect(byJobs.rejects).toEqual(byQueries.rejects)
    expect(byJobs.batches.at(-1)?.checkpoint).toEqual(byQueries.batches.at(-1)?.checkpoint)
    expect(org.calls.filter((call) => call.startsWith('POST'))).toHaveLength(3)
    expect(org.left()).toEqual([])
  })

  test('runs only for queries with many rows', async () => {
    const org = jobOrg({ tables })
    await take(org, { clock, bulk: { fromRows: 9 } })
    // Nine conversations, four outlying sessions, one orphan.
    expect(org.calls.filter((call) => call.startsWith('POST'))).toHaveLength(1)
    const none = jobOrg({ tables })
    await take(none, { clock, bulk: { fromRows: 10 } })
    expect(none.calls).toEqual([])
  })

  test('of nothing is empty, also where not even a header row comes', async () => {
    for (const text of [undefined, null, '']) {
      const org = jobOrg({ tables: {}, ...(text !== undefined && { spoil: () => text }) })
      expect(await take(org, always())).toMatchObject({ conversations: [], rejects: [] })
    }
  })

  test('goes on behind a checkpoint of either way by the other', async () => {
    const { batches, conversations } = await take(jobOrg({ tables }), always(3))
    const after = batches[1]?.checkpoint
    const rest = await take(jobOrg({ tables }), after && { after })
    expect([...batches.slice(0, 2).flatMap(({ records }) => records), ...rest.conversations]).toEqual(conversations)
  })

  test('waits longer and longer, up to half a minute', async () => {
    const waiting = fakeClock({ auto: true })
    const states = [...Array.from({ length: 12 }, () => 'InProgress'), 'JobComplete']
    await take(jobOrg({ tables: { Conversation: inWindow(1) }, states }), { clock: waiting, bulk: { fromRows: 1 } })
    const sleeps = waiting.sleeps()
    expect(sleeps.slice(0, 3)).toEqual([1_000, 1_500, 2_250])
    expect(sleeps.at(-1)).toBe(30_000)
  })
})

describe('a job that does not end well ends the run, and is deleted', () => {
  const failing = async (options: Partial<JobOrgOptions>, bulk: CensusOptions['bulk'] = 'always') => {
    const org = jobOrg({ tables, ...options })
    const error: unknown = await take(org, { clock, bulk }).catch((error) => error)
    expect(String(error)).not.toContain('Zaphod')
    return { org, error }
  }

  test('failed', async () => {
    const { org, error } = await failing({ states: ['Failed'], errorMessage: 'QUERY_TIMEOUT: Zaphod' })
    expect(error).toMatchObject({ code: 'CENSUS_JOB_FAILED', message: expect.stringContaining('(QUERY_TIMEOUT)') })
    expect(org.left()).toEqual([])
  })
  test('failed without a code', async () => {
    const { error } = await failing({ states: ['InProgress', 'Failed'], errorMessage: 'Zaphod BEEBLEBROX' })
    expect(error).toMatchObject({ message: 'The Bulk API job over Conversation failed.' })
  })
  test('aborted by somebody', async () => {
    const { error } = await failing({ states: ['InProgress', 'Aborted'] })
    expect(error).toMatchObject({ code: 'CENSUS_JOB_FAILED', message: expect.stringContaining('aborted') })
  })
  test('in a state nobody documents', async () => {
    const { org, error } = await failing({ states: ['InProgress', 'Zaphod'] })
    expect(error).toMatchObject({ code: 'CENSUS_JOB_MALFORMED' })
    expect(org.deletedIn).toEqual(['Aborted'])
  })
  test('never done', async () => {
    const { org, error } = await failing({ states: ['InProgress'] }, { fromRows: 0, maxJobMs: 600_000 })
    expect(error).toMatchObject({ code: 'CENSUS_JOB_TIMEOUT', message: expect.stringContaining('10 min') })
    expect(org.deletedIn).toEqual(['Aborted'])
  })
  test('done without saying how many rows it gives', async () => {
    expect((await failing({ processed: () => null })).error).toMatchObject({ code: 'CENSUS_JOB_MALFORMED' })
  })
  test('made by another version', async () => {
    const refuse: JobOrgOptions['refuse'] = ({ path }) => {
      if (path.endsWith('/results')) throw jobError(409, 'API_ERROR')
    }
    const { org, error } = await failing({ refuse })
    expect(error).toMatchObject({ code: 'CENSUS_JOB_VERSION' })
    expect(org.deletedIn).toEqual(['JobComplete'])
  })
  test('over an object that cannot be seen', async () => {
    const refuse: JobOrgOptions['refuse'] = () => {
      throw jobError(400, 'INVALID_TYPE')
    }
    expect((await failing({ refuse })).error).toMatchObject({ code: 'CENSUS_OBJECT_NOT_VISIBLE' })
  })
  test('that is no job', async () => {
    const refuse: JobOrgOptions['refuse'] = ({ parse }) => parse({ id: '../x', state: 7 }, { status: 200, headers: {} })
    expect((await failing({ refuse })).error).toMatchObject({ code: 'CENSUS_JOB_MALFORMED' })
  })

  test('deletion may fail without a word', async () => {
    const refuse: JobOrgOptions['refuse'] = ({ method }) => {
      if (method === 'DELETE') throw jobError(500, 'UNKNOWN_EXCEPTION')
    }
    const { rejects, conversations } = await take(jobOrg({ tables, refuse }), always())
    expect(conversations).toHaveLength(11)
    expect(rejects).toHaveLength(1)
  })

  test('when the run is stopped while it is waited for', async () => {
    const stop = new AbortController()
    const org = jobOrg({
      tables,
      states: ['InProgress'],
      refuse: ({ method }, n) => method === 'GET' && n > 3 && stop.abort(new Error('enough')),
    })
    const batches = census({ org, window, clock, bulk: 'always' })({ signal: stop.signal })
    await expect(batches.next()).rejects.toThrow('enough')
    expect(org.deletedIn).toEqual(['Aborted'])
  })

  test('when the run is left between two pages', async () => {
    const org = jobOrg({ tables })
    for await (const _ of census({ org, window, ...always(2) })()) break
    expect(org.deletedIn).toEqual(['JobComplete'])
  })
})

describe('result pages', () => {
  test('go on in a new job behind the last row when the job is gone', async () => {
    let gone = false
    const refuse: JobOrgOptions['refuse'] = ({ path, query }) => {
      if (!gone && path.endsWith('/results') && query?.['locator'] !== undefined) {
        gone = true
        throw jobError(404, 'NOT_FOUND')
      }
    }
    const org = jobOrg({ tables, refuse })
    const { conversations } = await take(org, always(4))
    expect(conversations).toEqual((await take(jobOrg({ tables }))).conversations)
    expect(org.calls.filter((call) => call.startsWith('POST'))).toHaveLength(4)
  })

  test.each<[string, (page: ResultPage) => ResultPage | string | null, string]>([
    ['no locator', (page) => ({ ...page, locator: undefined }), 'whether more'],
    ['an empty locator', (page) => ({ ...page, locator: '' }), 'whether more'],
    ['no number of rows', (page) => ({ ...page, records: undefined }), 'how many'],
    ['a number that is none', (page) => ({ ...page, records: '9 ' }), 'how many'],
    ['a row too few', (page) => ({ ...page, rows: page.rows.slice(1) }), 'announces 9 rows and holds 8'],
    ['a row too many', (page) => ({ ...page, records: '8' }), 'announces 8 rows and holds 9'],
    ['nothing', () => null, 'no text'],
    ['no text', () => '', 'no header'],
    ['no header', ({ rows }) => `${rows.map((cells) => cells.join(',')).join('\n')}\n`, 'header'],
    ['another header', (page) => ({ ...page, header: page.header.with(1, 'Zaphod') }), 'header'],
    ['a column twice', (page) => ({ ...page, header: page.header.with(1, 'Id') }), 'header'],
    [
      'a column more',
      ({ header, rows, ...page }) => ({
        ...page,
        header: [...header, 'Id'],
        rows: rows.map((cells) => [...cells, 'Zaphod']),
      }),
      'header',
    ],
    ['a row cut short', ({ header }) => `${header.join(',')}\nZaphod,x\n`, 'no CSV (CSV_'],
    ['a quote left open', ({ header }) => `${header.join(',')}\n"Zaphod`, 'no CSV (CSV_'],
    ['a row without id', (page) => ({ ...page, rows: page.rows.map((cells) => cells.with(0, '')) }), 'row 1'],
  ])('that are none end the run: %s', async (_, spoil, place) => {
    const error: unknown = await take(jobOrg({ tables, spoil }), always()).catch((error) => error)
    expect(error).toMatchObject({ code: 'CENSUS_PAGE_MALFORMED', message: expect.stringContaining(place) })
    expect(String(error)).not.toContain('Zaphod')
  })

  test('may have their columns in another order, and a mark at their beginning', async () => {
    const spoil = (page: ResultPage): string =>
      `\uFEFF${[page.header, ...page.rows].map((cells) => cells.toReversed().join(',')).join('\r\n')}\r\n`
    const { conversations } = await take(jobOrg({ tables, spoil }), always(4))
    expect(conversations).toEqual((await take(jobOrg({ tables }))).conversations)
  })

  test('that lead back end the run', async () => {
    const spoil = (page: ResultPage): ResultPage => ({ ...page, locator: 'MA==' })
    await expect(take(jobOrg({ tables, spoil }), always(4))).rejects.toMatchObject({ code: 'CENSUS_PAGE_MALFORMED' })
  })

  test('too large to hold are asked for in parts', async () => {
    const asked: unknown[] = []
    const refuse: JobOrgOptions['refuse'] = ({ path, query }) => {
      if (!path.endsWith('/results')) return
      asked.push(query?.['maxRecords'])
      if (Number(query?.['maxRecords']) > 2) throw new CustodyError('HTTP_BODY_TOO_LARGE', 'Too large.')
    }
    const { conversations } = await take(jobOrg({ tables, refuse }), always(20))
    expect(conversations).toEqual((await take(jobOrg({ tables }))).conversations)
    expect(asked.slice(0, 4)).toEqual([20, 5, 2, 2])
    const never: JobOrgOptions['refuse'] = ({ path }) => {
      if (path.endsWith('/results')) throw new CustodyError('HTTP_BODY_TOO_LARGE', 'Too large.')
    }
    await expect(take(jobOrg({ tables, refuse: never }), always())).rejects.toMatchObject({
      code: 'HTTP_BODY_TOO_LARGE',
    })
  })

  test('keep text as it is: quotes, commas, line breaks, what looks like a formula', async () => {
    const name = 'a "quoted", text\nover lines, =1+1, O\u2019Neil'
    const rows = [conversationRow(1, 0, 10, { ConversationIdentifier: name })]
    const { identifiers } = await take(jobOrg({ tables: { Conversation: rows } }), always())
    expect(identifiers).toEqual([name])
  })
})

describe('a lossy org never passes for a complete one', () => {
  const rows = inWindow(12)
  const lossy = async (options: Partial<JobOrgOptions>): Promise<void> => {
    const org = jobOrg({ tables: { Conversation: rows }, ...options })
    const outcome = await take(org, always(4)).catch((error: unknown) => error)
    if (typeof outcome === 'object' && outcome !== null && 'identifiers' in outcome && 'rejects' in outcome) {
      const { identifiers, rejects } = outcome as Awaited<ReturnType<typeof take>>
      const whole = identifiersOf(rows).every((identifier) => identifiers.includes(String(identifier)))
      expect(whole || rejects.some(({ code }) => code === 'CENSUS_SHORT')).toBe(true)
    } else expect(outcome).toMatchObject({ code: expect.stringMatching(/^CENSUS_/) })
    expect(org.left()).toEqual([])
  }
  const lost = fc.uniqueArray(fc.nat({ max: 11 }), { minLength: 1 })
  const gone = (places: readonly number[]): ReadonlySet<unknown> => new Set(places.map((place) => rows[place]?.['Id']))

  test('whichever rows its pages lose, whatever it says of their number', async () => {
    const says = fc.constantFrom('before', 'after')
    await fc.assert(
      fc.asyncProperty(lost, says, says, async (places, perPage, inAll) => {
        const ids = gone(places)
        await lossy({
          spoil: (page) => {
            const kept = page.rows.filter(([id]) => !ids.has(id))
            return { ...page, rows: kept, records: perPage === 'before' ? page.records : String(kept.length) }
          },
          processed: (count) => (inAll === 'before' ? count : Math.max(0, count - places.length)),
        })
      }),
    )
  })

  test('whichever page it calls the last, whatever number of rows it claims', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.nat({ max: 12 }), async (last, claimed) => {
        await lossy({
          spoil: (page, n) => (n >= last ? { ...page, locator: 'null' } : page),
          processed: (count) => Math.min(count, claimed),
        })
      }),
    )
  })

  test('whichever page comes in place of which', async () => {
    const place = fc.integer({ min: 1, max: 3 })
    await fc.assert(
      fc.asyncProperty(place, place, async (wrong, instead) => {
        const seen: ResultPage[] = []
        await lossy({
          spoil: (page, n) => {
            seen[n] = page
            const other = seen[instead]
            return n === wrong && other ? { ...page, rows: other.rows, records: other.records } : page
          },
        })
      }),
    )
  })
})

test.each([{ fromRows: -1 }, { fromRows: 1.5 }, { pageRows: 0 }, { maxJobMs: 0 }])('%j is refused', (bulk) => {
  expect(() => census({ org: jobOrg({ tables }), window, bulk })).toThrow(
    expect.objectContaining({ code: 'CENSUS_BULK' }),
  )
})

test('a client that can only GET is refused', () => {
  const { getJson } = jobOrg({ tables })
  expect(() => census({ org: { getJson }, window, bulk: 'always' })).toThrow(
    expect.objectContaining({ code: 'CENSUS_BULK', kind: 'usage' }),
  )
})

describe('the contract of a source', () => {
  const make =
    (after?: Batch<Conversation>['checkpoint']) => (outside: { call(signal?: AbortSignal): Promise<void> }) =>
      census({
        org: jobOrg({ tables, wait: (signal) => outside.call(signal) }),
        window,
        ...always(4),
        clock: fakeClock({ auto: true }),
        ...(after && { after }),
      })
  testSource<Conversation>({
    test,
    source: make(),
    resume: (outside, after) => make(after)(outside),
    idOf: ({ identifier }) => identifier,
    expected: [...[0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11].map((n) => `conversation-${n}`), id('0Mw', 30)],
  })
})
