import { linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ErasureOptions } from './erase-options.ts'
import { eraseRecords } from './erase-records.ts'
import { remanifest } from './testing/bag-files.ts'
import { erasureOf, sampleArchive, sampleId, sampleName, snapshot } from './testing/erasure.ts'
import { batchOf, sampleConversation, sourceOf } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { filesBelow, writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'

describe('refused, and nothing is changed:', () => {
  test.each<[string, Partial<ErasureOptions>, string, string]>([
    ['nobody was named', { records: [] }, 'ERASE_NOTHING', 'usage'],
    ['an index that is none', { records: [-1] }, 'ERASE_RECORD', 'usage'],
    ['an index that is none', { records: [0.5] }, 'ERASE_RECORD', 'usage'],
    ['a basis that is no code', { basis: 'Because' }, 'ERASE_BASIS', 'usage'],
    ['a basis too long', { basis: 'x'.repeat(61) }, 'ERASE_BASIS', 'usage'],
    ['no basis', { basis: '' }, 'ERASE_BASIS', 'usage'],
    ['a reference that is none', { reference: 'a b' }, 'ERASE_REFERENCE', 'usage'],
    ['a reference too long', { reference: 'x'.repeat(81) }, 'ERASE_REFERENCE', 'usage'],
    ['a reference that names what goes', { reference: sampleId(1) }, 'ERASE_REFERENCE', 'usage'],
    [
      'a reference that names what goes',
      { reference: `about.${sampleConversation(1).recordId}` },
      'ERASE_REFERENCE',
      'usage',
    ],
    ['an operator with an address', { operator: 'a@example.org' }, 'ERASE_OPERATOR', 'usage'],
    ['an id that is none', { erasureId: 'ER-1' }, 'ERASE_ID', 'usage'],
    ['an unknown index', { records: [1, 4] }, 'ERASE_UNKNOWN_RECORD', 'not-found'],
    ['an unknown identifier', { conversations: ['nobody'] }, 'ERASE_UNKNOWN_RECORD', 'not-found'],
    ['an unknown one, in a plan', { conversations: ['nobody'], plan: true }, 'ERASE_UNKNOWN_RECORD', 'not-found'],
  ])('%s', async (_, changes, code, kind) => {
    const { folder, path, before } = await sampleArchive()
    await expect(eraseRecords(erasureOf(path, changes))).rejects.toMatchObject({ code, kind })
    expect(snapshot(folder)).toEqual(before)
  })

  test('the unknown ones are counted', async () => {
    const { path } = await sampleArchive()
    const erasing = eraseRecords(erasureOf(path, { records: [1, 7, 8], conversations: ['x', sampleId(0)] }))
    await expect(erasing).rejects.toThrow(/does not hold 3 of/)
  })

  test('what was erased before is told as such', async () => {
    const { folder, path } = await sampleArchive()
    const { erasureId } = await eraseRecords(erasureOf(path))
    const before = snapshot(folder)
    await expect(eraseRecords(erasureOf(path))).rejects.toMatchObject({ code: 'ERASE_ALREADY_ERASED', kind: 'refused' })
    const known = { records: [2], erasureId }
    await expect(eraseRecords(erasureOf(path, known))).rejects.toMatchObject({ code: 'ERASE_ID', kind: 'usage' })
    const conversations = [sampleId(1)]
    await expect(eraseRecords(erasureOf(path, { conversations }))).rejects.toMatchObject({
      code: 'ERASE_UNKNOWN_RECORD',
    })
    expect(snapshot(folder)).toEqual(before)
    const alreadyErased = [{ index: 1, erasure: erasureId }]
    const again = await eraseRecords(erasureOf(path, { records: [1, 2] }))
    expect(again).toMatchObject({ alreadyErased, indexes: [2], erased: 2 })
    expect(await eraseRecords(erasureOf(path, { records: [1], plan: true }))).toMatchObject({
      alreadyErased,
      indexes: [],
    })
  })

  test('an archive with findings', async () => {
    const { path } = await sampleArchive()
    writeFileSync(join(path, 'data/reports/gaps.csv'), '')
    await expect(eraseRecords(erasureOf(path))).rejects.toMatchObject({ code: 'ERASE_NOT_VALID', kind: 'refused' })
  })

  test('a file of which nobody knows what it holds', async () => {
    const { folder, path } = await sampleArchive()
    const files = new Map<string, Buffer | string>(
      filesBelow(path).map((file) => [file, readFileSync(join(path, file))]),
    )
    files.set('data/reports/other.html', `<p>${sampleId(1)}</p>`)
    for (const [file, content] of remanifest(files)) writeFileSync(join(path, file), content)
    const before = snapshot(folder)
    const lenient: ErasureOptions['verify'] = async (...asked) => ({ ...(await verify(...asked)), verdict: 'valid' })
    const erasing = eraseRecords(erasureOf(path, { verify: lenient }))
    await expect(erasing).rejects.toMatchObject({ code: 'ERASE_FILE_UNKNOWN', kind: 'refused' })
    expect(snapshot(folder)).toEqual(before)
  })

  test('two identifiers that are one in a spreadsheet, unless both go', async () => {
    const folder = temporaryFolder()
    const twins = [sampleConversation(1, { identifier: '=x' }), sampleConversation(2, { identifier: "'=x" })]
    const { path } = await writeArchive(folder, sourceOf(batchOf(twins)))
    await expect(eraseRecords(erasureOf(path, { records: [0] }))).rejects.toMatchObject({ code: 'ERASE_AMBIGUOUS' })
    expect(readdirSync(folder)).toEqual([sampleName])
    await eraseRecords(erasureOf(path, { records: [0, 1] }))
    expect(await verify(path)).toMatchObject({ findings: [], erased: 2 })
  })

  test('a hard link, under which the bytes would stay', async () => {
    const { folder, path } = await sampleArchive({ container: 'zip' })
    linkSync(path, join(folder, 'other.zip'))
    await expect(eraseRecords(erasureOf(path))).rejects.toMatchObject({ code: 'ERASE_LINKED', kind: 'refused' })
  })

  test('a folder of an erasure of this id: it may be at work, and it stays', async () => {
    const { folder, path } = await sampleArchive()
    const staging = join(folder, `.${sampleName}.partial-ER-AAAAAAAAAAAAAAAA`)
    mkdirSync(staging)
    const erasing = eraseRecords(erasureOf(path, { erasureId: 'ER-AAAAAAAAAAAAAAAA' }))
    await expect(erasing).rejects.toMatchObject({ code: 'ERASE_STAGING', kind: 'refused' })
    expect(readdirSync(folder)).toEqual([`.${sampleName}.partial-ER-AAAAAAAAAAAAAAAA`, sampleName])
  })

  test('what the disk does not take', async () => {
    const { folder, path, before } = await sampleArchive()
    const onProgress: ErasureOptions['onProgress'] = ({ step }) => {
      // Where the next file is to be written stands something else.
      if (step === 'write')
        mkdirSync(join(folder, `.${sampleName}.partial-ER-AAAAAAAAAAAAAAAA`, 'run.json'), { recursive: true })
    }
    const erasing = eraseRecords(erasureOf(path, { erasureId: 'ER-AAAAAAAAAAAAAAAA', onProgress }))
    await expect(erasing).rejects.toMatchObject({ code: 'ERASE_DISK', kind: 'failure' })
    expect(snapshot(folder)).toEqual(before)
  })
})
