import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AmendmentRow } from './amendments-report.ts'
import { prove } from './prove.ts'
import { readAmendments } from './read-amendments.ts'
import { readReconciliation } from './read-reconciliation.ts'
import {
  amended,
  amendmentFiles,
  amendmentOf,
  amends,
  digestOf,
  nameOf,
  reread,
  vanished,
  vanishedEntry,
  writeAmendment,
} from './testing/amendment.ts'
import { folderOf } from './testing/bag-files.ts'
import { sealBy, testSigner } from './testing/python-seals.ts'
import { rebag, recommit } from './testing/rebag.ts'
import { batchOf, rejectOf, sampleConversation, sampleEntry, sourceOf, window } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { linesOf, writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'
import { verifyProof } from './verify-proof.ts'

const AMENDMENTS = 'data/reports/amendments.csv'

describe('an amendment', () => {
  test('holds what is late or changed, and a row for each, then for what vanished', async () => {
    const { path, name, verdict, counts } = await writeAmendment(temporaryFolder())
    expect(name).toBe(`${amended}-amendment-1`)
    const [one, , two] = reread().map(({ identifier }) => identifier)
    const at = '2026-10-01T00:01:00.000Z'
    const after = (entryId: string): string => digestOf(`after ${entryId}`)
    const [known, unknown] = vanished
    expect(readFileSync(join(path, AMENDMENTS), 'utf8').split('\r\n')).toEqual([
      'kind,entry,conversation,entry_id,sent_at,before,after,amends',
      `changed,${nameOf(one ?? '', '1-1')},${one},1-1,${at},${digestOf('before 1-1')},${after('1-1')},${amended}`,
      `late,${nameOf(one ?? '', '1-late')},${one},1-late,${at},,${after('1-late')},`,
      `late,${nameOf(two ?? '', '=2-late, "é"')},${two},"'=2-late, ""é""",${at},,${after('=2-late, "é"')},`,
      `vanished,${known?.entry},${known?.conversation},3-1,${window.from},${digestOf('before 3-1')},,${amended}`,
      `vanished,${unknown?.entry},,,${window.from},${digestOf('before gone')},,${amended}`,
      '',
    ])
    expect({ verdict, counts }).toMatchObject({
      verdict: 'counted',
      counts: { found: 4, conversations: 2, entries: 3 },
    })
    const master = linesOf(join(path, 'data/conversations/part-00001.jsonl')).map((line) => JSON.parse(line))
    expect(master.map(({ entries }) => entries.length)).toEqual([2, 1])
  })

  test('tells of every conversation that was read again, whether something of it is here or not', async () => {
    const { path } = await writeAmendment(temporaryFolder())
    const rows: (string | boolean)[][] = []
    for await (const { verdict, archived } of readReconciliation(path)) rows.push([verdict, archived])
    expect(rows).toEqual([
      ['matched', true],
      ['matched', false],
      ['matched', true],
      ['excluded', false],
    ])
  })

  test('says what it is in run.json, bag-info.txt and README.txt', async () => {
    const { path } = await writeAmendment(temporaryFolder(), { amends: amends({ number: 12 }) })
    const run = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'))
    expect(run.archive).toBe(`${amended}-amendment-12`)
    expect(run.amends).toEqual({ archive: amended, number: 12, late: 2, changed: 1, vanished: 2 })
    expect(readFileSync(join(path, 'bag-info.txt'), 'utf8')).toContain(`\nArchive-Amends: ${amended}\n`)
    const readme = readFileSync(join(path, 'README.txt'), 'utf8')
    expect(readme).toMatch(/^AMENDMENT OF AN ARCHIVE/)
    expect(readme).toContain(`\n${amended}\n`)
    expect(readme).toContain('amendments.csv\n  kind  ')
  })

  test('can be read again, row by row, as it was told', async () => {
    for (const container of ['folder', 'zip'] as const) {
      const { path } = await writeAmendment(temporaryFolder(), { container, csvBom: true })
      const rows: AmendmentRow[] = []
      for await (const row of readAmendments(path)) rows.push(row)
      const told = reread().flatMap((conversation) =>
        conversation.entries.map((entry) => ({
          ...amendmentOf(conversation, entry),
          conversation: conversation.identifier,
          entryId: entry.entryId,
          sentAt: entry.sentAt,
        })),
      )
      expect(rows).toEqual([...told, ...vanished.map((each) => ({ ...each, kind: 'vanished', after: null }))])
    }
    const { path } = await writeArchive(temporaryFolder(), sourceOf())
    await expect(readAmendments(path).next()).rejects.toMatchObject({ code: 'ARCHIVE_REPORT' })
    const damaged = await amendmentFiles()
    damaged.set(AMENDMENTS, String(damaged.get(AMENDMENTS)).replace('late', 'soon'))
    const reading = readAmendments(folderOf(damaged))
    await reading.next()
    await expect(reading.next()).rejects.toMatchObject({ code: 'ARCHIVE_REPORT' })
  })

  test('is valid, as a folder, as a ZIP, and whatever else it is made of', async () => {
    for (const container of ['folder', 'zip'] as const) {
      const { path, counts } = await writeAmendment(temporaryFolder(), { container, csvBom: true })
      const report = await verify(path)
      expect(report).toMatchObject({ verdict: 'valid', findings: [], conversations: 2, run: { counts } })
    }
    expect((await verify(folderOf(recommit(rebag(await amendmentFiles()))))).findings).toEqual([])
  })

  test('of a doubtful reading is incomplete, and its gaps are those of all that was read', async () => {
    const doubt = { verdict: 'missing', reason: 'fewer', expectedAgentMessages: 9, expectedEndUserMessages: 1 } as const
    const [one, three] = reread()
    if (!(one && three)) throw new Error('both are there')
    const batch = batchOf([one, { ...three, reconciliation: doubt }], { rejects: [rejectOf()] })
    const options = { amends: amends({ vanished: () => [] }) }
    const { path, verdict, counts } = await writeAmendment(temporaryFolder(), options, sourceOf(batch))
    expect({ verdict, counts }).toMatchObject({ verdict: 'incomplete', counts: { gaps: 2, missing: 2 } })
    expect(await verify(path)).toMatchObject({ findings: [], run: { verdict: 'incomplete' } })
  })

  test('may hold no conversation: only what vanished', async () => {
    const { path, verdict } = await writeAmendment(
      temporaryFolder(),
      {},
      sourceOf(batchOf([sampleConversation(3, { entries: [] })])),
    )
    expect(verdict).toBe('counted')
    expect(await verify(path)).toMatchObject({
      findings: [],
      conversations: 0,
      run: { amends: { late: 0, vanished: 2 } },
    })
  })

  test('keeps a conversation whose identifier is a word of ours, or a formula', async () => {
    for (const identifier of ['erased', '=1+1', '\ud800', 'a\nb', '']) {
      const at = sampleConversation(1).startTime ?? ''
      const conversation = sampleConversation(1, { identifier, entries: [sampleEntry('late', at, 'agent')] })
      const { path } = await writeAmendment(temporaryFolder(), {}, sourceOf(batchOf([conversation])))
      expect((await verify(path)).findings).toEqual([])
    }
  })

  test('proves its conversations, under other salts than the archive it amends', async () => {
    const directory = temporaryFolder()
    const seal = sealBy(testSigner(1))
    const base = await writeArchive(directory, sourceOf(batchOf([1, 2, 3].map((index) => sampleConversation(index)))), {
      seal,
    })
    const { path } = await writeAmendment(directory, { seal })
    const { identifier } = sampleConversation(2)
    const { files, index } = await prove(path, identifier)
    const trustedKeys = [testSigner(1).publicKey]
    const expected = { verdict: 'valid', archive: `example.com/acme/${amended}-amendment-1`, index: 1, size: 2 }
    expect({ ...verifyProof(files, { trustedKeys }), index }).toMatchObject(expected)
    expect(JSON.parse(String(files.get('conversation.json'))).entries).toHaveLength(1)
    const saltOf = (proof: ReadonlyMap<string, Uint8Array>): string =>
      JSON.parse(Buffer.from(proof.get('record.json') ?? []).toString()).salt
    expect(saltOf(files)).not.toBe(saltOf((await prove(base.path, identifier)).files))
    const other = await writeAmendment(directory, { seal, amends: amends({ number: 2 }) })
    expect(saltOf(files)).not.toBe(saltOf((await prove(other.path, identifier)).files))
  })

  test('whatever is amended, the archive is valid and each amendment has its row', async () => {
    const conversation = fc.record({
      late: fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 4 }), { maxLength: 3 }),
      changed: fc.uniqueArray(fc.string({ maxLength: 4 }), { maxLength: 3 }),
    })
    const gone = fc.uniqueArray(fc.tuple(fc.option(fc.string()), fc.string({ maxLength: 5 })), {
      selector: ([of, entryId]) => `${of ?? ''} ${entryId}`,
      maxLength: 4,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(conversation, { maxLength: 5 }), gone, async (all, away) => {
        const conversations = all.map(({ late, changed }, index) => {
          const ids = [...late.map((id) => `late${id}`), ...changed.map((id) => `c${id}`)]
          const at = sampleConversation(index).startTime ?? ''
          return sampleConversation(index, { entries: ids.sort().map((id) => sampleEntry(id, at, 'agent')) })
        })
        const entries = conversations.reduce((sum, each) => sum + each.entries.length, 0)
        fc.pre(entries + away.length > 0 && (all.length > 0 || away.length === 0))
        const rows = away.map(([of, entryId]) => vanishedEntry(of === null ? null : `v${of}`, `v${entryId}`))
        const options = { amends: amends({ vanished: () => rows }) }
        const { path } = await writeAmendment(temporaryFolder(), options, sourceOf(batchOf(conversations)))
        const { findings, run } = await verify(path)
        expect(findings).toEqual([])
        const { late = 0, changed = 0, vanished: lost } = run?.amends ?? {}
        expect([late + changed, lost]).toEqual([entries, away.length])
      }),
      { numRuns: 8 },
    )
  })
})
