import { expect, test } from 'vitest'
import type { NewRun } from './run.ts'
import { collect, entry, newDirectory, october, open, sealOctober } from './testing/sample-ledger.ts'

const job: NewRun = { id: 'run-1', org: 'acme', window: october, jobDigest: 'digest' }

test('a run from its beginning to its archive', async () => {
  let now = Date.parse('2026-11-01T02:00:00.000Z')
  await using ledger = await open(newDirectory(), { clock: { now: () => now, sleep: async () => undefined } })
  const begun = {
    ...job,
    state: 'running',
    startedAt: '2026-11-01T02:00:00.000Z',
    endedAt: null,
    archive: null,
    verdict: null,
    code: null,
  }
  expect(await ledger.beginRun(job)).toEqual(begun)
  expect(await ledger.unfinishedRun(job)).toEqual(begun)
  now += 60_000
  const archived = {
    ...begun,
    state: 'archived',
    endedAt: '2026-11-01T02:01:00.000Z',
    archive: 'a',
    verdict: 'complete',
  }
  expect(await ledger.commitRun('run-1', { archive: 'a', verdict: 'complete' })).toEqual(archived)
  // Killed before it heard of it, it says so again.
  now += 60_000
  expect(await ledger.commitRun('run-1', { archive: 'a', verdict: 'complete' })).toEqual(archived)
  expect(await ledger.unfinishedRun(job)).toBeNull()
  expect(await ledger.runs()).toEqual([archived])
})

test('the last run of a job is the one to continue, unless it was archived or given up', async () => {
  await using ledger = await open()
  const unfinished = async () => (await ledger.unfinishedRun(job))?.id ?? null
  expect(await unfinished()).toBeNull()
  await ledger.beginRun(job)
  await ledger.endRun('run-1', { state: 'failed', code: 'HTTP_401' })
  expect(await ledger.unfinishedRun(job)).toMatchObject({ id: 'run-1', state: 'failed', code: 'HTTP_401' })
  await ledger.beginRun({ ...job, id: 'run-2' })
  expect(await unfinished()).toBe('run-2')
  await ledger.beginRun({ ...job, id: 'other-job', jobDigest: 'other' })
  await ledger.beginRun({ ...job, id: 'other-org', org: 'other' })
  expect(await unfinished()).toBe('run-2')
  await ledger.endRun('run-2', { state: 'abandoned' })
  expect(await unfinished()).toBeNull()
  expect((await ledger.runs({ org: 'acme', state: 'running' })).map(({ id }) => id)).toEqual(['other-job'])
  expect(await ledger.runs({ org: 'nobody' })).toEqual([])
})

test('from each state only what makes sense', async () => {
  await using ledger = await open()
  const wrong = { code: 'LEDGER_RUN_STATE', kind: 'refused' }
  const commit = (id: string) => ledger.commitRun(id, { archive: 'a' })
  for (const state of ['failed', 'abandoned'] as const) {
    await ledger.beginRun({ ...job, id: state })
    await ledger.endRun(state, { state })
    await ledger.endRun(state, { state })
    await expect(commit(state)).rejects.toMatchObject(wrong)
    await expect(ledger.recordEntries(state, [entry(1)])).rejects.toMatchObject(wrong)
  }
  await expect(ledger.resumeRun('abandoned')).rejects.toMatchObject(wrong)
  await expect(ledger.endRun('abandoned', { state: 'failed' })).rejects.toMatchObject(wrong)
  expect(await ledger.resumeRun('failed')).toMatchObject({ state: 'running', endedAt: null, code: null })
  await commit('failed')
  await expect(ledger.commitRun('failed', { archive: 'b' })).rejects.toMatchObject(wrong)
  await expect(ledger.endRun('failed', { state: 'abandoned' })).rejects.toMatchObject(wrong)
  await expect(ledger.resumeRun('failed')).rejects.toMatchObject(wrong)
  await expect(ledger.beginRun({ ...job, id: 'failed' })).rejects.toMatchObject({ code: 'LEDGER_RUN_EXISTS' })
  await expect(commit('nobody')).rejects.toMatchObject({ code: 'LEDGER_RUN_UNKNOWN', kind: 'not-found' })
})

test.each([
  [{ id: '' }, 'LEDGER_RUN'],
  [{ jobDigest: '' }, 'LEDGER_RUN'],
  [{ org: '' }, 'LEDGER_ORG'],
  [{ window: { from: october.to, to: october.from } }, 'LEDGER_WINDOW'],
  [{ window: { from: october.from, to: october.from } }, 'LEDGER_WINDOW'],
  [{ window: { from: '2026-10-01', to: october.to } }, 'LEDGER_WINDOW'],
])('%j begins no run', async (part, code) => {
  await using ledger = await open()
  await expect(ledger.beginRun({ ...job, ...part })).rejects.toMatchObject({ code, kind: 'usage' })
  expect(await ledger.runs()).toEqual([])
})

