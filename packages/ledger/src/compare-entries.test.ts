import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AmendmentKind } from './amendment.ts'
import type { EntrySeen } from './entry-seen.ts'
import { beginNovember, collect, entry, november, october, open, sealOctober } from './testing/sample-ledger.ts'

type Reading = readonly { readonly id: number; readonly ms: number; readonly version: number }[]

const reading = fc.array(fc.record({ id: fc.nat(6), ms: fc.nat(2), version: fc.nat(2) }), { maxLength: 12 })
const rowsOf = (read: Reading): EntrySeen[] => read.map(({ id, ms, version }) => entry(id, ms, version))

/** What is at each place, as the ledger has it: of the same entry twice at one time, the lower digest. */
function placesOf(read: Reading): Map<string, number> {
  const places = new Map<string, number>()
  for (const { id, ms, version } of read) {
    const place = `${id}@${ms}`
    places.set(place, Math.min(version, places.get(place) ?? version))
  }
  return places
}

/** The same comparison in plain words, as one tells it: kind, entry, digests. */
function compareNaively(known: Map<string, number>, read: Map<string, number>, complete: boolean): string[] {
  const found: string[] = []
  const missing = new Map<string, string[]>()
  for (const place of [...known.keys()].sort()) {
    const id = place.split('@')[0] ?? ''
    if (!read.has(place)) missing.set(id, [...(missing.get(id) ?? []), place])
  }
  for (const [place, after] of [...read].sort()) {
    const id = place.split('@')[0] ?? ''
    const before = known.get(place)
    if (before === after) continue
    if (before !== undefined) {
      found.push(`changed ${id} ${before} ${after}`)
      continue
    }
    const moved = missing.get(id)?.shift()
    if (moved === undefined) found.push(`late ${id} null ${after}`)
    else found.push(`changed ${id} ${known.get(moved)} ${after}`)
  }
  // Those that did not move.
  if (complete) {
    for (const [id, places] of missing)
      for (const place of places) found.push(`vanished ${id} ${known.get(place)} null`)
  }
  return found.sort()
}

/** What is known once the run is archived. */
function knownAfter(known: Map<string, number>, read: Map<string, number>, complete: boolean): Map<string, number> {
  if (complete) return read
  const next = new Map(known)
  for (const place of read.keys()) {
    const [id] = place.split('@')
    // Those that moved: as many as came anew, the first ones first.
    if (next.has(place)) continue
    const gone = [...known.keys()]
      .sort()
      .find((other) => other.startsWith(`${id}@`) && !read.has(other) && next.has(other))
    if (gone !== undefined) next.delete(gone)
  }
  for (const [place, version] of read) next.set(place, version)
  return next
}

test('finds what a plain comparison finds, each difference once, over any number of readings', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      reading,
      fc.array(fc.record({ read: reading, complete: fc.boolean(), archived: fc.boolean() }), { maxLength: 3 }),
      async (first, readings) => {
        await using ledger = await open()
        await sealOctober(ledger, rowsOf(first))
        let known = placesOf(first)
        for (const [index, { read, complete, archived }] of readings.entries()) {
          const run = `run-${index}`
          await beginNovember(ledger, run)
          const compare = () => ledger.compareEntries({ run, window: october, rows: rowsOf(read), complete })
          const expected = compareNaively(known, placesOf(read), complete)
          const counts = await compare()
          // A killed run asks again: it finds the same, once.
          expect(await compare()).toEqual(counts)
          const found = await collect(ledger.amendments({ run }))
          const idOf = new Map(
            Array.from({ length: 7 }, (_, id) => [ledger.nameOf({ org: 'acme', ...entry(id) }), String(id)]),
          )
          const digit = (hex: string | null): string =>
            hex === null ? 'null' : String(Number.parseInt(hex.slice(0, 2), 16))
          expect(
            found
              .map(({ kind, entry, before, after }) => `${kind} ${idOf.get(entry)} ${digit(before)} ${digit(after)}`)
              .sort(),
          ).toEqual(expected)
          const count = (kind: AmendmentKind): number => found.filter((one) => one.kind === kind).length
          expect(counts).toEqual({
            compared: placesOf(read).size,
            late: count('late'),
            changed: count('changed'),
            vanished: count('vanished'),
          })
          if (archived) {
            await ledger.commitRun(run, { archive: `archive-${index}` })
            known = knownAfter(known, placesOf(read), complete)
          } else {
            await ledger.endRun(run, { state: index % 2 ? 'failed' : 'abandoned' })
          }
        }
        expect(await ledger.check()).toEqual([])
      },
    ),
    { numRuns: Number(process.env['SLOW'] ? 300 : 40) },
  )
})

