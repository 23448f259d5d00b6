import type { Window } from '@custody/model'
import { CustodyError } from '@custody/pipeline'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Failure } from './failure.ts'
import { PageWalk } from './pages.ts'
import { readEntries } from './source.ts'
import {
  conversation,
  type EntryRequest,
  type EntryServerOptions,
  entryServer,
  type HeldEntry,
  history,
  openBudget,
  origin,
  wireEntry,
} from './testing/entry-server.ts'
import { defaultWire } from './wire.ts'

const always: Window = { from: '2026-01-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' }

/** Reads one conversation and gives the ids that came, in order, or the code it was refused with. */
async function read(
  options: Omit<EntryServerOptions, 'held'> & { readonly held: readonly HeldEntry[] },
  { recordLimit = 1000, smallestPage = defaultWire.smallestPage, expected = 0 } = {},
): Promise<{ readonly outcome: readonly string[] | string; readonly requests: number }> {
  const org = entryServer({ ...options, held: () => options.held })
  const read = readEntries({
    org,
    window: always,
    activeConversations: openBudget(),
    recordLimit,
    wire: { ...defaultWire, smallestPage },
  })
  try {
    const { entries } = await read(conversation('c', expected))
    return { outcome: entries.map(({ entryId }) => entryId), requests: org.requests.length }
  } catch (error) {
    if (!CustodyError.isInstance(error)) throw error
    return { outcome: error.code, requests: org.requests.length }
  }
}

const spaced = (length: number): readonly HeldEntry[] =>
  history(...Array.from({ length }, (_, index) => index * 10 + 1))
const idsOf = (held: readonly HeldEntry[]): readonly string[] => held.map(({ id }) => id)

describe('an org that gives page tokens', () => {
  test.each([0, 1, 2, 3, 4, 5])('gives %i entries whole in pages of two', async (length) => {
    const held = spaced(length)
    expect((await read({ held, tokens: true }, { recordLimit: 2 })).outcome).toEqual(idsOf(held))
  })

  test('is found out by one small question, after which a page at the limit costs no second request', async () => {
    const held = spaced(4)
    const { outcome, requests } = await read({ held, tokens: true }, { recordLimit: 4, expected: 4 })
    expect(outcome).toEqual(idsOf(held))
    expect(requests).toBe(2)
  })

  test('may give short pages that are not the last', async () => {
    const held = spaced(25)
    expect((await read({ held, tokens: true, cap: 3 })).outcome).toEqual(idsOf(held))
  })

  test('may put an empty page between others', async () => {
    const held = spaced(4)
    const { outcome } = await read(
      {
        held,
        tokens: true,
        answer: (document, n) => (n === 2 ? { conversationEntries: [], nextPageToken: 't2 ' } : document),
      },
      { recordLimit: 2 },
    )
    expect(outcome).toEqual(idsOf(held))
  })

  test('is refused as soon as a token leads back', async () => {
    const answer = (document: object) => ({ ...document, nextPageToken: 't1' })
    // Twice: the first token might have been an old one.
    expect(await read({ held: spaced(4), tokens: true, answer }, { recordLimit: 1 })).toEqual({
      outcome: 'ENTRIES_PAGE_LOOP',
      requests: 4,
    })
  })

  test('is refused when fresh tokens lead nowhere for ever', async () => {
    const answer = (_: object, n: number) => ({ conversationEntries: [], nextPageToken: `x${n}` })
    expect((await read({ held: [], answer })).outcome).toBe('ENTRIES_PAGE_LOOP')
  })

  test('may repeat entries of one page on the next', async () => {
    const held = spaced(6)
    const answer = (document: { conversationEntries: readonly unknown[] }) => ({
      ...document,
      conversationEntries: document.conversationEntries.flatMap((entry) => [entry, entry]),
    })
    expect((await read({ held, tokens: true, answer }, { recordLimit: 2 })).outcome).toEqual(idsOf(held))
  })
})

