import { expect, test } from 'vitest'
import { beginNovember, collect, entry, november, october, open, sealOctober } from './testing/sample-ledger.ts'

test('a gap is open until a run that filled it is archived', async () => {
  await using ledger = await open()
  await ledger.beginRun({ id: 'first', org: 'acme', window: october, jobDigest: 'd' })
  const gaps = [
    { window: october, code: 'not-found', conversation: 'c1' },
    { window: october, code: 'outage' },
  ]
  await ledger.recordGaps('first', gaps)
  await ledger.recordGaps('first', gaps)
  const all = (open: boolean) => collect(ledger.gaps({ org: 'acme', open }))
  expect(await all(false)).toEqual([])
  await ledger.commitRun('first', { archive: 'a' })
  const [one, other] = await all(true)
  expect(one).toMatchObject({
    org: 'acme',
    window: october,
    code: 'not-found',
    conversation: ledger.nameOf({ org: 'acme', conversation: 'c1' }),
    foundIn: 'first',
    archive: 'a',
    filledBy: null,
  })
  expect(other).toMatchObject({ code: 'outage', conversation: null })

  await beginNovember(ledger, 'failing')
  await ledger.fillGaps('failing', [one?.id ?? 0])
  expect(await all(true)).toHaveLength(2)
  await ledger.endRun('failing', { state: 'failed' })
  await beginNovember(ledger)
  await ledger.fillGaps('november', [one?.id ?? 0])
  await ledger.commitRun('november', { archive: 'b' })
  expect(await all(true)).toEqual([other])
  expect(await all(false)).toMatchObject([{ filledBy: 'november' }, { filledBy: null }])

  await beginNovember(ledger, 'later')
  await beginNovember(ledger, 'elsewhere', 'other')
  for (const [run, id] of [
    ['later', one?.id],
    ['later', 99],
    ['elsewhere', other?.id],
  ] as const) {
    await expect(ledger.fillGaps(run, [id ?? 0])).rejects.toMatchObject({ code: 'LEDGER_GAP_UNKNOWN' })
  }
  await expect(ledger.recordGaps('later', [{ window: november, code: '' }])).rejects.toMatchObject({
    code: 'LEDGER_GAP',
  })
})

test('more gaps and amendments than fit into one piece are told in order', async () => {
  await using ledger = await open()
  await sealOctober(
    ledger,
    Array.from({ length: 2_500 }, (_, id) => entry(id, id)),
  )
  await beginNovember(ledger)
  await ledger.recordGaps(
    'november',
    Array.from({ length: 2_001 }, (_, id) => ({ window: november, code: String(id) })),
  )
  await ledger.compareEntries({ run: 'november', window: october, rows: [], complete: true })
  await ledger.commitRun('november', { archive: 'b' })
  const codes = (await collect(ledger.gaps({ org: 'acme' }))).map(({ code }) => Number(code))
  expect(codes).toEqual(Array.from({ length: 2_001 }, (_, id) => id))
  expect(new Set((await collect(ledger.amendments({ org: 'acme' }))).map((one) => one.entry)).size).toBe(2_500)
  expect(await collect(ledger.amendments({ org: 'nobody' }))).toEqual([])
})
