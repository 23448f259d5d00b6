import { randomBytes } from 'node:crypto'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bagFiles } from './testing/bag-files.ts'
import { buildZip, type ZipPiece, type ZipShape, zip64End } from './testing/build-zip.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { verify } from './verify.ts'
import type { VerifyReport } from './verify-report.ts'

async function verifyBytes(bytes: Buffer): Promise<VerifyReport> {
  const file = join(temporaryFolder(), 'a.zip')
  writeFileSync(file, bytes)
  return await verify(file)
}

/** The valid archive as a ZIP, with one piece changed or added. */
async function changed(
  change: (pieces: ZipPiece[]) => readonly ZipPiece[] = (pieces) => pieces,
  shape: ZipShape = {},
): Promise<string[]> {
  const files = await bagFiles()
  const pieces = [...files].map(([path, content]) => ({ name: `bag/${path}`, content }))
  const { findings } = await verifyBytes(buildZip(change(pieces), shape))
  return findings.map(({ code, path }) => `${code} ${path ?? '-'}`)
}

/** Replaces the piece of README.txt. */
const readme =
  (change: Partial<ZipPiece>) =>
  (pieces: ZipPiece[]): ZipPiece[] =>
    pieces.map((piece) => (piece.name === 'bag/README.txt' ? { ...piece, ...change } : piece))

const descriptor = Buffer.from('PK\x07\x08')

test('a ZIP by hand is valid, deflated or stored, with folders, with time stamps of other tools', async () => {
  expect(await changed()).toEqual([])
  expect(await changed((pieces) => pieces.map((piece) => ({ ...piece, method: 0 })))).toEqual([])
  const folder = { name: 'bag/data/', method: 0, externalAttributes: (0o040755 << 16) | 0x10 } as const
  expect(await changed((pieces) => [folder, ...pieces])).toEqual([])
  expect(await changed(readme({ extra: Buffer.from('UT\x05\x00\x01aaaa', 'latin1') }))).toEqual([])
  expect(await changed(readme({ madeBy: 0, externalAttributes: 0x20 }))).toEqual([])
})

test.each<[string, Partial<ZipPiece>, string]>([
  ['encrypted', { flags: 0x0801 }, 'ZIP_ENCRYPTED bag/README.txt'],
  ['strongly encrypted', { flags: 0x0840 }, 'ZIP_ENCRYPTED bag/README.txt'],
  ['of another method', { central: { method: 12 }, local: { method: 12 } }, 'ZIP_METHOD bag/README.txt'],
  ['a symbolic link', { externalAttributes: 0o120777 * 0x10000 }, 'ZIP_SPECIAL_FILE bag/README.txt'],
  ['a device', { externalAttributes: 0o060666 * 0x10000 }, 'ZIP_SPECIAL_FILE bag/README.txt'],
  ['a folder by its mode', { externalAttributes: 0o040755 * 0x10000 }, 'ZIP_SPECIAL_FILE bag/README.txt'],
  ['of another name in its local header', { local: { name: 'bag/READYOU.tx' } }, 'ZIP_LOCAL_HEADER bag/README.txt'],
  ['of a version nobody knows', { needs: 84 }, 'ZIP_LOCAL_HEADER bag/README.txt'],
  ['of another method in its local header', { local: { method: 0 } }, 'ZIP_LOCAL_HEADER bag/README.txt'],
  ['of another size in its local header', { local: { size: 1 } }, 'ZIP_LOCAL_HEADER bag/README.txt'],
  ['of another CRC in its local header', { local: { crc: 1 } }, 'ZIP_LOCAL_HEADER bag/README.txt'],
  ['of another CRC', { local: { crc: 1 }, central: { crc: 1 } }, 'ZIP_CRC README.txt'],
  ['said to be smaller', { local: { size: 10 }, central: { size: 10 } }, 'ZIP_SIZE README.txt'],
  ['said to be larger', { local: { size: 9999 }, central: { size: 9999 } }, 'ZIP_SIZE README.txt'],
  ['stored with two sizes', { method: 0, local: { size: 9 }, central: { size: 9 } }, 'ZIP_SIZE bag/README.txt'],
  ['said to begin outside of the file', { central: { offset: 0xfffffff0 } }, 'ZIP_LOCAL_HEADER bag/README.txt'],
  ['said to go on to the end', { central: { compressedSize: 0x7fffffff } }, 'ZIP_LOCAL_HEADER bag/README.txt'],
  ['behind bytes of nobody', { before: Buffer.from('hidden') }, 'ZIP_HIDDEN_BYTES bag/README.txt'],
  ['a bomb', { content: Buffer.alloc(2_000_000) }, 'ZIP_RATIO bag/README.txt'],
  [
    'damaged',
    { content: randomBytes(100), method: 0, central: { method: 8 }, local: { method: 8 } },
    'ZIP_DATA README.txt',
  ],
])('an entry that is %s', async (_, change, finding) => {
  expect(await changed(readme(change))).toContain(finding)
})