test('a resumed run records anew: what it does not read again is not there', async () => {
  await using ledger = await open()
  await ledger.beginRun(job)
  await ledger.recordEntries('run-1', [entry(1), entry(2)])
  await ledger.recordGaps('run-1', [{ window: october, code: 'gone' }])
  await ledger.resumeRun('run-1')
  expect(await ledger.recordEntries('run-1', [entry(2), entry(3)])).toMatchObject({ recorded: 2 })
  const window = await ledger.openWindow({ org: 'acme', ...october })
  await ledger.settleWindow(window.id)
  await ledger.commitRun('run-1', { archive: 'a', seals: [{ window: window.id, sealDigest: 's' }] })
  expect(await collect(ledger.gaps({ org: 'acme' }))).toEqual([])
  await ledger.beginRun({ ...job, id: 'run-2' })
  const rows = [entry(2), entry(3)]
  expect(await ledger.compareEntries({ run: 'run-2', window: october, rows, complete: true })).toMatchObject({
    late: 0,
    vanished: 0,
  })
})

test('what is recorded twice counts once; what an archive has otherwise is an amendment', async () => {
  await using ledger = await open()
  await sealOctober(ledger, [entry(1), entry(2, 0, 5)])
  await ledger.beginRun({ ...job, id: 'again' })
  const rows = [entry(1), entry(1), entry(2, 0, 6), entry(2, 0, 6), entry(3, 0, 9), entry(3, 0, 8), entry(3, 0, 9)]
  expect(await ledger.recordEntries('again', rows)).toEqual({ recorded: 1, known: 2, amended: 1, conflicting: 2 })
  expect(await collect(ledger.amendments({ run: 'again' }))).toMatchObject([
    { kind: 'changed', before: '05'.repeat(32), after: '06'.repeat(32), archive: null },
  ])
  await ledger.commitRun('again', { archive: 'again' })
  await ledger.beginRun({ ...job, id: 'third' })
  // The lower of two digests, whichever came first.
  expect(await ledger.recordEntries('third', [entry(2, 0, 6), entry(3, 0, 8)])).toMatchObject({ known: 2, amended: 0 })
  expect(await ledger.check()).toEqual([])
})

test.each([
  ['an entry of another time', { sentAt: october.to }, 'LEDGER_ENTRY_OUTSIDE_WINDOW'],
  ['an entry from before', { sentAt: '2026-09-30T23:59:59.999Z' }, 'LEDGER_ENTRY_OUTSIDE_WINDOW'],
  ['no instant', { sentAt: '2026-10-01T00:00:00Z' }, 'LEDGER_ENTRY'],
  ['no conversation', { conversation: '' }, 'LEDGER_ENTRY'],
  ['no entry', { entryId: 5 as unknown as string }, 'LEDGER_ENTRY'],
  ['an endless identifier', { entryId: 'x'.repeat(5_000) }, 'LEDGER_ENTRY'],
  ['a short digest', { digest: new Uint8Array(31) }, 'LEDGER_ENTRY'],
])('%s is refused, and its batch with it', async (_, part, code) => {
  await using ledger = await open()
  await ledger.beginRun(job)
  await expect(ledger.recordEntries('run-1', [entry(1), { ...entry(2), ...part }])).rejects.toMatchObject({
    code,
    kind: 'usage',
  })
  expect(await ledger.recordEntries('run-1', [entry(1)])).toMatchObject({ recorded: 1 })
})

test('identifiers that differ in a half of a surrogate pair, or in where one ends, are different', async () => {
  await using ledger = await open()
  const name = (conversation: string, entryId: string): string => ledger.nameOf({ org: 'acme', conversation, entryId })
  const names = [
    name('a', 'b'),
    name('ab', ''),
    name('a\ud800', 'b'),
    name('a\ud801', 'b'),
    name('a', '","b'),
    name('__proto__', 'b'),
  ]
  expect(new Set(names).size).toBe(names.length)
  expect(names[0]).toMatch(/^[0-9a-f]{32}$/)
})

test('recording takes rows as they come, many at a time, and stops when told', async () => {
  await using ledger = await open()
  await ledger.beginRun(job)
  async function* rows() {
    for (let id = 0; id < 9_000; id++) yield entry(id, id)
  }
  expect(await ledger.recordEntries('run-1', rows())).toMatchObject({ recorded: 9_000 })
  const stop = new AbortController()
  let given = 0
  function* endless() {
    for (;;) {
      if (++given === 5_000) stop.abort('enough')
      yield entry(given, given)
    }
  }
  await expect(ledger.recordEntries('run-1', endless(), { signal: stop.signal })).rejects.toBe('enough')
  expect(given).toBeLessThan(10_000)
  // A large run is given up in pieces.
  await ledger.endRun('run-1', { state: 'abandoned' })
  expect(await ledger.check()).toEqual([])
})
