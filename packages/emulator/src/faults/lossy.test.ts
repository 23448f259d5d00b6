import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Org, startEmulator } from '../start-emulator.ts'
import { connect } from '../testing/client.ts'
import { walkConnect } from '../testing/connect-client.ts'
import { smallWorld } from '../testing/small-world.ts'
import { longest } from '../testing/with-org.ts'
import { createLossBook, type Loss } from './lossy.ts'

const world = smallWorld(40)

/** All entries of the world with their place, counted from 1. */
function allEntries(): { index: number; entryId: string; lost: (loss: Loss) => boolean }[] {
  const found = []
  for (let index = 0; index < world.conversations; index++) {
    for (const step of world.conversation(index).steps) {
      found.push({
        index,
        entryId: world.entryId(index, step),
        lost: (loss: Loss) => createLossBook({ connect: loss }, world).lost('connect', index, step),
      })
    }
  }
  return found
}

test('every nth entry of the org is lost, whatever order they are asked for in', () => {
  const entries = allEntries()
  fc.assert(
    fc.property(fc.integer({ min: 1, max: entries.length + 1 }), fc.boolean(), (every, backwards) => {
      const book = createLossBook({ connect: { every } }, world)
      const lost: string[] = []
      const indexes = Array.from({ length: world.conversations }, (_, k) => k)
      for (const index of backwards ? indexes.toReversed() : indexes) {
        for (const step of world.conversation(index).steps) {
          if (book.lost('connect', index, step)) lost.push(world.entryId(index, step))
          expect(book.lost('data360', index, step)).toBe(false)
        }
      }
      const expected = entries.filter((_, k) => (k + 1) % every === 0).map(({ entryId }) => entryId)
      expect(lost.toSorted()).toEqual(expected.toSorted())
    }),
    { numRuns: 40 },
  )
})

test('a conversation, or the entries somebody names', () => {
  const entries = allEntries()
  expect(entries.filter(({ lost }) => lost({ conversation: 7 })).every(({ index }) => index === 7)).toBe(true)
  const named = entries[5]?.entryId
  const lost = entries.filter((entry) => entry.lost({ entries: (id) => id === named }))
  expect(lost.map(({ entryId }) => entryId)).toEqual([named])
  expect(entries.some((entry) => entry.lost({ lastPage: true }))).toBe(false)
})

test.each([
  [0, 10, 0],
  [1, 10, 1],
  [10, 10, 10],
  [11, 10, 10],
  [20, 10, 10],
  [21, 10, 20],
])('of %i entries in pages of %i, %i are left without the last page', (entries, size, left) => {
  const book = createLossBook({ connect: { lastPage: true } }, world)
  expect(book.kept('connect', entries, size)).toBe(left)
  expect(book.kept('data360', entries, size)).toBe(entries)
})

test.each([
  ['every 50th entry', { every: 50 }, 7],
  ['the last page', { lastPage: true }, 50],
  ['one conversation', 'long', 349],
] as const)('APIs lose %s and say nothing', async (_, wanted, least) => {
  const loss = wanted === 'long' ? { conversation: smallWorld(60).longIndex ?? 0 } : wanted
  const options = { longEntries: 350, limits: { entriesPerMinute: 100_000 } }
  const read = async (org: Org) => {
    const client = await connect(org)
    const identifier = longest(org)
    const data = await client.allEntries(identifier, { recordLimit: '50' })
    return { data: data.length, connect: (await walkConnect(org, client, identifier, 50)).length }
  }
  const whole = await startEmulator(options)
  const lossy = await startEmulator({ ...options, lossy: { 'conversation-data': loss, connect: loss } })
  try {
    const [all, some] = [await read(whole), await read(lossy)]
    expect(all.data - some.data).toBeGreaterThanOrEqual(
      wanted === 'long' ? least : Math.min(least, all.data % 50 || 50),
    )
    expect(some.data).toBeLessThan(all.data)
    expect(some.connect).toBeLessThan(all.connect)
    // The same however often it is read.
    expect(await read(lossy)).toEqual(some)
  } finally {
    await Promise.all([whole.close(), lossy.close()])
  }
})

test.each([{ every: 0 }, { every: 1.5 }, { conversation: -1 }, { conversation: 40 }])('%j is no loss', (loss) => {
  expect(() => createLossBook({ connect: loss }, world)).toThrow(expect.objectContaining({ code: 'EMULATOR_OPTIONS' }))
})
