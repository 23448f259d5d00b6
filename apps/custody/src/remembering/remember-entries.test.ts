import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EncodedConversations } from '@custody/archive'
import { type Gap, type Ledger, openLedger } from '@custody/ledger'
import type { Conversation, Entry } from '@custody/model'
import { defineSink, defineSource, defineStage, from, mapRecords } from '@custody/pipeline'
import { afterEach, describe, expect, test } from 'vitest'
import { entryReader } from './entry-seen.ts'
import { rememberEntries } from './remember-entries.ts'

const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }
const key = new Uint8Array(32).fill(7)
const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function open(): Promise<Ledger> {
  const folder = mkdtempSync(join(tmpdir(), 'custody-remember-'))
  folders.push(folder)
  const ledger = await openLedger({ directory: folder, key })
  await ledger.beginRun({ id: 'run', org: 'acme', window, jobDigest: 'job' })
  return ledger
}

const entry = (entryId: string, text = 'Hello', changes: Partial<Entry> = {}): Entry => ({
  entryId,
  sentAt: '2026-10-02T09:00:00.000Z',
  clientAt: null,
  kind: 'message',
  entryType: 'Message',
  sender: { role: 'agent', appType: null, subject: null, displayName: null },
  text,
  content: null,
  relatedRecords: [],
  source: 'conversation-data',
  payload: {},
  extra: null,
  ...changes,
})

const conversation = (identifier: string, entries: readonly Entry[], verdict = 'matched'): Conversation =>
  ({ identifier, entries, reconciliation: { verdict, reason: null } }) as unknown as Conversation

/** Runs conversations past both places, with a stage between that changes texts and refuses some. */
async function run(ledger: Ledger, batches: readonly (readonly Conversation[])[], refused: readonly string[] = []) {
  const stages = rememberEntries({ ledger, ledgerKey: key, runId: 'run', window })
  const source = defineSource<Conversation>('source', async function* () {
    for (const records of batches) yield { records, rejects: [] }
  })
  const redact = mapRecords<Conversation, Conversation>({
    name: 'redact',
    map: (one, { refuse }) =>
      refused.includes(one.identifier)
        ? refuse({ code: 'RESIDUE', subject: { type: 'Conversation', id: one.identifier }, message: 'left' })
        : { ...one, entries: one.entries.map((each) => ({ ...each, text: 'redacted' })) },
  })
  const sink = defineSink<Conversation>('sink', async function* (source) {
    let batches = 0
    let records = 0
    let rejects = 0
    for await (const batch of source) {
      batches += 1
      records += batch.records.length
      rejects += batch.rejects.length
    }
    if (batches > 0) yield { batches, records, rejects }
  })
  await from(source).through(stages.read).through(redact).through(stages.record).to(sink).run()
  return stages
}

/** Seals October with what was recorded, and reads it again. */
async function readAgain(ledger: Ledger, conversations: readonly Conversation[]) {
  const { id } = await ledger.openWindow({ org: 'acme', ...window })
  await ledger.settleWindow(id)
  await ledger.commitRun('run', { archive: 'october', seals: [{ window: id, sealDigest: 'ab' }] })
  await ledger.beginRun({ id: 'again', org: 'acme', window, jobDigest: 'again' })
  const rows = conversations.flatMap(entryReader(key))
  return await ledger.compareEntries({ run: 'again', window, rows, complete: true })
}

/** As `run`, with conversations encoded in between. */
async function runEncoded(ledger: Ledger, batches: readonly (readonly Conversation[])[], refused: readonly string[]) {
  const stages = rememberEntries({ ledger, ledgerKey: key, runId: 'run', window })
  const source = defineSource<Conversation>('source', async function* () {
    for (const records of batches) yield { records, rejects: [] }
  })
  const encode = defineStage<Conversation, EncodedConversations>('encode', async function* (given) {
    for await (const { records, rejects } of given) {
      const verdicts = records
        .map(({ identifier, reconciliation }) => ({ identifier, verdict: reconciliation?.verdict ?? 'unknown' }))
        .filter(({ identifier }) => !refused.includes(identifier))
      yield { records: [{ verdicts } as unknown as EncodedConversations], rejects }
    }
  })
  for await (const _ of from(source).through(stages.read).through(encode).through(stages.recordEncoded).batches());
  return stages
}

