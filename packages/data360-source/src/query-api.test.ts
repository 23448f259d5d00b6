import { HttpStatusError } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import { fakeClock } from '@custody/testkit'
import { describe, expect, test } from 'vitest'
import { v2Limits } from './assumptions.ts'
import { QueryAddress } from './query-address.ts'
import { data360 } from './source.ts'
import { type FakeAnswer, type FakeCall, type FakeOptions, fakeData360, httpError } from './testing/fake-data360.ts'
import { sampleWorld } from './testing/sample-world.ts'
import { readBatch, readObjects, readPage, readStatus } from './wire.ts'

const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-10-01T01:00:00.000Z' }

/** Reads all; `between` runs after each batch, as a slow reader would. */
async function read(
  api: 'v3' | 'connect' | 'v2',
  fake: FakeOptions,
  between?: (clock: ReturnType<typeof fakeClock>) => Promise<void>,
) {
  const org = fakeData360(fake)
  const clock = fakeClock({ startAt: Date.UTC(2026, 10, 1), auto: between === undefined })
  const entries: string[] = []
  const codes: string[] = []
  for await (const batch of data360({ api, org, window, clock, dataspace: 'sample' })()) {
    entries.push(...batch.records.flatMap((record) => record.entries.map(({ entryId }) => entryId)))
    codes.push(...batch.rejects.map(({ code }) => code))
    await between?.(clock)
  }
  return { entries, codes, clock, calls: org.calls, ofEntries: org.calls.filter(({ query }) => query === 'entries') }
}

const idsOf = (world: ReturnType<typeof sampleWorld>): unknown[] => world.entries.map(({ Id }) => Id)
const kinds = (calls: readonly FakeCall[]): string[] => calls.map(({ kind }) => kind)

describe('a result that stays on the server', () => {
  test('comes at once where it fits into the answer', async () => {
    for (const api of ['v3', 'connect'] as const) {
      const { ofEntries } = await read(api, { world: sampleWorld([2, 2]), inline: 100 })
      expect(kinds(ofEntries)).toEqual(['submit', 'cancel'])
    }
  })

  test.each([
    ['v3', 'header', 'RUNNING_OR_UNSPECIFIED', 'RESULTS_PRODUCED'],
    ['v3', 'body', 'RUNNING', 'FINISHED'],
    ['connect', 'nested', 'Running', 'ResultsProduced'],
    ['connect', 'body', 'Unspecified', 'Finished - the result is there'],
  ] as const)('is waited for: %s, status in %s, %s, %s', async (api, statusIn, running, done) => {
    const world = sampleWorld([4, 2])
    // Rows that come while it runs are not the whole result.
    const fake: FakeOptions = { world, statusIn, words: { running, done }, polls: 3, inline: 2 }
    const { entries, clock, ofEntries } = await read(api, fake)
    expect(entries).toEqual(idsOf(world))
    expect(kinds(ofEntries).filter((kind) => kind === 'status')).toHaveLength(3)
    expect(ofEntries.find(({ kind }) => kind === 'status')?.request.query).toMatchObject({ waitTimeMs: 10_000 })
    // The fake does not hold its answers back.
    expect(clock.sleeps().every((ms) => ms === 1_000)).toBe(true)
  })

  test('is not waited for for ever', async () => {
    const fake: FakeOptions = { world: sampleWorld([1]), polls: Number.POSITIVE_INFINITY }
    await expect(read('v3', fake)).rejects.toMatchObject({ code: 'DATA360_QUERY_TIMEOUT', retryable: true })
  })

  test('in a state nobody knows is an error', async () => {
    const fake: FakeOptions = { world: sampleWorld([1]), words: { running: 'RUNNING', done: 'CANCELLED' } }
    await expect(read('v3', fake)).rejects.toMatchObject({ code: 'DATA360_QUERY_STATE' })
  })

  test('that nothing says the state of is an error', () => {
    for (const document of [
      null,
      {},
      { completionStatus: 'RUNNING' },
      { queryId: 'q', completionStatus: 'FINISHED' },
    ]) {
      expect(() => readStatus('not json', document, null)).toThrowError(
        expect.objectContaining({ code: 'DATA360_STATUS_MALFORMED' }),
      )
    }
  })

  test('the header is believed before the body', () => {
    const header = JSON.stringify({ queryId: 'h', completionStatus: 'FINISHED', rowCount: 7, chunkCount: 2 })
    const body = { queryId: 'b', completionStatus: 'RUNNING', rowCount: 1 }
    expect(readStatus(header, body, null)).toEqual({ queryId: 'h', isDone: true, rowCount: 7, chunkCount: 2 })
    expect(readStatus(undefined, { status: body }, null)).toMatchObject({ queryId: 'b', isDone: false })
  })

  test('is deleted at the end, and nobody minds when that fails', async () => {
    const answer = (own: FakeAnswer, { kind }: FakeCall): FakeAnswer => {
      if (kind === 'cancel') throw httpError(500)
      return own
    }
    const world = sampleWorld([3])
    const { entries, calls } = await read('v3', { world, answer })
    expect(entries).toEqual(idsOf(world))
    expect(kinds(calls).filter((kind) => kind === 'cancel')).toHaveLength(3)
  })

  test('that expires on the way is asked for again, from behind the last whole conversation', async () => {
    for (const api of ['v3', 'connect'] as const) {
      const world = sampleWorld([3, 3, 3, 3])
      let expired = false
      const answer = (own: FakeAnswer, { kind, query, at }: FakeCall): FakeAnswer => {
        if (query !== 'entries') return own
        if (kind === 'chunk' || (kind === 'rows' && at >= 6 && !expired)) {
          expired ||= kind === 'rows'
          throw httpError(404)
        }
        return own
      }
      const { entries, ofEntries } = await read(api, { world, answer })
      expect(entries).toEqual(idsOf(world))
      const statements = ofEntries
        .filter(({ kind }) => kind === 'submit')
        .map(({ request }) => request.body as { sql: string })
      expect(statements).toHaveLength(2)
      expect(statements[1]?.sql).toMatch(/AND e\.ssot__ConversationId__c > '0dw\w+' ORDER BY/)
    }
  })

  test('asks for a data space where the API has a place for it', async () => {
    const v3 = await read('v3', { world: sampleWorld([1]) })
    expect(v3.calls[1]?.request.headers).toEqual({ 'ctx-dataspace-ds_name': 'sample' })
    const connect = await read('connect', { world: sampleWorld([5]) })
    expect(connect.calls.every(({ request }) => request.query?.['dataspace'] === 'sample')).toBe(true)
    expect(new Set([...v3.calls, ...connect.calls].map(({ request }) => request.endpoint))).toEqual(
      new Set(['data360']),
    )
  })
})

