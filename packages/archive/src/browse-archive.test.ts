import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { browseArchive } from './browse-archive.ts'
import { sampleId } from './testing/erasure.ts'
import { sampleSource } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { writeArchive } from './testing/write-archive.ts'

const part = 'data/conversations/part-00001.jsonl'

async function identifiers(path: string): Promise<readonly string[]> {
  await using archive = await browseArchive(path)
  return (await all(archive.conversations())).map(({ identifier }) => identifier)
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

test.each(['folder', 'zip'] as const)('shows what stands in an archive (%s)', async (container) => {
  const { path, name } = await writeArchive(temporaryFolder(), sampleSource(3), { container })
  await using archive = await browseArchive(path)
  expect(archive.run).toMatchObject({ archive: name, counts: { conversations: 3 } })
  expect(await identifiers(path)).toEqual([0, 1, 2].map(sampleId))
  const chunks = archive.read('bagit.txt')
  const bytes = Buffer.concat(chunks ? await all(chunks) : [])
  expect(bytes.toString()).toContain('BagIt-Version')
  expect(archive.files.get('bagit.txt')).toBe(bytes.length)
  for (const none of ['../bagit.txt', '/etc/passwd', '', 'data', '__proto__'])
    expect(archive.read(none)).toBeUndefined()
})

describe('of one that is damaged', () => {
  test('shows what can be read', async () => {
    const { path } = await writeArchive(temporaryFolder(), sampleSource(4), { partBytes: 1 })
    const file = join(path, part)
    writeFileSync(file, readFileSync(file, 'utf8').replace('"v":1', '"v":2'))
    // A part that cannot be opened at all.
    rmSync(join(path, part.replace('1.', '2.')))
    mkdirSync(join(path, part.replace('1.', '2.')))
    expect(await identifiers(path)).toEqual([2, 3].map(sampleId))
  })

  test('in a ZIP passes over the rest of a part that does not inflate', async () => {
    const { path } = await writeArchive(temporaryFolder(), sampleSource(4), { partBytes: 1, container: 'zip' })
    const zip = readFileSync(path)
    const at = zip.indexOf('part-00001.jsonl') + 'part-00001.jsonl'.length
    zip.fill(0xff, at, at + 40)
    writeFileSync(path, zip)
    expect(await identifiers(path)).toEqual([1, 2, 3].map(sampleId))
  })

  test.each([
    ['is gone', (file: string) => rmSync(file)],
    ['is no JSON', (file: string) => writeFileSync(file, '{')],
    ['is of another form', (file: string) => writeFileSync(file, '{"v":1}')],
  ])('says that it is none where run.json %s', async (_name, damage) => {
    const { path } = await writeArchive(temporaryFolder(), sampleSource(1))
    damage(join(path, 'run.json'))
    await expect(browseArchive(path)).rejects.toMatchObject({ code: 'NOT_AN_ARCHIVE', kind: 'not-found' })
  })
})
