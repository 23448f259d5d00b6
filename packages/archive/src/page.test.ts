import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { archive } from './archive.ts'
import { eraseRecords } from './erase-records.ts'
import type { PageSource } from './page.ts'
import { contentOf, folderOf } from './testing/erased-bag.ts'
import { erasureOf, sampleArchive, sampleId, sampleName, snapshot } from './testing/erasure.ts'
import { startPythonVerifier } from './testing/python-verifier.ts'
import { batchOf, rejectOf, sampleConversation, sampleSource, sourceOf } from './testing/sample-conversations.ts'
import { samplePages as pages } from './testing/sample-pages.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { archiveOptions, writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'

const TRANSCRIPTS = 'data/transcripts/index.html'
const withPages = { formats: ['jsonl', 'csv', 'html'], pages } as const
const python = startPythonVerifier()
afterAll(() => python.close())

const containers = ['folder', 'zip'] as const
const textOf = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8')

describe.each(containers)('pages (%s)', (container) => {
  test('are made of the archive as it stands, and held by its manifests', async () => {
    const { path } = await sampleArchive({ ...withPages, container })
    expect(await verify(path)).toMatchObject({ verdict: 'valid', findings: [], run: { formats: withPages.formats } })
    expect(await python.check(path)).toMatchObject({ exit: 0 })
    const folder = folderOf(path)
    const page = textOf(folder, TRANSCRIPTS)
    expect(page.split('\n').slice(0, 3)).toEqual([
      `<!doctype html>${sampleName}`,
      `${sampleId(0)} EmbeddedMessaging Text of 0-1,Text of 0-2`,
      `${sampleId(1)} EmbeddedMessaging Text of 1-1,Text of 1-2`,
    ])
    expect(page).toContain(textOf(folder, 'data/csv/entries.csv'))
    expect(page).not.toContain('run-1')
    const { payloadOxum } = JSON.parse(textOf(folder, 'run.json'))
    expect(textOf(folder, 'report.html')).toContain(`run-1 ${payloadOxum} none erased\n<!doctype html>`)
    expect(textOf(folder, 'manifest-sha256.txt')).toContain(`  ${TRANSCRIPTS}\n`)
    expect(textOf(folder, 'tagmanifest-sha256.txt')).toContain('  report.html\n')
    expect(textOf(folder, 'README.txt')).toMatch(/^report\.html .*^data\/transcripts\/ /ms)
  })

  test('keep nothing of what is erased', async () => {
    const lost = rejectOf({ subject: { type: 'Conversation', id: 'c-lost' } })
    const batch = batchOf(
      [0, 1, 2].map((index) => sampleConversation(index)),
      { rejects: [lost] },
    )
    const { path } = await writeArchive(temporaryFolder(), sourceOf(batch), { ...withPages, container })
    const before = snapshot(join(path, '..'))
    const erasure = erasureOf(path, { records: [], conversations: [sampleId(1), 'c-lost'], pages })
    expect(await eraseRecords({ ...erasure, plan: true })).toMatchObject({ indexes: [1], named: 1, payloadOxum: null })
    expect(snapshot(join(path, '..'))).toEqual(before)
    const { payloadOxum } = await eraseRecords(erasure)
    expect(await verify(path)).toMatchObject({ verdict: 'valid', erased: 1 })
    const files = contentOf(folderOf(path))
    for (const [file, bytes] of files) {
      for (const gone of [sampleId(1), 'Text of 1-', 'c-lost'])
        expect([file, bytes.includes(gone)]).toEqual([file, false])
    }
    expect(String(files.get(TRANSCRIPTS)).split('\n').slice(1, 3).join()).toMatch(
      new RegExp(`^${sampleId(0)}.*,${sampleId(2)}`),
    )
    expect(String(files.get('report.html'))).toContain(`run-1 ${payloadOxum} 1 erased\n`)
  })

  test.each([
    ['transcripts', { report: pages.report }, TRANSCRIPTS],
    ['the report', { transcripts: pages.transcripts }, 'report.html'],
  ])('are not left behind by whoever cannot make %s anew', async (_name, some, page) => {
    const { folder, path, before } = await sampleArchive({ ...withPages, container })
    for (const plan of [true, false]) {
      await expect(eraseRecords(erasureOf(path, { pages: some, plan }))).rejects.toMatchObject({
        code: 'ERASE_NEEDS_PAGE',
        message: expect.stringContaining(page),
      })
    }
    expect(snapshot(folder)).toEqual(before)
  })
})

test('the transcripts are the same bytes in every run, and are told nothing of it', async () => {
  const seen: PageSource[] = []
  const transcripts: typeof pages.transcripts = (archive) => {
    seen.push(archive)
    return pages.transcripts(archive)
  }
  const paths: string[] = []
  for (const runId of ['run-1', 'run-2']) {
    const run = { runId, tool: 'test/1.0.0', startedAt: '2026-11-02T03:00:00.000Z', asked: runId }
    const changes = { ...withPages, pages: { transcripts }, run }
    paths.push((await writeArchive(temporaryFolder(), sampleSource(3), changes)).path)
  }
  const [first = '', second = ''] = paths
  expect(textOf(first, 'manifest-sha256.txt')).toBe(textOf(second, 'manifest-sha256.txt'))
  expect(seen).toHaveLength(2)
  for (const { run } of seen) expect(Object.keys(run)).not.toEqual(expect.arrayContaining(['finishedAt']))
  expect(seen.map(({ run }) => JSON.stringify(run).includes('run-'))).toEqual([false, false])
})

test('an archive has the pages that were asked for, and those of before stay erasable without makers', async () => {
  const { path } = await sampleArchive({ pages })
  expect([...contentOf(path).keys()]).not.toContain(TRANSCRIPTS)
  const { path: bare } = await sampleArchive()
  expect([...contentOf(bare).keys()]).not.toContain('report.html')
  expect(await eraseRecords(erasureOf(bare, { pages }))).toMatchObject({ erased: 1 })
  expect([...contentOf(bare).keys()]).not.toContain('report.html')
})

test('transcripts need somebody who makes them, before anything is written', () => {
  const options = archiveOptions(temporaryFolder(), { formats: ['html'], pages: { report: pages.report } })
  expect(() => archive(options)).toThrow(expect.objectContaining({ code: 'ARCHIVE_PAGES', kind: 'usage' }))
})

test('a page that cannot be made takes the whole archive back', async () => {
  const directory = temporaryFolder()
  const report: typeof pages.report = async function* () {
    yield Buffer.from('half')
    throw new Error('no page')
  }
  await expect(writeArchive(directory, sampleSource(2), { pages: { report } })).rejects.toThrow('no page')
  expect(snapshot(directory)).toEqual({})
})

describe('verify tells of', () => {
  test.each([
    ['transcripts that were changed', TRANSCRIPTS, 'FILE_CHANGED'],
    ['a report that was changed', 'report.html', 'FILE_CHANGED'],
  ])('%s', async (_name, page, code) => {
    const { path } = await sampleArchive(withPages)
    writeFileSync(join(path, page), '<script>alert(1)</script>')
    expect((await verify(path)).findings.map((finding) => [finding.code, finding.path])).toContainEqual([code, page])
  })

  test.each([TRANSCRIPTS, 'report.html'])('%s that is gone', async (page) => {
    const { path } = await sampleArchive(withPages)
    rmSync(join(path, page))
    expect((await verify(path)).findings.map((finding) => [finding.code, finding.path])).toContainEqual([
      'FILE_MISSING',
      page,
    ])
  })
})