test('an amendment is reported once, and says where it was found', async () => {
  await using ledger = await open()
  await sealOctober(ledger, [entry(1), entry(2), entry(3)])
  await beginNovember(ledger)
  const rows = [entry(1), entry(2, 0, 9), entry(4, 5)]
  const compare = (run: string) => ledger.compareEntries({ run, window: october, rows, complete: true })
  expect(await compare('november')).toEqual({ compared: 3, late: 1, changed: 1, vanished: 1 })
  expect(await collect(ledger.amendments({ org: 'acme' }))).toEqual([])
  await ledger.commitRun('november', { archive: 'acme-november' })
  const found = await collect(ledger.amendments({ org: 'acme' }))
  expect(found).toHaveLength(3)
  expect(found).toContainEqual({
    org: 'acme',
    kind: 'changed',
    entry: ledger.nameOf({ org: 'acme', ...entry(2) }),
    conversation: ledger.nameOf({ org: 'acme', conversation: 'conversation-2' }),
    sentAt: october.from,
    before: '00'.repeat(32),
    after: '09'.repeat(32),
    amends: 'acme-october',
    foundIn: 'november',
    archive: 'acme-november',
  })
  await beginNovember(ledger, 'again')
  expect(await compare('again')).toEqual({ compared: 3, late: 0, changed: 0, vanished: 0 })
})

test('what was found by a run without an archive is found again by the next', async () => {
  await using ledger = await open()
  await sealOctober(ledger, [entry(1)])
  for (const state of ['failed', 'abandoned', undefined] as const) {
    await beginNovember(ledger, `run-${state}`)
    const compared = await ledger.compareEntries({ run: `run-${state}`, window: october, rows: [], complete: true })
    expect(compared.vanished).toBe(1)
    if (state !== undefined) await ledger.endRun(`run-${state}`, { state })
  }
})

test('vanished is concluded from a complete reading only, and only in the time that was read', async () => {
  await using ledger = await open()
  await sealOctober(ledger, [entry(1, 10), entry(2, 20), entry(3, 30)])
  await beginNovember(ledger)
  const at = (ms: number): string => entry(0, ms).sentAt
  const compare = (from: number, to: number, complete: boolean) =>
    ledger.compareEntries({ run: 'november', window: { from: at(from), to: at(to) }, rows: [], complete })
  expect((await compare(0, 100, false)).vanished).toBe(0)
  expect((await compare(10, 30, true)).vanished).toBe(2)
  expect((await compare(11, 20, true)).vanished).toBe(0)
  expect((await compare(20, 31, true)).vanished).toBe(2)
})

test('an entry that comes back is late; one of another org is none of ours', async () => {
  await using ledger = await open()
  await sealOctober(ledger, [entry(1)])
  await sealOctober(ledger, [entry(1), entry(2)], 'other')
  const counts = []
  for (const [index, rows] of [[], [entry(1)], [entry(1)]].entries()) {
    await beginNovember(ledger, `run-${index}`)
    counts.push(await ledger.compareEntries({ run: `run-${index}`, window: october, rows, complete: true }))
    await ledger.commitRun(`run-${index}`, { archive: `archive-${index}` })
  }
  expect(counts).toMatchObject([{ vanished: 1 }, { late: 1, vanished: 0 }, { late: 0, vanished: 0 }])
})

test('a complete reading that is archived is an audit', async () => {
  await using ledger = await open()
  await sealOctober(ledger, [entry(1)])
  await beginNovember(ledger)
  const auditedAt = async () => (await ledger.windows({ org: 'acme' }))[0]?.auditedAt
  await ledger.compareEntries({ run: 'november', window: october, rows: [], complete: true })
  expect(await auditedAt()).toBeNull()
  // The last reading counts, and it was not complete.
  await ledger.compareEntries({ run: 'november', window: october, rows: [], complete: false })
  await ledger.commitRun('november', { archive: 'acme-november' })
  expect(await auditedAt()).toBeNull()
  await beginNovember(ledger, 'again')
  await ledger.compareEntries({ run: 'again', window: october, rows: [entry(1)], complete: true })
  await ledger.commitRun('again', { archive: 'acme-november-2' })
  expect(await auditedAt()).not.toBeNull()
})

