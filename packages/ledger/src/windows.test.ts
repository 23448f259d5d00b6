import fc from 'fast-check'
import { expect, test } from 'vitest'
import { december, entry, newDirectory, november, october, open, sealOctober } from './testing/sample-ledger.ts'
import type { WindowState } from './window.ts'

const seal = { archive: 'a', sealDigest: 's' }

test('a window goes from open to settling to sealed, and no other way', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('settle', 'seal', 'open'), { maxLength: 6 }), async (steps) => {
      await using ledger = await open()
      const { id } = await ledger.openWindow({ org: 'acme', ...october })
      let state: WindowState = 'open'
      for (const step of steps) {
        if (step === 'open') {
          expect(await ledger.openWindow({ org: 'acme', ...october })).toMatchObject({ id, state })
          continue
        }
        const legal: boolean = step === 'settle' ? state !== 'sealed' : state !== 'open'
        const done = step === 'settle' ? ledger.settleWindow(id) : ledger.sealWindow(id, seal)
        if (legal) {
          state = step === 'settle' ? 'settling' : 'sealed'
          expect(await done).toMatchObject({ id, state })
        } else {
          await expect(done).rejects.toMatchObject({ code: 'LEDGER_WINDOW_STATE', kind: 'refused' })
        }
      }
      expect(await ledger.windows({ org: 'acme' })).toMatchObject([{ id, state }])
    }),
    { numRuns: 20 },
  )
})

test('sealing again with another archive is refused', async () => {
  await using ledger = await open()
  const { id } = await sealOctober(ledger, [])
  for (const other of [seal, { archive: 'acme-october', sealDigest: 'other' }]) {
    await expect(ledger.sealWindow(id, other)).rejects.toMatchObject({ code: 'LEDGER_WINDOW_STATE' })
  }
  await expect(ledger.sealWindow(99, seal)).rejects.toMatchObject({ code: 'LEDGER_WINDOW_UNKNOWN' })
})

test('two sealed windows of an org never hold the same time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ from: fc.nat(8), length: fc.integer({ min: 1, max: 4 }), amends: fc.boolean() }), {
        maxLength: 8,
      }),
      async (wanted) => {
        await using ledger = await open()
        const at = (hour: number): string => new Date(Date.parse(october.from) + hour * 3_600_000).toISOString()
        const held = new Set<number>()
        for (const { from, length, amends } of wanted) {
          const hours = Array.from({ length }, (_, index) => from + index)
          const window = { org: 'acme', from: at(from), to: at(from + length), amends }
          const isSame = (await ledger.windows({ org: 'acme' })).some(
            (other) => !other.amends && other.from === window.from && other.to === window.to,
          )
          if (!amends && hours.some((hour) => held.has(hour)) && !isSame) {
            await expect(ledger.openWindow(window)).rejects.toMatchObject({
              code: 'LEDGER_WINDOW_OVERLAP',
              kind: 'refused',
            })
            continue
          }
          const { id, state } = await ledger.openWindow(window)
          if (state === 'sealed') continue
          await ledger.settleWindow(id)
          await ledger.sealWindow(id, seal)
          if (!amends) for (const hour of hours) held.add(hour)
        }
        expect(await ledger.check()).toEqual([])
      },
    ),
    { numRuns: 25 },
  )
})

test('of two windows opened over the same time the second to be sealed is refused, and its run with it', async () => {
  await using ledger = await open()
  const middle = { from: '2026-10-15T00:00:00.000Z', to: '2026-11-15T00:00:00.000Z' }
  const { id } = await ledger.openWindow({ org: 'acme', ...middle })
  await ledger.settleWindow(id)
  await sealOctober(ledger, [])
  await ledger.beginRun({ id: 'middle', org: 'acme', window: middle, jobDigest: 'd' })
  await expect(
    ledger.commitRun('middle', { archive: 'b', seals: [{ window: id, sealDigest: 's' }] }),
  ).rejects.toMatchObject({ code: 'LEDGER_WINDOW_OVERLAP' })
  expect(await ledger.runs({ state: 'archived' })).toMatchObject([{ id: 'october-acme' }])
  // Windows that only touch, and those of another org, are fine.
  await ledger.openWindow({ org: 'acme', ...november })
  await ledger.openWindow({ org: 'other', ...middle })
})

test('the audits go round: each share takes those that were audited longest ago', async () => {
  let now = 0
  await using ledger = await open(newDirectory(), { clock: { now: () => ++now, sleep: async () => undefined } })
  await sealOctober(ledger, [entry(1)])
  for (const window of [november, december]) {
    const { id } = await ledger.openWindow({ org: 'acme', ...window })
    await ledger.settleWindow(id)
    await ledger.sealWindow(id, seal)
  }
  const next = async (share: number) =>
    (await ledger.leastRecentlyAudited({ org: 'acme', share })).map(({ from }) => from)
  expect(await next(0)).toEqual([])
  expect(await next(0.01)).toEqual([october.from])
  expect(await next(0.34)).toEqual([october.from, november.from])
  expect(await next(1)).toEqual([october.from, november.from, december.from])
  await ledger.beginRun({
    id: 'audit',
    org: 'acme',
    window: { from: december.to, to: '2027-02-01T00:00:00.000Z' },
    jobDigest: 'd',
  })
  await ledger.compareEntries({ run: 'audit', window: october, rows: [entry(1)], complete: true })
  await ledger.commitRun('audit', { archive: 'b' })
  expect(await next(1)).toEqual([november.from, december.from, october.from])
  expect(await ledger.leastRecentlyAudited({ org: 'nobody', share: 1 })).toEqual([])
  for (const share of [-0.1, 1.1, Number.NaN]) {
    await expect(ledger.leastRecentlyAudited({ org: 'acme', share })).rejects.toMatchObject({ code: 'LEDGER_OPTIONS' })
  }
})