describe('an org without page tokens', () => {
  test.each(['oldest-first', 'newest-first'] as const)('gives a page at the limit, %s', async (order) => {
    for (const length of [0, 1, 2, 3, 4, 5, 9]) {
      const held = spaced(length)
      expect((await read({ held, order }, { recordLimit: 3 })).outcome).toEqual(idsOf(held))
    }
  })

  test.each(['oldest-first', 'newest-first'] as const)('may cut pages below the limit, %s', async (order) => {
    const held = spaced(120)
    expect((await read({ held, order, cap: 25 })).outcome).toEqual(idsOf(held))
  })

  test('costs two questions more to prove both ends', async () => {
    expect((await read({ held: spaced(5) })).requests).toBe(3)
  })

  test('is asked again when it gives an empty page', async () => {
    const held = spaced(3)
    const answer = (document: object, n: number) => (n === 1 ? { conversationEntries: [] } : document)
    expect((await read({ held, answer })).outcome).toEqual(idsOf(held))
    expect((await read({ held: [] })).requests).toBe(2)
  })

  test('is asked again when an answer lacks even what is known to stand there', async () => {
    const held = history(1, 11, 21, 21, 31)
    for (const kept of [0, 1]) {
      for (const nth of [2, 3, 4]) {
        const answer = (document: { conversationEntries: readonly unknown[] }, n: number) =>
          n === nth ? { conversationEntries: document.conversationEntries.slice(0, kept) } : document
        expect((await read({ held, answer }, { recordLimit: 4 })).outcome).toEqual(idsOf(held))
      }
    }
  })

  test('is refused when its answers keep lacking what is known to stand there', async () => {
    const held = history(1, 11, 21, 21)
    const answer = (document: { conversationEntries: readonly unknown[] }, n: number) =>
      n === 1 ? document : { conversationEntries: document.conversationEntries.slice(0, 1) }
    expect((await read({ held, answer })).outcome).toBe('ENTRIES_TIES_EXCEED_PAGE')
  })

  test('is asked for smaller parts when an answer about the inside of a page comes cut', () => {
    const walk = new PageWalk({
      recordLimit: 1000,
      smallestPage: 20,
      expectedMessages: 0,
      evidence: { tokensWork: false, unordered: false },
    })
    const page = (...times: readonly number[]) => ({
      items: times.map((at) => ({ key: `${at}`, at: origin + at, isCounted: false })),
      nextPageToken: null,
    })
    walk.take(page(601, 101, 301, 901))
    const whole = walk.next()
    expect(whole).toMatchObject({ startTimestamp: origin + 500, endTimestamp: origin + 902 })
    walk.take(page(601))
    expect(walk.next()?.startTimestamp).toBe(origin + 700)
    walk.take(page(901))
    expect(walk.next()).toMatchObject({ startTimestamp: origin + 500, endTimestamp: origin + 702 })
  })

  test('is refused when it answers nothing but known entries, one at a time, without asking for ever', async () => {
    const held = spaced(500)
    const shuffle = <T>(page: readonly T[]): readonly T[] => [...page.slice(100), ...page.slice(0, 100)]
    const answer = (document: { conversationEntries: readonly unknown[] }, n: number) =>
      n === 1 ? document : { conversationEntries: document.conversationEntries.slice(0, 1) }
    const { outcome, requests } = await read({ held, present: shuffle, answer })
    expect(outcome).toBe('ENTRIES_TIES_EXCEED_PAGE')
    expect(requests).toBeLessThan(60)
  })

  test('that once gave a page in no order is trusted with no order afterwards', async () => {
    const histories: Readonly<Record<string, readonly HeldEntry[]>> = { a: spaced(3), b: spaced(3) }
    const org = entryServer({
      held: (identifier) => histories[identifier] ?? [],
      present: (page) =>
        page.length === 3 ? [page[1], page[0], page[2]].filter((entry) => entry !== undefined) : page,
      answer: (document, _, { conversationIdentifier, startTimestamp, endTimestamp }) => {
        // Of b the first and the last come first.
        const isFirst = conversationIdentifier === 'b' && (startTimestamp ?? endTimestamp) === undefined
        const entries = document.conversationEntries
        return isFirst ? { conversationEntries: [entries[1], entries[2]] } : document
      },
    })
    const read = readEntries({ org, window: always, activeConversations: openBudget() })
    await read(conversation('a'))
    expect((await read(conversation('b'))).entries).toHaveLength(3)
  })

  test('is refused when a full page is all it gives, whatever the bounds', () => {
    const walkOf = (recordLimit: number) =>
      new PageWalk({
        recordLimit,
        smallestPage: 20,
        expectedMessages: 0,
        evidence: { tokensWork: false, unordered: false },
      })
    const page = (...keys: readonly string[]) => ({
      items: keys.map((key) => ({ key, at: origin + key.charCodeAt(0) * 10, isCounted: false })),
      nextPageToken: null,
    })
    const unanswered = walkOf(3)
    expect(unanswered.take(page('a', 'b', 'c'))).toBeNull()
    expect(unanswered.take(page())).toBeNull()
    expect(unanswered.take(page())?.code).toBe('ENTRIES_BOUNDS_IGNORED')
    const repeating = walkOf(3)
    expect(repeating.take(page('a', 'b', 'b'))).toBeNull()
    expect(repeating.take(page('a', 'b', 'b'))?.code).toBe('ENTRIES_BOUNDS_IGNORED')
  })

  test('may mean seconds by its bounds: what fits on one page is had, and what does not is refused', async () => {
    const held = spaced(9)
    const answer = (
      _: object,
      __: number,
      { startTimestamp = 0, endTimestamp = Infinity, recordLimit }: EntryRequest,
    ) => ({
      conversationEntries: held
        .filter(({ at }) => at / 1000 >= startTimestamp && at / 1000 <= endTimestamp)
        .slice(0, recordLimit)
        .map(wireEntry),
    })
    expect((await read({ held, answer }, { recordLimit: 10 })).outcome).toEqual(idsOf(held))
    expect((await read({ held, answer }, { recordLimit: 8 })).outcome).toBe('ENTRIES_BOUNDS_IGNORED')
  })

  test('may have equal times at the border of a page', async () => {
    const held = history(1, 11, 21, 21, 21, 31, 41)
    for (const order of ['oldest-first', 'newest-first'] as const) {
      expect((await read({ held, order }, { recordLimit: 4 })).outcome).toEqual(idsOf(held))
    }
  })

  test('is refused when more entries share a time than a page holds', async () => {
    const held = history(1, 11, 21, 21, 21, 21, 31)
    for (const bounds of ['inclusive', 'exclusive'] as const) {
      expect((await read({ held, bounds }, { recordLimit: 3 })).outcome).toBe('ENTRIES_TIES_EXCEED_PAGE')
    }
  })

  test('is refused when equal times fill the very first page it cuts by itself, and later entries show it', async () => {
    const first = history(1, 1, 1, 1, 11, 21)
    expect((await read({ held: first, cap: 3 })).outcome).toBe('ENTRIES_TIES_EXCEED_PAGE')
    const last = history(1, 11, 21, 21, 21, 21)
    expect((await read({ held: last, cap: 3, order: 'newest-first' })).outcome).toBe('ENTRIES_TIES_EXCEED_PAGE')
  })

  test('is refused when equal times are all it gives and the census counts more', async () => {
    const held = history(1, 1, 1, 1, 1)
    expect((await read({ held, cap: 3 }, { expected: 4 })).outcome).toBe('ENTRIES_TIES_EXCEED_PAGE')
    expect((await read({ held }, { expected: 5 })).outcome).toEqual(idsOf(held))
  })

  test('is refused when ties fill the pages it cuts by itself', async () => {
    const held = history(1, 11, 21, 21, 21, 21, 31)
    expect((await read({ held, cap: 3 })).outcome).toBe('ENTRIES_TIES_EXCEED_PAGE')
  })

  test('may append an entry between two pages', async () => {
    const held = [...spaced(4)]
    const answer = (document: object, n: number) => {
      if (n === 1) held.push({ id: 'late', at: origin + 1001 })
      return document
    }
    for (const order of ['oldest-first', 'newest-first'] as const) {
      held.splice(4)
      expect((await read({ held, order, answer }, { recordLimit: 3 })).outcome).toEqual([...idsOf(spaced(4)), 'late'])
    }
  })

  test('may append an entry to the only one', async () => {
    const held = [...spaced(1)]
    const answer = (document: object, n: number) => {
      if (n === 1) held.push({ id: 'late', at: origin + 1001 })
      return document
    }
    expect((await read({ held, answer })).outcome).toEqual(['e0', 'late'])
  })

  test('is asked beyond the times of its own clock, not of a sender who lives in the future', async () => {
    const held = spaced(9)
    const answer = (document: { conversationEntries: readonly unknown[] }) => ({
      conversationEntries: [...document.conversationEntries, { identifier: 'dreamt', clientTimestamp: origin + 1e9 }],
    })
    expect((await read({ held, answer }, { recordLimit: 3 })).outcome).toEqual([...idsOf(held), 'dreamt'])
  })

  test('is refused when pages that repeat entries hide how small they are', () => {
    const walk = new PageWalk({
      recordLimit: 1000,
      smallestPage: 20,
      expectedMessages: 0,
      evidence: { tokensWork: false, unordered: false },
    })
    const page = (...items: readonly (readonly [string, number])[]) =>
      walk.take({ items: items.map(([key, at]) => ({ key, at: origin + at, isCounted: false })), nextPageToken: null })
    const ties: readonly (readonly [string, number])[] = [
      ['b', 20],
      ['c', 20],
    ]
    // Two different entries to a page: the border behind the first brings one more, the border behind that nothing.
    expect(page(['a', 10], ['b', 20], ['b', 20], ['b', 20])).toBeNull()
    expect(page(...ties)).toBeNull()
    expect(page(...ties)?.code).toBe('ENTRIES_TIES_EXCEED_PAGE')
  })

  test('may ignore the limit', async () => {
    const held = spaced(30)
    expect(await read({ held, honoursLimit: false }, { recordLimit: 10 })).toEqual({
      outcome: idsOf(held),
      requests: 3,
    })
  })

  test('may ignore limit and bounds', async () => {
    const held = spaced(30)
    const options = { held, honoursLimit: false, bounds: 'ignored' } as const
    expect(await read(options, { recordLimit: 10 })).toEqual({ outcome: idsOf(held), requests: 3 })
  })

  test('is refused when it honours the limit, ignores the bounds and the page is full', async () => {
    const options = { held: spaced(30), bounds: 'ignored' } as const
    expect((await read(options, { recordLimit: 10 })).outcome).toBe('ENTRIES_BOUNDS_IGNORED')
  })

  test('may cut times to whole seconds', async () => {
    const held = history(...Array.from({ length: 60 }, (_, index) => index * 370))
    const answer = (document: { conversationEntries: readonly unknown[] }) => ({
      ...document,
      conversationEntries: (document.conversationEntries as { transcriptedTimestamp: number }[]).map((entry) => ({
        ...entry,
        transcriptedTimestamp: Math.floor(entry.transcriptedTimestamp / 1000),
      })),
    })
    const mixed = <T>(page: readonly T[]): readonly T[] => [...page.slice(3), ...page.slice(0, 3)]
    for (const order of ['oldest-first', 'newest-first'] as const) {
      for (const present of [<T>(page: readonly T[]) => page, mixed]) {
        const { outcome } = await read({ held, order, present, answer }, { recordLimit: 10 })
        expect(new Set(outcome)).toEqual(new Set(idsOf(held)))
      }
    }
  })

  test('is asked about the inside of a page that came in no order', async () => {
    // Whatever it picks first, it picks by no time: every third entry, then the rest.
    const held = spaced(30)
    const order = (index: number): number => (index % 3) * 100 + ((index * 7) % 30)
    const answer = (_: object, __: number, { startTimestamp = 0, endTimestamp = Infinity, recordLimit = 0 }) => ({
      conversationEntries: held
        .map((entry, index) => ({ ...entry, index }))
        .filter(({ at }) => at >= startTimestamp && at <= endTimestamp)
        .toSorted((a, b) => order(a.index) - order(b.index))
        .slice(0, recordLimit)
        .map(({ id, at }) => ({ identifier: id, entryType: 'Message', transcriptedTimestamp: at })),
    })
    expect((await read({ held, answer }, { recordLimit: 10 })).outcome).toEqual(idsOf(held))
  })

  test('is refused when it never ends', () => {
    const walk = new PageWalk({
      recordLimit: 1000,
      smallestPage: 20,
      expectedMessages: 0,
      evidence: { tokensWork: false, unordered: false },
    })
    let failure: Failure | null = null
    let pages = 0
    for (; !failure && walk.next() && pages < 1000; pages++) {
      const items = Array.from({ length: 1000 }, (_, index) => ({
        key: `${pages}-${index}`,
        at: origin + pages * 1000 + index,
        isCounted: false,
      }))
      failure = walk.take({ items, nextPageToken: null })
    }
    expect(failure?.code).toBe('ENTRIES_TOO_MANY')
    expect(pages).toBe(251)
  })
})

