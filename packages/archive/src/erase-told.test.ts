import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eraseRecords } from './erase-records.ts'
import { erasureOf, sampleArchive, sampleId, sampleName, snapshot } from './testing/erasure.ts'
import { batchOf, sampleConversation, sampleEntry, sourceOf, window } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { linesOf, writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'

const containers = ['folder', 'zip'] as const

describe.each(containers)('a plan (%s)', (container) => {
  test('tells what would go, and that is what goes; it writes nothing', async () => {
    const { folder, path, before } = await sampleArchive({ container })
    const plan = await eraseRecords(erasureOf(path, { plan: true, records: [1, 3] }))
    expect(snapshot(folder)).toEqual(before)
    expect(plan).toMatchObject({ planned: true, indexes: [1, 3], erased: 2, tagManifestSha256: null, bytes: null })
    const done = await eraseRecords(erasureOf(path, { records: [3, 1], erasureId: plan.erasureId }))
    expect(done).toMatchObject({
      planned: false,
      indexes: [1, 3],
      payloadOxum: plan.payloadOxum,
      removed: plan.removed,
    })
    // A line, a row of conversations.csv and participants.csv, two of entries.csv; a row of the reconciliation.
    expect(done.removed).toMatchObject({ lines: 2, rows: 8, anonymised: 2, files: 0 })
    const report = await verify(path)
    expect(report).toMatchObject({ findings: [], erased: 2, tagManifestSha256: done.tagManifestSha256 })
    expect(readdirSync(folder)).toEqual(container === 'zip' ? [`${sampleName}.zip`] : [sampleName])
    expect(done.bytes).toBe(container === 'zip' ? statSync(path).size : report.bytes)
  })
})

test('what the archive says of the erasure', async () => {
  const { path } = await sampleArchive()
  const { erasureId } = await eraseRecords(erasureOf(path, { conversations: [sampleId(2)], records: [0] }))
  await eraseRecords(erasureOf(path, { records: [3], reference: null, random: (bytes) => new Uint8Array(bytes) }))
  expect(linesOf(join(path, 'integrity/erasures.jsonl'))).toEqual([
    `{"v":1,"id":"${erasureId}","indexes":[0,2],"basis":"gdpr-17-1-b","reference":"CASE-17","erasedAt":"2026-11-02T03:04:05.678Z","operator":"privacy-1","supersedes":null}`,
    '{"v":1,"id":"ER-AAAAAAAAAAAAAAAA","indexes":[3],"basis":"gdpr-17-1-b","reference":null,"erasedAt":"2026-11-02T03:04:05.678Z","operator":"privacy-1","supersedes":null}',
  ])
  const run = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'))
  expect(run).toMatchObject({ erased: 3, counts: { conversations: 4 } })
  const fields = Object.keys(run)
  expect(fields[fields.indexOf('counts') + 1]).toBe('erased')
  const readme = linesOf(join(path, 'README.txt')).filter((line) => /^Erased|erasures/.test(line))
  expect(readme).toEqual([expect.stringMatching(/^Erased {9}3 of these/), expect.stringContaining('erasures.jsonl')])
  expect(await verify(path)).toMatchObject({ findings: [], erased: 3, conversations: 4 })
})

test('two hundred at once, and a second time the other half', async () => {
  const { path } = await sampleArchive({ container: 'zip', partBytes: 50_000, csvBom: true }, 400)
  const even = Array.from({ length: 200 }, (_, index) => index * 2)
  expect(await eraseRecords(erasureOf(path, { records: even }))).toMatchObject({ erased: 200, removed: { rows: 800 } })
  expect(await verify(path)).toMatchObject({ findings: [], erased: 200 })
  const odd = even.map((index) => sampleId(index + 1))
  const { records: _, ...rest } = erasureOf(path)
  expect(await eraseRecords({ ...rest, conversations: odd })).toMatchObject({ erased: 400, removed: { lines: 200 } })
  expect(await verify(path)).toMatchObject({ findings: [], erased: 400, conversations: 400 })
})

test('a link to the archive is followed: what it leads to is erased', async () => {
  const { path, folder } = await sampleArchive({ container: 'zip' })
  const link = join(temporaryFolder(), 'link.zip')
  symlinkSync(path, link)
  expect((await eraseRecords(erasureOf(link))).path).toBe(path)
  expect(await verify(path)).toMatchObject({ findings: [], erased: 1 })
  expect(readdirSync(folder)).toEqual([`${sampleName}.zip`])
})

test.each(containers)('who could not read the old one cannot read the new one (%s)', async (container) => {
  const { path } = await sampleArchive({ container })
  const files = container === 'zip' ? [path] : [path, join(path, 'run.json')]
  chmodSync(files[0] ?? '', container === 'zip' ? 0o600 : 0o700)
  if (files[1]) chmodSync(files[1], 0o600)
  const modes = files.map((file) => statSync(file).mode)
  await eraseRecords(erasureOf(path))
  expect(files.map((file) => statSync(file).mode)).toEqual(modes)
  if (container === 'folder') expect(statSync(join(path, 'integrity/erasures.jsonl')).mode).toBe(modes[1])
})

test('conversations that stay and name an erased one are counted, whatever stands around the name', async () => {
  const texts = [`see\n${sampleId(1)}`, `\u2028${sampleConversation(1).recordId}é`, `x${sampleId(1)}x`, 'nothing']
  const others = texts.map((text, index) =>
    sampleConversation(index + 2, { entries: [sampleEntry(`${index}`, window.from, 'agent', { text })] }),
  )
  const { path } = await writeArchive(temporaryFolder(), sourceOf(batchOf([sampleConversation(1), ...others])))
  expect((await eraseRecords(erasureOf(path, { records: [0] }))).namedElsewhere).toBe(2)
})