describe('the id of a query', () => {
  test.each([
    ['a slash', (n: number) => `MTAuMjI/${n}`],
    ['an encoded slash', (n: number) => `MTAuMjI%2F${n}`],
    ['a stray per cent sign', (n: number) => `MTAuMjI%${n}`],
  ])('with %s is found', async (_, queryId) => {
    const world = sampleWorld([4])
    expect((await read('connect', { world, queryId, pageSize: 2, polls: 1 })).entries).toEqual(idsOf(world))
  })

  test('is encoded once, and found where the server means its escapes literally', async () => {
    const asked: string[] = []
    const address = new QueryAddress('/q', 'a%2Fb')
    const send = async (path: string): Promise<string> => {
      asked.push(path)
      if (!path.startsWith('/q/a%252Fb')) throw httpError(404)
      return path
    }
    await address.call('', send)
    await address.call('/rows', send)
    expect(asked).toEqual(['/q/a%2Fb', '/q/a%252Fb', '/q/a%252Fb/rows'])
    expect(await new QueryAddress('/q', 'a/b').call('/x', async (path) => path)).toBe('/q/a%2Fb/x')
    expect(await new QueryAddress('/q', 'a%2Fb').call('/x', async (path) => path)).toBe('/q/a%2Fb/x')
  })
})

