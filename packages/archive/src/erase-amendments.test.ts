import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eraseRecords } from './erase-records.ts'
import { readAmendments } from './read-amendments.ts'
import { amended, amends, reread, vanished, vanishedEntry, writeAmendment } from './testing/amendment.ts'
import { contentOf, folderOf } from './testing/erased-bag.ts'
import { erasureOf } from './testing/erasure.ts'
import { sealBy, testSigner } from './testing/python-seals.ts'
import { batchOf, rejectOf, sampleConversation, sourceOf } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'

const AMENDMENTS = 'data/reports/amendments.csv'
const containers = ['folder', 'zip'] as const
const { identifier: one, recordId: recordOfOne } = sampleConversation(1)
const { identifier: three, recordId: recordOfThree } = sampleConversation(3)

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const rowsOf = (folder: string): string[] => readFileSync(join(folder, AMENDMENTS), 'utf8').split('\r\n').slice(1, -1)

/** Erases a conversation by its name alone. */
function erase(path: string, conversation: string, changes: object = {}): ReturnType<typeof eraseRecords> {
  const { records: _, ...rest } = erasureOf(path, { conversations: [conversation], ...changes })
  return eraseRecords(rest)
}

describe.each(containers)('in an amendment (%s)', (container) => {
  test('an erased conversation leaves rows that tell neither of whom, nor when, nor what', async () => {
    const gone = vanishedEntry(one, '1-2')
    const options = { container, amends: amends({ vanished: () => [gone, ...vanished] }) }
    const { path } = await writeAmendment(temporaryFolder(), options)
    const before = rowsOf(folderOf(path))
    expect(await erase(path, one)).toMatchObject({ indexes: [0], erased: 1, named: 0, removed: { anonymised: 4 } })
    expect(await verify(path)).toMatchObject({ findings: [], erased: 1, conversations: 2 })
    const folder = folderOf(path)
    expect(rowsOf(folder)).toEqual([
      `changed,erased,erased,erased,erased,erased,erased,${amended}`,
      'late,erased,erased,erased,erased,,erased,',
      before[2],
      `vanished,erased,erased,erased,erased,erased,,${amended}`,
      ...before.slice(4),
    ])
    const left: (string | null)[] = []
    for await (const { entryId } of readAmendments(path)) left.push(entryId)
    expect(left).toEqual(['=2-late, "é"', '3-1', null])
    for (const [file, bytes] of contentOf(folder)) {
      expect([file, bytes.includes(one), bytes.includes(recordOfOne ?? '?')]).toEqual([file, false, false])
      expect([file, bytes.includes(gone.entry), bytes.includes('1-late')]).toEqual([file, false, false])
    }
    expect(await erase(path, reread()[2]?.identifier ?? '')).toMatchObject({ erased: 2 })
    expect(await verify(path)).toMatchObject({ findings: [], erased: 2, conversations: 2 })
  })

  test('one of which it only tells what vanished is erased as well, and what was sealed stays sealed', async () => {
    const seal = sealBy(testSigner(1))
    const { path } = await writeAmendment(temporaryFolder(), { container, seal })
    const before = rowsOf(folderOf(path))
    const { tagManifestSha256: supersededTags } = await verify(path)
    const superseding: typeof seal = (bag) => {
      const text = Buffer.from(bag.superseded?.get('seal/seal.txt') ?? '')
      return sealBy(testSigner(1), { seal: { supersedes: sha256(text) } })(bag)
    }
    const result = await erase(path, three, { seal: superseding })
    expect(result).toMatchObject({ indexes: [], erased: 0, named: 1, removed: { lines: 0, rows: 0, anonymised: 2 } })
    const trustedKeys = [testSigner(1).publicKey]
    const report = await verify(path, { trustedKeys })
    expect(report).toMatchObject({ findings: [], erased: 0, run: { erased: 0 }, seal: { trust: 'trusted' } })
    expect(report.tagManifestSha256).not.toBe(supersededTags)
    const folder = folderOf(path)
    expect(rowsOf(folder)).toEqual(before.with(3, `vanished,erased,erased,erased,erased,erased,,${amended}`))
    for (const [file, bytes] of contentOf(folder)) {
      expect([file, bytes.includes(three), bytes.includes(recordOfThree ?? '?')]).toEqual([file, false, false])
    }
    expect(readFileSync(join(folder, 'integrity/erasures.jsonl'), 'utf8')).toContain('"indexes":[]')
    expect(readFileSync(join(folder, 'README.txt'), 'utf8')).toMatch(/^Erased {9}None of these/m)
    await expect(erase(path, three, { seal: superseding })).rejects.toMatchObject({ code: 'ERASE_UNKNOWN_RECORD' })
  })
})

describe('in any archive, reports no longer name one that has no line', () => {
  test('one of another time, by its identifier', async () => {
    const excluded = {
      verdict: 'excluded',
      reason: 'no-entries-in-window',
      expectedAgentMessages: 1,
      expectedEndUserMessages: 1,
    } as const
    const records = [sampleConversation(1), sampleConversation(3, { entries: [], reconciliation: excluded })]
    const message = `The record ${recordOfThree} is odd.`
    const reject = rejectOf({ subject: { type: 'MessagingSession', id: '0Mw1' }, message })
    const source = sourceOf(batchOf(records, { rejects: [reject] }))
    const { path } = await writeArchive(temporaryFolder(), source, { csvBom: true })
    expect(await erase(path, three, { plan: true })).toMatchObject({ planned: true, named: 1, erased: 0 })
    expect(await erase(path, three)).toMatchObject({ named: 1, erased: 0, removed: { anonymised: 3 } })
    expect(await verify(path)).toMatchObject({ findings: [], erased: 0, run: { erased: 0 } })
    for (const [file, bytes] of contentOf(path)) {
      expect([file, bytes.includes(three), bytes.includes(recordOfThree ?? '?')]).toEqual([file, false, false])
    }
    expect(await erase(path, one)).toMatchObject({ named: 0, erased: 1 })
    expect(await verify(path)).toMatchObject({ findings: [], erased: 1, run: { erased: 1 } })
    const readme = readFileSync(join(path, 'README.txt'), 'utf8')
    expect(readme.match(/^Erased.*/gm)).toEqual([expect.stringContaining('1 of these conversations')])
  })

  test('one that was refused, and one beside it that stays', async () => {
    const lost = rejectOf()
    const part = rejectOf({ subject: { type: 'Entry', id: 'x' }, within: lost.subject, message: 'Part of c-lost.' })
    const batch = batchOf([sampleConversation(1)], { rejects: [lost, part] })
    const { path } = await writeArchive(temporaryFolder(), sourceOf(batch))
    await expect(erase(path, 'c-los')).rejects.toMatchObject({ code: 'ERASE_UNKNOWN_RECORD' })
    expect(await erase(path, 'c-lost')).toMatchObject({ named: 1, erased: 0 })
    expect((await verify(path)).findings).toEqual([])
    for (const [file, bytes] of contentOf(path)) expect([file, bytes.includes('c-lost')]).toEqual([file, false])
    expect(readFileSync(join(path, 'data/reports/reconciliation.csv'), 'utf8')).toContain(one)
  })
})