async function openGaps(ledger: Ledger): Promise<readonly Gap[]> {
  const gaps: Gap[] = []
  for await (const gap of ledger.gaps({ org: 'acme', open: true })) gaps.push(gap)
  return gaps
}

describe('what the ledger is told of a run', () => {
  test('is what was read, before redaction, of everything that reached the archive', async () => {
    await using ledger = await open()
    const all = [
      conversation('c1', [entry('e1', 'one'), entry('e2', 'two')]),
      conversation('c2', [entry('e1', 'three')]),
    ]
    await run(ledger, [all])
    expect(await readAgain(ledger, all)).toEqual({ compared: 3, late: 0, changed: 0, vanished: 0 })
  })

  test('leaves out what redaction refused: it comes late, and its gap is open', async () => {
    await using ledger = await open()
    const all = ['c1', 'c2', 'c3', 'c4'].map((id) => conversation(id, [entry(`${id}-e`)]))
    const stages = await run(ledger, [all.slice(0, 3), all.slice(3)], ['c2', 'c4'])
    expect(stages.gaps.count).toBe(2)
    expect(await readAgain(ledger, all)).toEqual({ compared: 4, late: 2, changed: 0, vanished: 0 })
    const gaps = await openGaps(ledger)
    expect(gaps.map(({ code, conversation }) => [code, conversation])).toEqual(
      ['c2', 'c4'].map((id) => ['RESIDUE', ledger.nameOf({ org: 'acme', conversation: id })]),
    )
  })

  test('is the same where conversations came encoded', async () => {
    await using ledger = await open()
    const all = ['c1', 'c2', 'c3', 'c4'].map((id) => conversation(id, [entry(`${id}-e`)]))
    const [excluded, missing] = [conversation('c5', [entry('c5-e')], 'excluded'), conversation('c6', [], 'missing')]
    const stages = await runEncoded(ledger, [all.slice(0, 3), all.slice(3), [excluded, missing]], ['c2'])
    expect(stages.gaps.count).toBe(1)
    expect(await readAgain(ledger, all)).toEqual({ compared: 4, late: 1, changed: 0, vanished: 0 })
    expect((await openGaps(ledger)).map(({ code }) => code)).toEqual(['RECONCILIATION_MISSING'])
  })

  test('takes identifiers that are empty or endless by their hash, and the same conversation twice', async () => {
    await using ledger = await open()
    const all = [
      conversation('c1', [entry(''), entry('x'.repeat(10_000))]),
      conversation('c1', [entry('e2')]),
      conversation('y'.repeat(5_000), [entry('e1')]),
    ]
    await run(ledger, [all])
    expect(await readAgain(ledger, all)).toMatchObject({ compared: 4, late: 0, vanished: 0 })
  })

  test('notes what is missing by conversation, and beyond a thousand as a whole', async () => {
    await using ledger = await open()
    const all = Array.from({ length: 1_200 }, (_, at) => conversation(`c${at}`, [], at === 0 ? 'differs' : 'missing'))
    const stages = await run(ledger, [all])
    expect(stages.gaps.count).toBe(1_200)
    await readAgain(ledger, [])
    const gaps = await openGaps(ledger)
    expect(gaps).toHaveLength(1_001)
    expect(gaps.at(-1)).toMatchObject({ code: 'RECONCILIATION_MISSING', conversation: null })
  })

  test.each([
    ['another payload, source or sender’s name', { payload: { a: 1 }, source: 'data360', clientAt: null }, true],
    ['another text', { text: 'Hello!' }, false],
    ['another type', { entryType: 'StaticContentMessage' }, false],
    ['another role', { sender: { role: 'bot', appType: null, subject: null, displayName: null } }, false],
    [
      'another attachment',
      { content: { type: 'attachments', attachments: [{ id: 'a', name: null, mimeType: null, url: null }] } },
      false,
    ],
  ] as const)('%s', async (_, changes, isSame) => {
    await using ledger = await open()
    await run(ledger, [[conversation('c1', [entry('e1')])]])
    const changed = [conversation('c1', [entry('e1', 'Hello', changes as Partial<Entry>)])]
    expect(await readAgain(ledger, changed)).toMatchObject({ changed: isSame ? 0 : 1, late: 0, vanished: 0 })
  })
})
