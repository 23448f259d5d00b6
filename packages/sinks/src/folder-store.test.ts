import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileWriter, folderStore } from './folder-store.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const BUFFER = 256 * 1024

test.each([0, 1, BUFFER - 1, BUFFER, BUFFER + 1, 3 * BUFFER + 7])(
  '%i bytes come out as they went in, with their hash',
  async (size) => {
    const folder = temporaryFolder()
    const bytes = randomBytes(size)
    const writer = folderStore(folder).write('data/deep/file.bin')
    await writer.write(bytes.subarray(0, 10))
    await writer.write(bytes.subarray(10))
    expect(await writer.close()).toEqual({ bytes: size, sha256: createHash('sha256').update(bytes).digest('hex') })
    expect(readFileSync(join(folder, 'data/deep/file.bin')).equals(bytes)).toBe(true)
  },
)

test('bytes may be reused once a write has settled', async () => {
  const folder = temporaryFolder()
  const writer = folderStore(folder).write('a')
  const bytes = Buffer.from('one')
  await writer.write(bytes)
  bytes.fill('x')
  await writer.write('two ä')
  await writer.close()
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('onetwo ä')
})

test('a path outside the rule, or taken already, is refused before a file is made', () => {
  const folder = temporaryFolder()
  const store = folderStore(join(folder, 'bag'))
  expect(() => store.write('../a')).toThrow(expect.objectContaining({ code: 'ARCHIVE_PATH' }))
  store.write('data/a')
  expect(() => store.write('data/A')).toThrow(expect.objectContaining({ code: 'STORE_PATH_TAKEN' }))
  expect(existsSync(join(folder, 'bag'))).toBe(false)
})

test('an existing file is never overwritten', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'a'), 'old')
  const writer = fileWriter(join(folder, 'a'))
  await writer.write('new')
  await expect(writer.close()).rejects.toMatchObject({ code: 'EEXIST' })
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('old')
})

test('a discarded or closed file takes no more', async () => {
  const folder = temporaryFolder()
  const discarded = fileWriter(join(folder, 'a'))
  await discarded.write(Buffer.alloc(BUFFER))
  await discarded.discard()
  await discarded.discard()
  await expect(discarded.close()).rejects.toMatchObject({ code: 'STORE_FILE_CLOSED' })
  const closed = fileWriter(join(folder, 'b'))
  await closed.close()
  await closed.discard()
  await expect(closed.close()).rejects.toMatchObject({ code: 'STORE_FILE_CLOSED' })
})

test('a folder in the way shows as the error of the file system', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'a'))
  await expect(fileWriter(join(folder, 'a')).close()).rejects.toMatchObject({ code: expect.stringMatching(/^E/) })
})