test('time that is not sealed is not compared: what is new there is not late', async () => {
  await using ledger = await open()
  await sealOctober(ledger, [entry(1)])
  await beginNovember(ledger)
  for (const window of [
    november,
    { from: october.from, to: november.to },
    { from: '2026-09-30T00:00:00.000Z', to: october.to },
  ]) {
    await expect(ledger.compareEntries({ run: 'november', window, rows: [], complete: true })).rejects.toMatchObject({
      code: 'LEDGER_WINDOW_NOT_SEALED',
      kind: 'refused',
    })
  }
})

test('an entry of another time, and a row that is none, are refused; what was found before stays', async () => {
  await using ledger = await open()
  await sealOctober(ledger, [entry(1)])
  await beginNovember(ledger)
  const compare = (rows: EntrySeen[]) =>
    ledger.compareEntries({ run: 'november', window: october, rows, complete: true })
  await compare([])
  await expect(compare([{ ...entry(1), sentAt: october.to }])).rejects.toMatchObject({
    code: 'LEDGER_ENTRY_OUTSIDE_WINDOW',
  })
  await expect(compare([{ ...entry(1), digest: new Uint8Array(31) }])).rejects.toMatchObject({ code: 'LEDGER_ENTRY' })
  await expect(
    ledger.compareEntries({
      run: 'november',
      window: october,
      rows: [],
      complete: true,
      signal: AbortSignal.abort('no'),
    }),
  ).rejects.toBe('no')
  expect(await collect(ledger.amendments({ run: 'november' }))).toHaveLength(1)
})

test('whether a reading was complete may be said once all of it was given', async () => {
  await using ledger = await open()
  await sealOctober(ledger, [entry(1), entry(2)])
  for (const complete of [false, true]) {
    const run = `complete-${complete}`
    await beginNovember(ledger, run)
    let given = 0
    async function* rows(): AsyncGenerator<EntrySeen> {
      yield entry(1)
      given += 1
    }
    const options = { run, window: october, rows: rows(), complete: () => given === 1 && complete }
    expect(await ledger.compareEntries(options)).toMatchObject({ vanished: complete ? 1 : 0 })
  }
})

test('tells of each entry of a run what it was found to be: of just that time and digest', async () => {
  await using ledger = await open()
  await sealOctober(ledger, [entry(1), entry(2), entry(3)])
  await ledger.beginRun({ id: 'again', org: 'acme', window: october, jobDigest: 'again' })
  const rows = [entry(1), entry(2, 0, 9), entry(4, 5)]
  await ledger.compareEntries({ run: 'again', window: october, rows, complete: true })
  const asked = [...rows, entry(2), entry(2, 1, 9), entry(3)]
  const found = await ledger.amendmentsOf('again', asked)
  expect(found.map((one) => one && [one.kind, one.amends])).toEqual([
    null,
    ['changed', 'acme-october'],
    ['late', null],
    null,
    null,
    null,
  ])
  // What the run gives back is not known by it.
  await ledger.retractAmendments('again', [entry(4, 5)])
  await ledger.commitRun('again', { archive: 'acme-october-amendment-1' })
  await ledger.beginRun({ id: 'once-more', org: 'acme', window: october, jobDigest: 'again' })
  expect(await ledger.compareEntries({ run: 'once-more', window: october, rows, complete: true })).toEqual({
    compared: 3,
    late: 1,
    changed: 0,
    vanished: 0,
  })
  expect(await ledger.check()).toEqual([])
})

test('what was known by name alone is no change: the first reading tells what it is, the next one compares', async () => {
  await using ledger = await open()
  await sealOctober(
    ledger,
    [entry(1), entry(2), entry(3)].map((seen) => ({ ...seen, digest: null })),
  )
  const read = async (run: string, rows: readonly EntrySeen[]) => {
    await ledger.beginRun({ id: run, org: 'acme', window: october, jobDigest: run })
    const compared = await ledger.compareEntries({ run, window: october, rows, complete: true })
    await ledger.commitRun(run, { archive: run })
    expect(await ledger.check()).toEqual([])
    return compared
  }
  expect(await read('first', [entry(1), entry(2), entry(4)])).toMatchObject({ late: 1, changed: 0, vanished: 1 })
  expect(await read('second', [entry(1, 0, 7), entry(2), entry(4)])).toMatchObject({ late: 0, changed: 1, vanished: 0 })
})
