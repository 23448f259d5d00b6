import type { LedgerWindow } from '@custody/ledger'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Choice, chooseWindows } from './choose-windows.ts'

const month = (number: number) => ({
  from: new Date(Date.UTC(2026, number - 1)).toISOString(),
  to: new Date(Date.UTC(2026, number)).toISOString(),
})
const dayMs = 86_400_000

/** A ledger with sealed months, audited longest ago first. */
function ledgerOf(months: readonly number[], gaps: readonly number[] = []) {
  const windows = months.map((number) => ({ ...month(number), state: 'sealed', amends: false }) as LedgerWindow)
  const amended = { ...month(1), state: 'sealed', amends: true } as LedgerWindow
  return {
    windows: async () => [...windows, amended],
    leastRecentlyAudited: async () => [amended, ...windows],
    async *gaps() {
      for (const number of gaps) yield { window: month(number) } as never
    },
  }
}

async function chosen(choice: Partial<Choice>, months: readonly number[], gaps: readonly number[] = []) {
  const options = { org: 'acme', archived: [], overlapMs: 0, audit: 0, ...choice }
  return (await chooseWindows(ledgerOf(months, gaps), options)).map(({ window, only }) => ({
    month: new Date(window.from).getUTCMonth() + 1,
    only,
  }))
}

test('nothing is read again that was not asked for', async () => {
  expect(await chosen({}, [1, 2, 3])).toEqual([])
  expect(await chosen({ archived: [month(3)] }, [1, 2, 3])).toEqual([])
})

test('of the window before what was archived, its last part first; a window that lies in the overlap as a whole', async () => {
  const archived = [month(3)]
  expect(await chosen({ archived, overlapMs: dayMs }, [1, 2, 3])).toEqual([
    { month: 2, only: { from: '2026-02-28T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z' } },
  ])
  expect(await chosen({ archived, overlapMs: 28 * dayMs }, [1, 2, 3])).toEqual([{ month: 2, only: null }])
  expect(await chosen({ archived, overlapMs: 29 * dayMs }, [1, 2, 3])).toEqual([
    { month: 1, only: { from: '2026-01-31T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' } },
    { month: 2, only: null },
  ])
})

test('whatever has an open gap, as a whole, and never in the turn of another', async () => {
  expect(await chosen({ archived: [month(3)], overlapMs: dayMs }, [1, 2, 3], [2, 3])).toEqual([
    { month: 2, only: null },
  ])
  expect(await chosen({ audit: 12 }, [1, 2, 3], [1])).toEqual([
    { month: 1, only: null },
    { month: 2, only: null },
  ])
})

test('a share of all in turn, rounded up, so that each comes within as many choices', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 14 }), async (months, audit) => {
      const all = Array.from({ length: months }, (_, at) => at + 1)
      expect(await chosen({ audit }, all)).toHaveLength(Math.ceil(months / audit))
    }),
  )
})