describe('V2', () => {
  test('never asks for a batch twice, and runs the query anew when one is lost', async () => {
    const world = sampleWorld([3, 3, 3, 3])
    const lost = new CustodyError('HTTP_ANSWER_LOST', 'lost', { retryable: true })
    for (const error of [lost, httpError(404), httpError(500), new CustodyError('HTTP_NOT_JSON', 'no', {})]) {
      let left = 1
      const answer = (own: FakeAnswer, { kind, query, at }: FakeCall): FakeAnswer => {
        if (query !== 'entries' || kind !== 'batch' || at < 4 || left === 0) return own
        left = 0
        throw error
      }
      const { entries, ofEntries } = await read('v2', { world, pageSize: 4, answer })
      expect(entries).toEqual(idsOf(world))
      const paths = ofEntries.filter(({ kind }) => kind === 'batch').map(({ request }) => request.path)
      expect(new Set(paths).size).toBe(paths.length)
      expect(
        ofEntries.filter(({ kind }) => kind === 'batch').every(({ request }) => request.repeatable === false),
      ).toBe(true)
      expect(kinds(ofEntries).filter((kind) => kind === 'submit')).toHaveLength(2)
    }
  })

  test('ends where `done` says so: behind an empty batch, and with an id to go on', async () => {
    const world = sampleWorld([2, 2])
    const answer = ({ document }: FakeAnswer, { query, kind, at }: FakeCall): FakeAnswer => {
      if (query !== 'entries') return { document }
      const batch = document as { readonly done: boolean }
      if (kind === 'submit') return { document: { ...batch, done: false, nextBatchId: '1_4' } }
      return { document: { ...batch, done: at >= 4, nextBatchId: 'leads-nowhere', metadata: {} } }
    }
    const { entries, ofEntries } = await read('v2', { world, pageSize: 4, answer })
    expect(entries).toEqual(idsOf(world))
    expect(kinds(ofEntries)).toEqual(['submit', 'batch'])
  })

  test('signing in is not tried by running the query anew', async () => {
    const answer = (own: FakeAnswer, { kind }: FakeCall): FakeAnswer => {
      if (kind === 'batch') throw httpError(401)
      return own
    }
    await expect(read('v2', { world: sampleWorld([9]), answer })).rejects.toBeInstanceOf(HttpStatusError)
  })

  test('gives up when no conversation becomes whole', async () => {
    const answer = (own: FakeAnswer, { kind }: FakeCall): FakeAnswer => {
      if (kind === 'batch') throw httpError(500)
      return own
    }
    await expect(read('v2', { world: sampleWorld([9]), answer })).rejects.toMatchObject({ code: 'DATA360_RESULT_LOST' })
  })

  test.each([
    [v2Limits.betweenBatchesMs, 1],
    [v2Limits.betweenBatchesMs + 1, 3],
  ])('a reader who takes %i ms a batch makes it run %i queries, and gets everything', async (ms, queries) => {
    const world = sampleWorld(Array.from({ length: 130 }, () => 1))
    const { entries, ofEntries } = await read('v2', { world, pageSize: 20 }, (clock) => clock.advance(ms))
    expect(entries).toEqual(idsOf(world))
    expect(kinds(ofEntries).filter((kind) => kind === 'submit')).toHaveLength(queries)
  })

  test('nor is a result read for longer than an hour', async () => {
    const world = sampleWorld(Array.from({ length: 40 * 30 }, () => 1))
    const { entries, ofEntries } = await read('v2', { world, pageSize: 40 }, (clock) => clock.advance(149_000))
    expect(entries).toEqual(idsOf(world))
    expect(kinds(ofEntries).filter((kind) => kind === 'submit')).toHaveLength(2)
  })
})

describe('the order of conversations', () => {
  test.each(['v3', 'connect', 'v2'] as const)('that %s does not keep is an error', async (api) => {
    const turned = ({ document, ...rest }: FakeAnswer, { query, kind }: FakeCall): FakeAnswer => {
      const page = document as { readonly data?: readonly unknown[] }
      if (query !== 'entries' || kind === 'status' || !page?.data) return { document, ...rest }
      return {
        ...rest,
        document: {
          ...page,
          data: page.data.toSorted((a, b) => (String(a).slice(2, 4) < String(b).slice(2, 4) ? -1 : 1)),
        },
      }
    }
    const mixed = read(api, { world: sampleWorld([3, 3, 3]), pageSize: 100, answer: turned })
    await expect(mixed).rejects.toMatchObject({ code: 'DATA360_ROWS_OUT_OF_ORDER' })
  })
})

describe('the order of columns', () => {
  const columns = ['entry_id', 'entry_payloadtext']
  test('is that of placeInOrder, whatever the members come in', () => {
    const metadata = { entry_id: { placeInOrder: 1 }, ENTRY_PAYLOADTEXT: { placeInOrder: 0 } }
    const document = { data: [['words', 'e1']], rowCount: 1, done: true, metadata }
    expect(readBatch(document, columns).rows).toEqual([['e1', 'words']])
  })

  test('is that of the query where names are changed, and rows may be objects', () => {
    const data = [['e1', 'words'], { rowData: ['e2', 'more'] }, { row: ['e3', null] }, { Entry_Id: 'e4' }]
    const metadata = { columns: [{ name: 'a' }, { name: 'b' }] }
    expect(readPage({ data, metadata }, columns).rows).toEqual([
      ['e1', 'words'],
      ['e2', 'more'],
      ['e3', null],
      ['e4', null],
    ])
  })

  test.each([
    ['too many columns', { data: [], metadata: [{ name: 'a' }] }],
    ['a short row', { data: [['e1']] }],
    ['a count that lies', { data: [['e1', 'x']], returnedRows: 2 }],
    ['a row that is none', { data: ['e1'] }],
    ['an object of other columns', { data: [{ other: 1 }] }],
    ['no rows', { data: {} }],
    ['nothing', null],
    ['a list', []],
  ])('and of nothing else: %s', (_, document) => {
    expect(() => readPage(document, columns)).toThrowError(expect.objectContaining({ code: 'DATA360_PAGE_MALFORMED' }))
  })

  test('gaps between the places are told', () => {
    const metadata = { entry_id: { placeInOrder: 0 }, entry_payloadtext: { placeInOrder: 2 } }
    expect(() => readBatch({ data: [], done: true, metadata }, columns)).toThrow(CustodyError)
  })
})

test('a list of objects may hold what is none', () => {
  const metadata = [{ name: 'A', fields: [{ name: 'b' }] }, { name: 'C' }, 'x']
  expect([...readObjects({ metadata })]).toEqual([
    ['A', ['b']],
    ['C', []],
  ])
})
