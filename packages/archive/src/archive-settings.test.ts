import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { archive } from './archive.ts'
import { archiveName } from './archive-name.ts'
import type { ArchiveOptions } from './options.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { archiveOptions } from './testing/write-archive.ts'

const window = (from: string, to: string): Pick<ArchiveOptions, 'window'> => ({ window: { from, to } })
const run = (changes: object): Pick<ArchiveOptions, 'run'> => ({
  run: { runId: 'r', tool: 't/1', startedAt: '2026-11-01T00:00:00.000Z', ...changes },
})
const cycle: Record<string, unknown> = {}
cycle['self'] = cycle

test.each<[string, object]>([
  ['ARCHIVE_ORG', { org: '' }],
  ['ARCHIVE_ORG', { org: '../acme' }],
  ['ARCHIVE_ORG', { org: 'a'.repeat(61) }],
  ['ARCHIVE_NAME', { name: 'a/b' }],
  ['ARCHIVE_NAME', { name: '' }],
  ['ARCHIVE_NAME', { name: 'nul' }],
  ['ARCHIVE_NAME', { name: 'a'.repeat(121) }],
  ['ARCHIVE_WINDOW', window('2026-11-01T00:00:00.000Z', '2026-10-01T00:00:00.000Z')],
  ['ARCHIVE_WINDOW', window('2026-10-01T00:00:00.000Z', '2026-10-01T00:00:00.000Z')],
  ['ARCHIVE_WINDOW', window('2026-10-01', '2026-11-01')],
  ['ARCHIVE_WINDOW', window('2026-02-30T00:00:00.000Z', '2026-03-01T00:00:00.000Z')],
  ['ARCHIVE_CONTAINER', { container: 'tar' }],
  ['ARCHIVE_MODE', { mode: 'sealed' }],
  ['ARCHIVE_MODE', { mode: undefined }],
  ['ARCHIVE_FORMATS', { formats: ['jsonl', 'xml'] }],
  ['ARCHIVE_KEY', { key: Buffer.alloc(15) }],
  ['ARCHIVE_KEY', { key: 'a string of some length' }],
  ['ARCHIVE_PART_BYTES', { partBytes: 0 }],
  ['ARCHIVE_PART_BYTES', { partBytes: 1.5 }],
  ['ARCHIVE_IF_EXISTS', { ifExists: 'merge' }],
  ['ARCHIVE_RUN', run({ runId: '../x' })],
  ['ARCHIVE_RUN', run({ tool: 'two\nlines' })],
  ['ARCHIVE_RUN', run({ startedAt: 'today' })],
  ['ARCHIVE_RUN', run({ asked: cycle })],
])('%s is thrown at construction for %o', (code, changes) => {
  const directory = join(temporaryFolder(), 'out')
  expect(() => archive(archiveOptions(directory, changes))).toThrow(expect.objectContaining({ code, kind: 'usage' }))
  expect(existsSync(directory)).toBe(false)
})

test('a directory that cannot be written to is refused at construction', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), '')
  expect(() => archive(archiveOptions(''))).toThrow(
    expect.objectContaining({ code: 'DIRECTORY_NOT_WRITABLE', kind: 'usage' }),
  )
  const wrong = ['file', 'file/deeper']
  // Root may write everywhere.
  if (process.getuid?.() !== 0) {
    mkdirSync(join(folder, 'closed'))
    chmodSync(join(folder, 'closed'), 0o555)
    wrong.push('closed', 'closed/deeper')
  }
  for (const path of wrong) {
    expect(() => archive(archiveOptions(join(folder, path)))).toThrow(
      expect.objectContaining({ code: 'DIRECTORY_NOT_WRITABLE', kind: 'usage' }),
    )
  }
})

test.each(['zip', 'folder'] as const)('an archive of that name is refused at construction (%s)', (container) => {
  const folder = temporaryFolder()
  const target = join(folder, container === 'zip' ? 'a.zip' : 'a')
  mkdirSync(target)
  expect(() => archive(archiveOptions(folder, { name: 'a', container }))).toThrow(
    expect.objectContaining({ code: 'ARCHIVE_EXISTS', kind: 'usage' }),
  )
  expect(readdirSync(folder)).toHaveLength(1)
})

test('the name has dates for midnights and whole instants otherwise', () => {
  const from = '2026-10-01T00:00:00.000Z'
  expect(archiveName('acme', { from, to: '2026-11-01T00:00:00.000Z' })).toBe('acme-2026-10-01--2026-11-01')
  expect(archiveName('acme', { from, to: '2026-10-01T08:30:00.250Z' })).toBe('acme-2026-10-01--2026-10-01T083000.250Z')
})
