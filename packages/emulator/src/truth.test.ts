import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { smallWorld } from './testing/small-world.ts'
import { createTruth } from './truth.ts'

const month = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }

test('windows that follow one another hold every entry once, the one on a border in the later', () => {
  const truth = createTruth(smallWorld(200))
  const ids = (from: string, to: string) => Array.from(truth.entries({ from, to }), ({ entryId }) => entryId)
  const early = ids('2026-01-01T00:00:00.000Z', month.from)
  const inside = ids(month.from, month.to)
  const late = ids(month.to, '2027-01-01T00:00:00.000Z')
  expect([...early, ...inside, ...late].toSorted()).toEqual(
    Array.from(truth.entries(), ({ entryId }) => entryId).toSorted(),
  )
  const border = [...truth.entries()].find(({ sentAt }) => sentAt === month.from)?.entryId ?? ''
  expect(inside).toContain(border)
  expect(early).not.toContain(border)
})

test('counts agree with the lists, in a window and without', () => {
  const truth = createTruth(smallWorld(200))
  for (const window of [undefined, month]) {
    expect(truth.counts(window)).toEqual({
      conversations: [...truth.conversations(window)].length,
      entries: [...truth.entries(window)].length,
    })
  }
  expect(truth.counts(month).conversations).toBeLessThan(200)
})

test('end users are those who have an entry in the window, each once', () => {
  const world = smallWorld(200)
  const truth = createTruth(world)
  const expected = new Set<string>()
  for (const { index } of truth.conversations(month)) {
    const { person, channel } = world.outline(index)
    expected.add(`${person} ${channel.number}`)
  }
  const endUsers = [...truth.endUsers(month)]
  expect(endUsers).toHaveLength(expected.size)
  expect(new Set(endUsers.map(({ recordId }) => recordId)).size).toBe(expected.size)
})

test.each([[10_000], ...(process.env['SLOW'] ? [[100_000], [1_000_000]] : [])])(
  'iterating %i conversations keeps nothing',
  (conversations) => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const truth = createTruth(smallWorld(conversations))
    const heap = () => {
      collect()
      return process.memoryUsage().heapUsed
    }
    const entries = truth.entries()[Symbol.iterator]()
    for (let k = 0; k < 20_000; k++) entries.next()
    const warm = heap()
    let count = 0
    for (let next = entries.next(); !next.done; next = entries.next()) count += 1
    expect(count).toBeGreaterThan(conversations * 10)
    expect(heap() - warm).toBeLessThan(2_000_000)
  },
  180_000,
)