test('two entries over the same bytes', async () => {
  const twin = { name: 'bag/README.txt', central: { offset: 0 } }
  expect(await changed((pieces) => [...pieces, twin])).toContain('ZIP_OVERLAP bag/README.txt')
  const within = { name: 'bag/data/x', central: { offset: 3 } }
  expect(await changed((pieces) => [...pieces, within])).toContain('ZIP_OVERLAP bag/data/x')
})

test('bytes behind the packed data of an entry, though it says they are its own', async () => {
  const files = await bagFiles()
  const readmeFile = { name: 'bag/README.txt', content: files.get('README.txt') as Buffer }
  const honest = buildZip([readmeFile])
  const packed = honest.readUInt32LE(18)
  const sizes = { compressedSize: packed + 5 }
  const change = readme({ behind: Buffer.from('trail'), local: sizes, central: sizes })
  expect(await changed(change)).toContain('ZIP_DATA README.txt')
})

test('data descriptors in all their forms are read, and wrong ones show as bytes of nobody', async () => {
  const files = await bagFiles()
  const content = files.get('README.txt') as Buffer
  const honest = buildZip([{ name: 'bag/README.txt', content }])
  const numbers = honest.subarray(14, 26)
  const wide = Buffer.concat([
    honest.subarray(14, 18),
    ...[18, 22].map((at) => Buffer.concat([honest.subarray(at, at + 4), Buffer.alloc(4)])),
  ])
  const open = { flags: 0x0808, local: { crc: 0, size: 0, compressedSize: 0 } }
  for (const behind of [numbers, Buffer.concat([descriptor, numbers]), wide, Buffer.concat([descriptor, wide])]) {
    expect(await changed(readme({ ...open, behind }))).toEqual([])
  }
  const wrong = Buffer.concat([descriptor, numbers])
  wrong[9] = (wrong[9] as number) ^ 1
  expect((await changed(readme({ ...open, behind: wrong }))).map((code) => code.split(' ')[0])).toContain(
    'ZIP_HIDDEN_BYTES',
  )
})

test.each<[string, ZipShape, string]>([
  ['before the first entry', { prefix: Buffer.from('#!/bin/sh\n') }, 'ZIP_HIDDEN_BYTES'],
  ['before the directory', { beforeDirectory: Buffer.from('hidden') }, 'ZIP_HIDDEN_BYTES'],
  ['behind the directory', { behindDirectory: Buffer.from('hidden') }, 'ZIP_DIRECTORY'],
  ['behind the end', { suffix: Buffer.from('hidden') }, 'ZIP_TRAILING_BYTES'],
  ['in a comment', { comment: 'hidden' }, 'ZIP_TRAILING_BYTES'],
])('bytes %s', async (_, shape, code) => {
  expect((await changed(undefined, shape)).map((line) => line.split(' ')[0])).toContain(code)
})

test('an end record that miscounts', async () => {
  expect(await changed(undefined, { entryCount: 3 })).toEqual(['ZIP_DIRECTORY -'])
})

