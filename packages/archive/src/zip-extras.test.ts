import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bagFiles } from './testing/bag-files.ts'
import { buildZip, type ZipPiece } from './testing/build-zip.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { verify } from './verify.ts'

// What a ZIP says besides names and content: readers differ in what they make of it.

/** Findings of the valid archive as a ZIP whose README.txt is changed and which has more entries. */
async function findingsOf(change: Partial<ZipPiece>, more: readonly ZipPiece[] = [], top = 'bag'): Promise<string[]> {
  const pieces = [...(await bagFiles())].map(([path, content]) => ({
    name: `${top}/${path}`,
    content,
    ...(path === 'README.txt' && change),
  }))
  const file = join(temporaryFolder(), 'a.zip')
  writeFileSync(file, buildZip([...pieces, ...more]))
  return (await verify(file)).findings.map(({ code, path }) => `${code} ${path}`)
}

/** An extra field: its kind, its length, its bytes. */
function extra(kind: number, bytes: string | Buffer, length: number = bytes.length): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt16LE(kind, 0)
  head.writeUInt16LE(length, 2)
  return Buffer.concat([head, Buffer.from(bytes)])
}

const folder = (name: string): ZipPiece => ({ name, method: 0, externalAttributes: 0o040755 * 0x10000 })

describe('what says nothing else is no finding', () => {
  test.each([
    ['a time of Unix', extra(0x5455, '\x03aaaabbbb')],
    ['a user and a group', extra(0x7875, '\x01\x04aaaa\x04bbbb')],
    ['times of NTFS', extra(0x000a, Buffer.alloc(32))],
    ['the mark of a JAR', extra(0xcafe, '')],
    ['several fields', Buffer.concat([extra(0x5455, '\x01aaaa'), extra(0x7875, '\x01\x04aaaa\x04bbbb')])],
  ])('%s, in the directory and in the local header', async (_, bytes) => {
    expect(await findingsOf({ extra: bytes, centralExtra: bytes })).toEqual([])
  })

  test('folders, where they stand and whether or not a file is in them', async () => {
    const names = ['bag/', 'bag/data/', 'bag/data/attachments/', 'bag/data/reports/']
    expect(await findingsOf({}, names.map(folder))).toEqual([])
  })
})

describe('what says something else is one', () => {
  const otherName = extra(0x7075, Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), Buffer.from('bag/evil.txt')]))
  test.each<[string, Partial<ZipPiece>]>([
    ['a comment', { entryComment: 'see http://example.com' }],
    ['another name in Unicode', { centralExtra: otherName }],
    ['another name, in the local header alone', { extra: otherName }],
    ['a comment in Unicode', { centralExtra: extra(0x6375, 'aaaaahello') }],
    ['encryption by its extra field', { centralExtra: extra(0x9901, '\x02\0AE\x03\x08\0') }],
    ['a kind that nobody knows', { centralExtra: extra(0xbeef, 'hidden') }],
    ['a second field behind a harmless one', { centralExtra: Buffer.concat([extra(0x5455, 'x'), extra(0xbeef, '')]) }],
    ['a field longer than all of them', { centralExtra: extra(0x5455, 'x', 9) }],
    ['bytes behind the last field', { extra: Buffer.concat([extra(0x5455, 'x'), Buffer.from('end')]) }],
  ])('%s', async (_, change) => {
    expect(await findingsOf(change)).toEqual(['ZIP_EXTRA bag/README.txt'])
  })

  test.each([
    'bag/../outside/',
    'bag/data/../../outside/',
    'bag//etc/',
    'bag/data//',
    'bag/.hidden/',
    'bag/CON/',
    'bag/data\\reports/',
    'bag/data/a b/',
    'bag/data/x\0y/',
    `bag/${'a'.repeat(181)}/`,
  ])('a folder %j', async (name) => {
    expect((await findingsOf({}, [folder(name)])).map((line) => line.split(' ')[0])).toEqual(['ZIP_FOLDER'])
  })

  test('a folder that stands beside the archive', async () => {
    expect(await findingsOf({}, [folder('other/')])).toEqual(['ZIP_TOP other/'])
  })

  test('a folder that holds bytes', async () => {
    expect(await findingsOf({}, [{ ...folder('bag/data/'), content: 'hidden' }])).toEqual([
      'ZIP_SPECIAL_FILE bag/data/',
    ])
  })

  test.each(['..', '.', 'C:', 'a\tb'])('a top folder called %j', async (top) => {
    expect((await findingsOf({}, [], top)).map((line) => line.split(' ')[0])).toEqual(['ZIP_FOLDER'])
  })

  test('but not any other top folder: whoever has an archive may rename it', async () => {
    for (const top of ['Ärchiv 2026', 'a b', '-x', 'CON']) expect(await findingsOf({}, [], top)).toEqual([])
  })
})
