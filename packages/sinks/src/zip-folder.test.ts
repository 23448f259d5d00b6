import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { zipFolder } from './zip-folder.ts'

interface ListedEntry {
  readonly name: string
  readonly time: readonly number[]
  readonly size: number
  readonly packed: number
  readonly method: number
  readonly mode: number
}

/** What Python's zipfile reads, after checking every CRC. Fails when Python or Info-ZIP is not there: both are needed. */
function readByOthers(zip: string): ListedEntry[] {
  execFileSync('unzip', ['-tq', zip], { stdio: 'pipe' })
  const script = `
import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(json.dumps([dict(name=i.filename, time=i.date_time, size=i.file_size, packed=i.compress_size, method=i.compress_type, mode=i.external_attr >> 16) for i in z.infolist()]))`
  return JSON.parse(execFileSync('python3', ['-c', script, zip], { encoding: 'utf8', maxBuffer: 2 ** 28 }))
}

function folderOf(files: Readonly<Record<string, string | Buffer>>): { folder: string; zip: string; order: string[] } {
  const root = temporaryFolder()
  const folder = join(root, 'bag')
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return { folder, zip: join(root, 'bag.zip'), order: Object.keys(files) }
}

test('other tools read the files in the order given, with fixed time and mode', async () => {
  const { folder, zip, order } = folderOf({
    'z.txt': 'z'.repeat(5000),
    'a/b.txt': '',
    'a/a.bin': randomBytes(3_000_000),
  })
  const { bytes } = await zipFolder(folder, zip, { order, top: 'top' })
  expect(bytes).toBe(readFileSync(zip).length)
  const listed = readByOthers(zip)
  expect(listed.map(({ name, size }) => [name, size])).toEqual([
    ['top/z.txt', 5000],
    ['top/a/b.txt', 0],
    ['top/a/a.bin', 3_000_000],
  ])
  for (const { time, mode } of listed) expect([time, mode & 0o777]).toEqual([[1980, 2, 1, 0, 0, 0], 0o644])
  expect(listed[0]?.packed).toBeLessThan(200)
})

test('the same files make the same bytes, whenever they were written', async () => {
  const { folder, zip, order } = folderOf({ a: 'one', b: 'two' })
  await zipFolder(folder, zip, { order })
  utimesSync(join(folder, 'a'), 1, 1)
  await zipFolder(folder, `${zip}2`, { order })
  expect(readFileSync(zip).equals(readFileSync(`${zip}2`))).toBe(true)
})

test('sizes and CRC stand before the data, at every border of a block, deflated or not', async () => {
  const mib = 2 ** 20
  const sizes = [0, 1, mib - 1, mib, mib + 1, 2 * mib]
  const half = (size: number): Buffer =>
    Buffer.concat([Buffer.alloc(size >> 1, 'text '), randomBytes(size - (size >> 1))])
  const { folder, zip, order } = folderOf(Object.fromEntries(sizes.map((size) => [`of-${size}`, half(size)])))
  const stored = new Set(order.filter((_, index) => index % 2 === 1))
  for (const options of [{}, { stored }, { level: 1 }]) {
    rmSync(zip, { force: true })
    await zipFolder(folder, zip, { order, ...options })
    const listed = readByOthers(zip)
    expect(listed.map(({ size }) => size)).toEqual(sizes)
    const bytes = readFileSync(zip)
    let at = 0
    for (const { name, size, packed } of listed) {
      expect([bytes.readUInt32LE(at), bytes.readUInt16LE(at + 6)]).toEqual([0x04034b50, 0x0800])
      expect([bytes.readUInt32LE(at + 18), bytes.readUInt32LE(at + 22)]).toEqual([packed, size])
      expect(bytes.readUInt32LE(at + 14)).toBe(crc32(readFileSync(join(folder, name))))
      at += 30 + name.length + packed
    }
    expect(bytes.readUInt32LE(at)).toBe(0x02014b50)
  }
})

test('files are stored where asked for, and all of them at level 0', async () => {
  const { folder, zip, order } = folderOf({ a: 'x'.repeat(1000), b: 'x'.repeat(1000) })
  await zipFolder(folder, zip, { order, stored: new Set(['b']) })
  expect(readByOthers(zip).map(({ method }) => method)).toEqual([8, 0])
  await zipFolder(folder, `${zip}0`, { order, level: 0 })
  expect(readByOthers(`${zip}0`).map(({ method }) => method)).toEqual([0, 0])
})

test('no files make an empty ZIP', async () => {
  const { folder, zip } = folderOf({})
  await zipFolder(folder, zip, { order: [] })
  expect(readFileSync(zip).readUInt32LE(0)).toBe(0x06054b50)
})

test('a file that is not there fails the whole, and nothing is left', async () => {
  const { folder, zip, order } = folderOf({ a: 'one' })
  await expect(zipFolder(folder, zip, { order: [...order, 'b'] })).rejects.toMatchObject({ code: 'ENOENT' })
  expect(readdirSync(dirname(zip))).toEqual(['bag'])
})

test('a folder where a file should be fails the whole, and nothing is left', async () => {
  const { folder, zip } = folderOf({ 'a/b': 'one' })
  await expect(zipFolder(folder, zip, { order: ['a'] })).rejects.toMatchObject({ code: 'EISDIR' })
  expect(readdirSync(dirname(zip))).toEqual(['bag'])
})

test('a name outside the path rule is refused before anything is written', async () => {
  const { folder, zip } = folderOf({ a: 'one' })
  await expect(zipFolder(folder, zip, { order: ['../a'] })).rejects.toMatchObject({ code: 'ARCHIVE_PATH' })
  expect(existsSync(zip)).toBe(false)
})

test('a ZIP of somebody else is left as it is', async () => {
  const { folder, zip, order } = folderOf({ a: 'one' })
  writeFileSync(zip, 'old')
  await expect(zipFolder(folder, zip, { order })).rejects.toMatchObject({ code: 'EEXIST' })
  expect(readFileSync(zip, 'utf8')).toBe('old')
})

test('a place that cannot be written to fails, and does not hang', async () => {
  const { folder, zip, order } = folderOf({ a: randomBytes(4_000_000) })
  await expect(zipFolder(folder, join(zip, 'deeper'), { order })).rejects.toMatchObject({ code: 'ENOENT' })
})

test('an abort, before or in the middle, throws the reason and leaves nothing', async () => {
  const { folder, zip, order } = folderOf({ a: randomBytes(8_000_000), b: 'two' })
  const reason = new Error('enough')
  await expect(zipFolder(folder, zip, { order, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  const controller = new AbortController()
  const packing = zipFolder(folder, zip, { order, signal: controller.signal })
  setImmediate(() => controller.abort(reason))
  await expect(packing).rejects.toBe(reason)
  expect(readdirSync(dirname(zip))).toEqual(['bag'])
})