test.each<[string, string, string]>([
  ['a path out of the folder', 'bag/data/../../x', 'PATH data/../../x'],
  ['an absolute path', '/etc/passwd', 'ZIP_TOP /etc/passwd'],
  ['a backslash', 'bag/data\\x', 'PATH data\\\\x'],
  ['another top folder', '__MACOSX/x', 'ZIP_TOP __MACOSX/x'],
  ['the same name', 'bag/README.txt', 'ZIP_DUPLICATE README.txt'],
  ['the same name in other letters', 'bag/readme.TXT', 'PATH_DUPLICATE readme.TXT'],
  ['an empty name', '', 'ZIP_TOP '],
  ['a NUL', 'bag/data/x\0y', 'PATH data/x\\u0000y'],
  ['a prototype', 'bag/__proto__', 'PATH __proto__'],
  ['a name in UTF-8', 'bag/data/ä', 'PATH data/\\u00c3\\u00a4'],
])('an entry with %s', async (_, name, finding) => {
  expect(await changed((pieces) => [...pieces, { name, content: 'x' }])).toContain(finding)
})

test('a folder that holds content', async () => {
  expect(await changed((pieces) => [...pieces, { name: 'bag/data/', content: 'x' }])).toContain(
    'ZIP_SPECIAL_FILE bag/data/',
  )
})

test('a bag without a top folder is read, and told', async () => {
  expect(await changed((pieces) => pieces.map((piece) => ({ ...piece, name: piece.name.slice(4) })))).toEqual([
    'ZIP_TOP -',
  ])
})

test.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['only an end record', buildZip([])],
  ['no bagit.txt', buildZip([{ name: 'a/b', content: 'x' }])],
  ['half an end record', buildZip([{ name: 'bag/bagit.txt' }]).subarray(0, -10)],
  ['a directory beyond 2^53', zip64End(1n, 46n, 0x7fffffffffffffffn, 0n)],
  ['a directory larger than the file', zip64End(1n, 0x7fffffffffffffffn, 0n, 0n)],
  ['more entries than memory', zip64End(0xffffffffffffn, 46n, 0n, 0n)],
  ['a ZIP64 record elsewhere', zip64End(1n, 0n, 0n, 7n)],
  ['a ZIP64 record beyond the file', zip64End(1n, 0n, 0n, 0xffffffffffffffffn)],
  ['noise', Buffer.alloc(100_000, 'PK\x05\x06')],
])('a ZIP with %s is no archive, and is refused calmly', async (_, bytes) => {
  await expect(verifyBytes(bytes)).rejects.toMatchObject({ code: 'NOT_AN_ARCHIVE', kind: 'not-found' })
})

test('a ZIP cut anywhere is refused or has findings', async () => {
  const whole = buildZip([...(await bagFiles())].map(([path, content]) => ({ name: `bag/${path}`, content })))
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: whole.length - 1 }), async (length) => {
      const outcome = await verifyBytes(whole.subarray(0, length)).then(
        ({ verdict }) => verdict,
        (error) => error.code,
      )
      expect(['findings', 'NOT_AN_ARCHIVE']).toContain(outcome)
    }),
    { numRuns: 100 },
  )
})

test('random damage never crashes, hangs or passes content on', async () => {
  const whole = buildZip([...(await bagFiles())].map(([path, content]) => ({ name: `bag/${path}`, content })))
  const damage = fc.array(fc.record({ at: fc.nat({ max: whole.length - 1 }), to: fc.nat({ max: 255 }) }), {
    minLength: 1,
    maxLength: 60,
  })
  await fc.assert(
    fc.asyncProperty(damage, async (places) => {
      const bytes = Buffer.from(whole)
      for (const { at, to } of places) bytes[at] = to
      const text = await verifyBytes(bytes).then(
        ({ findings }) => JSON.stringify(findings),
        (error) => {
          expect(error.code).toBe('NOT_AN_ARCHIVE')
          return String(error.message)
        },
      )
      expect(text).not.toContain('Text of')
    }),
    { numRuns: 100 },
  )
})

test('a link to an archive is followed; what it holds is checked all the same', async () => {
  const folder = temporaryFolder()
  writeFileSync(
    join(folder, 'a.zip'),
    buildZip([...(await bagFiles())].map(([path, content]) => ({ name: `bag/${path}`, content }))),
  )
  symlinkSync('a.zip', join(folder, 'link'))
  expect((await verify(join(folder, 'link'))).verdict).toBe('valid')
})
