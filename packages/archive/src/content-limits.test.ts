import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderOf } from './testing/bag-files.ts'
import { changeRun, linesOf, rebag, recommit } from './testing/rebag.ts'
import { richBagFiles } from './testing/rich-bag.ts'
import { verify } from './verify.ts'

const part = 'data/conversations/part-00001.jsonl'

const codesOf = async (folder: string): Promise<readonly string[]> =>
  (await verify(folder)).findings.map(({ code, path }) => `${code} ${path ?? '-'}`)

test('a line of the master longer than any is a finding, and is not kept', async () => {
  const files = await richBagFiles()
  files.set(
    part,
    Buffer.concat([Buffer.alloc(64 * 1024 * 1024, 'x'), Buffer.from('\n'), Buffer.from(files.get(part) ?? '')]),
  )
  expect(await codesOf(folderOf(rebag(files)))).toEqual(
    expect.arrayContaining([`LINE_TOO_LONG ${part}`, 'RUN_COUNTS run.json']),
  )
})

test('files under seal/ are kept up to the size of a seal', async () => {
  const files = await richBagFiles()
  files.set('seal/large', Buffer.alloc(1024 * 1024 + 1))
  expect(await codesOf(folderOf(files))).toContain('SEAL_TOO_LARGE seal/large')
  files.delete('seal/large')
  for (let index = 0; index < 17; index += 1) files.set(`seal/${index}`, Buffer.alloc(1024 * 1024))
  expect((await codesOf(folderOf(files))).filter((code) => code.startsWith('SEAL_TOO_LARGE'))).toEqual([
    'SEAL_TOO_LARGE seal/9',
  ])
})

test('depth bytes finds what hashes and records show, and leaves the rest', async () => {
  const files = await richBagFiles()
  const other = linesOf(files, part)[0]?.replace('Text of', 'Test of') ?? ''
  const folder = folderOf(recommit(files.set(part, other)))
  expect((await verify(folder, { depth: 'bytes' })).findings).toEqual([])
  expect(await codesOf(folder)).toEqual(['CSV_DIFFERS data/csv/entries.csv'])
  writeFileSync(join(folder, part), other.replace('Test of', 'Best of'))
  expect((await verify(folder, { depth: 'bytes' })).findings.map(({ code }) => code)).toEqual([
    'FILE_CHANGED',
    'RECORDS_DIFFER',
  ])
})

test('tables may begin with a byte order mark', async () => {
  const files = await richBagFiles()
  for (const [path, content] of files) if (path.endsWith('.csv')) files.set(path, `\uFEFF${content}`)
  expect(await codesOf(folderOf(rebag(files)))).toEqual([])
})

test.each([
  ['2026-10-01T00:01:00.000Z', '2026-10-01T00:03:00.001Z', []],
  ['2026-10-01T00:01:00.001Z', '2026-10-01T00:03:00.001Z', ['00001', '00001', '00002', '00002']],
  ['2026-10-01T00:01:00.000Z', '2026-10-01T00:03:00.000Z', ['00003', '00003']],
])('entries from one minute to three stand in the window [%s, %s), or are named', async (from, to, parts) => {
  const files = await richBagFiles()
  changeRun(files, (run) => ({ ...run, window: { from, to } }))
  files.set('bag-info.txt', String(files.get('bag-info.txt')).replace(/(?<=Archive-Period: ).*/, `${from} ${to}`))
  expect(await codesOf(folderOf(rebag(files)))).toEqual(
    parts.map((number) => `ENTRY_OUTSIDE_WINDOW data/conversations/part-${number}.jsonl`),
  )
})
