import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ARCHIVE_PATH_MAX, archivePathProblem, assertArchivePath, printablePath } from './archive-path.ts'

test.each([
  'bagit.txt',
  'data/conversations/part-00001.jsonl',
  'data/attachments/0f/0f.tar.gz',
  'a',
  '0',
  'a_b-c.d',
  'connect.txt',
  'com10',
  'data/console/aux1.txt',
])('%s is a path of an archive', (path) => {
  expect(archivePathProblem(path)).toBeNull()
})

test.each([
  '',
  '.',
  '..',
  '../x',
  'a/../b',
  '/a',
  'a/',
  'a//b',
  'a\\b',
  'C:a',
  '~user/a',
  '.hidden',
  'a/.hidden',
  '-a',
  'a b',
  'a%0Ab',
  'a\nb',
  'a\n',
  'ä',
  'a\u0000',
  'CON',
  'con.txt',
  'data/Nul',
  'data/lpt9.csv',
  'COM1/x',
  'a.',
  'a./b',
])('%j is none', (path) => {
  expect(archivePathProblem(path)).not.toBeNull()
  expect(() => assertArchivePath(path)).toThrow(expect.objectContaining({ code: 'ARCHIVE_PATH' }))
})

test.each([
  [ARCHIVE_PATH_MAX - 1, true],
  [ARCHIVE_PATH_MAX, true],
  [ARCHIVE_PATH_MAX + 1, false],
])('a path of %i characters is allowed: %s', (length, allowed) => {
  expect(archivePathProblem('a'.repeat(length)) === null).toBe(allowed)
})

test('no allowed path needs escaping in a manifest or leaves its folder', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (path) => {
      if (archivePathProblem(path) !== null) return
      expect(path).toMatch(/^[\w.\-/]+$/)
      expect(path.split('/')).not.toContain('..')
    }),
    { numRuns: 2_000 },
  )
})

test('a megabyte of a hostile path is judged at once, and printed short and in ASCII', () => {
  expect(archivePathProblem(`${'a/'.repeat(500_000)}!`)).not.toBeNull()
  expect(printablePath(`\u202Eexe\n\u001b[31m${'x'.repeat(1_000_000)}`)).toMatch(/^[ -~]{1,200}\.\.\.$/)
})