describe('whatever the org leaves open', () => {
  const gaps = fc.array(fc.oneof({ arbitrary: fc.constant(0), weight: 1 }, fc.integer({ min: 0, max: 5000 })), {
    maxLength: 60,
  })
  const histories = gaps.map((gaps) => {
    let at = 0
    return history(...gaps.map((gap) => (at += gap)))
  })
  const orgs = fc.record({
    held: histories,
    order: fc.constantFrom('oldest-first' as const, 'newest-first' as const),
    bounds: fc.constantFrom('inclusive' as const, 'exclusive' as const, 'ignored' as const),
    tokens: fc.boolean(),
    seed: fc.integer(),
    shuffled: fc.boolean(),
    repeats: fc.boolean(),
  })
  const served = ({ seed, shuffled, repeats, ...options }: typeof orgs extends fc.Arbitrary<infer T> ? T : never) => ({
    ...options,
    present: <T>(page: readonly T[]) => {
      const doubled = repeats ? page.flatMap((entry, index) => (index % 3 === 0 ? [entry, entry] : [entry])) : page
      return shuffled
        ? (fc.sample(fc.shuffledSubarray([...doubled], { minLength: doubled.length }), { seed, numRuns: 1 })[0] ?? [])
        : doubled
    },
  })
  const wholeOrRefused = (outcome: readonly string[] | string, held: readonly HeldEntry[]): void => {
    if (typeof outcome === 'string') expect(outcome).toMatch(/^ENTRIES_(TIES_EXCEED_PAGE|BOUNDS_IGNORED)$/)
    else expect([...outcome].sort()).toEqual([...idsOf(held)].sort())
  }

  test('every entry comes exactly once, or the conversation is refused', async () => {
    await fc.assert(
      fc.asyncProperty(orgs, fc.integer({ min: 1, max: 70 }), async (options, recordLimit) => {
        wholeOrRefused((await read(served(options), { recordLimit })).outcome, options.held)
      }),
      { numRuns: 1000 },
    )
  })

  test('also when it cuts pages on its own account', async () => {
    const bounded = orgs.filter(({ bounds }) => bounds !== 'ignored')
    await fc.assert(
      fc.asyncProperty(bounded, fc.integer({ min: 2, max: 30 }), async (options, cap) => {
        const { outcome } = await read({ ...served(options), cap }, { smallestPage: cap })
        wholeOrRefused(outcome, options.held)
      }),
      { numRuns: 1000 },
    )
  })

  test('also when it picks the entries of a page by no time at all', async () => {
    // From eight on, a page that was picked from more entries than it holds practically never comes in order.
    const picking = fc.record({ held: histories, order: fc.constant('picked' as const), seed: fc.integer() })
    await fc.assert(
      fc.asyncProperty(picking, fc.integer({ min: 8, max: 40 }), async (options, recordLimit) => {
        wholeOrRefused((await read(options, { recordLimit, smallestPage: recordLimit })).outcome, options.held)
      }),
      { numRuns: 500 },
    )
  })

  test('nothing is refused that can be proven', async () => {
    const provable = orgs.filter(({ bounds, tokens }) => tokens || bounds !== 'ignored')
    await fc.assert(
      fc.asyncProperty(provable, async (options) => {
        const ties = Map.groupBy(options.held, ({ at }) => Math.floor(at / 1000))
        fc.pre(options.tokens || [...ties.values()].every((tied) => tied.length < 10))
        const { outcome } = await read(served(options), { recordLimit: 30, smallestPage: 30 })
        expect([...outcome].sort()).toEqual([...idsOf(options.held)].sort())
      }),
      { numRuns: 500 },
    )
  })
})
