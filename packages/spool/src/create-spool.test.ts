import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createSpool, type SpoolOptions } from './create-spool.ts'
import type { SealedSpool } from './spool.ts'
import { diskError, MemoryFiles } from './testing/memory-files.ts'

type Records = readonly (readonly [key: string, value: string])[]

async function filled(records: Records, options: Partial<SpoolOptions> = {}): Promise<SealedSpool> {
  const spool = createSpool({ directory: '/spool', files: new MemoryFiles(), ...options })
  for (const [key, value] of records) await spool.add(key, value)
  return await spool.seal()
}

/** What a Map makes of the same records. */
function expected(records: Records): { key: string; values: string[] }[] {
  return [...Map.groupBy(records, ([key]) => key)]
    .map(([key, group]) => ({ key, values: group.map(([, value]) => value) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

async function groupsOf(spool: SealedSpool): Promise<{ key: string; values: string[] }[]> {
  const groups: { key: string; values: string[] }[] = []
  for await (const { index, key, values } of spool.groups()) {
    expect(index).toBe(groups.length)
    groups.push({ key, values: values.map((value) => Buffer.from(value).toString()) })
  }
  return groups
}

const key = fc.oneof(
  fc.constantFrom('', '\0', '__proto__', '\ud800', '\udfff', '\ud800\udfff', 'é', 'a', 'b', 'ab', 'a\0'),
  fc.string({ unit: 'binary', maxLength: 3 }),
  // Keys that agree in all that an index remembers of them.
  fc.nat({ max: 9 }).map((end) => 'k'.repeat(300) + end),
)
const value = fc.oneof(
  { weight: 20, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 65_535, 65_536, 65_537, 200_000).map((length) => 'v'.repeat(length)) },
)
const manyRecords = fc.array(fc.tuple(key, value), { maxLength: 60 })
const sizes = fc.record({
  memoryBytes: fc.constantFrom(0, 700, 2000, 1 << 26),
  fanIn: fc.constantFrom(2, 3, 64),
})

describe('groups records as a Map would', () => {
  test('whatever the keys, the values and the memory', async () => {
    await fc.assert(
      fc.asyncProperty(manyRecords, sizes, key, async (records, options, absent) => {
        const files = new MemoryFiles()
        const spool = await filled(records, { ...options, files })
        const groups = expected(records)
        expect(await groupsOf(spool)).toEqual(groups)
        expect(await groupsOf(spool)).toEqual(groups)
        expect([spool.records, spool.keys]).toEqual([records.length, groups.length])
        for (const [index, { key, values }] of groups.entries()) {
          expect((await spool.get(key)).map((one) => Buffer.from(one).toString())).toEqual(values)
          expect((await spool.find(key))?.index).toBe(index)
        }
        if (!groups.some((group) => group.key === absent)) expect(await spool.get(absent)).toEqual([])
        await spool.close()
        expect(files.isClean).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  test('over many blocks, where the index sends look-ups to the right one', async () => {
    const records = Array.from({ length: 20_000 }, (_, index): [string, string] => [
      `key-${(index * 7919) % 4000}`,
      `value ${index} `.repeat(5),
    ])
    const spool = await filled(records, { memoryBytes: 200_000, fanIn: 3 })
    const groups = expected(records)
    expect(await groupsOf(spool)).toEqual(groups)
    for (const { key, values } of groups.filter((_, index) => index % 37 === 0)) {
      expect((await spool.get(key)).map(String)).toEqual(values)
      expect(await spool.get(`${key}!`)).toEqual([])
    }
  })

  test('with a key of a megabyte', async () => {
    const long = 'k'.repeat(1 << 20)
    const spool = await filled(
      [
        [long, 'a'],
        ['short', 'b'],
        [`${long}\udc00`, 'c'],
        [long, 'd'],
      ],
      { memoryBytes: 0 },
    )
    expect((await spool.get(long)).map(String)).toEqual(['a', 'd'])
    expect(await spool.get(`${long}\udc00`)).toHaveLength(1)
    expect(spool.keys).toBe(3)
  })

  test('bytes stay bytes, and are taken as they were', async () => {
    for (const memoryBytes of [0, 1 << 20]) {
      const bytes = Uint8Array.of(0, 255, 128)
      const spool = createSpool({ directory: '/spool', files: new MemoryFiles(), memoryBytes })
      const adding = spool.add('k', bytes)
      bytes.fill(7)
      await adding
      const [value] = await (await spool.seal()).get('k')
      expect([...(value ?? [])]).toEqual([0, 255, 128])
    }
  })

  test('adding without waiting loses nothing', async () => {
    const spool = createSpool({ directory: '/spool', files: new MemoryFiles(), memoryBytes: 3000 })
    const adding = Array.from({ length: 500 }, (_, index) => spool.add(`${index % 7}`, `${index}`))
    await Promise.all(adding)
    const sealed = await spool.seal()
    expect([sealed.records, sealed.keys]).toEqual([500, 7])
    const sevens = Array.from({ length: 72 }, (_, index) => `${index * 7}`)
    expect((await sealed.get('0')).map((one) => Buffer.from(one).toString())).toEqual(sevens)
  })
})

describe('on disk', () => {
  async function directory(): Promise<string> {
    const made = await mkdtemp(join(tmpdir(), 'spool-test-'))
    onTestFinished(() => rm(made, { recursive: true }))
    return made
  }

  test('nothing is written while memory suffices', async () => {
    const place = await directory()
    const spool = createSpool({ directory: place })
    await spool.add('a', '1')
    const sealed = await spool.seal()
    expect(await readdir(place)).toEqual([])
    await sealed.close()
  })

  test('files are for nobody else, unreadable, and gone at the end', async () => {
    const place = join(await directory(), 'made', 'by-it')
    const spool = createSpool({ directory: place, memoryBytes: 0 })
    for (let index = 0; index < 5; index += 1) await spool.add('the-key-of-it', 'words that somebody wrote')
    const [folder = ''] = await readdir(place)
    const [file = '', ...others] = await readdir(join(place, folder))
    expect(others).toHaveLength(4)
    const [folderMode, fileMode] = [await stat(join(place, folder)), await stat(join(place, folder, file))]
    expect([folderMode.mode & 0o777, fileMode.mode & 0o777]).toEqual([0o700, 0o600])
    const bytes = await readFile(join(place, folder, file), 'latin1')
    expect(bytes).not.toContain('words')
    expect(bytes).not.toContain('the-key')
    const sealed = await spool.seal()
    expect(await readdir(join(place, folder))).toHaveLength(1)
    expect(await sealed.get('the-key-of-it')).toHaveLength(5)
    await sealed.close()
    await sealed.close()
    expect(await readdir(place)).toEqual([])
  })

  test('no block is encrypted as another one', async () => {
    const files = new MemoryFiles()
    const spool = createSpool({ directory: '/spool', files, memoryBytes: 0 })
    for (let index = 0; index < 3; index += 1) await spool.add('same', 'v'.repeat(70_000))
    const blocks = [...files.files.values()].map((bytes) => bytes.subarray(0, 60_000).toString('latin1'))
    expect(new Set(blocks).size).toBe(3)
  })
})

describe('what went wrong is told, and nothing is left', () => {
  const records: Records = Array.from({ length: 40 }, (_, index) => [`${index % 9}`, 'v'.repeat(9000)])

  test.each(['folder', 'file', 'write', 'read', 'remove'] as const)(
    'a disk that fails at each %s',
    async (operation) => {
      for (let at = 0, failed = true; failed; at += 1) {
        const files = new MemoryFiles()
        let count = 0
        failed = false
        files.before = (one) => {
          if (one !== operation || count++ !== at) return
          failed = true
          throw diskError('ENOSPC')
        }
        const outcome = await filled(records, { files, memoryBytes: 50_000, fanIn: 2 })
          .then(groupsOf)
          .catch((error) => error)
        // Reading groups leaves closing to the reader.
        if (failed && Array.isArray(outcome)) throw new Error('a failure was swallowed')
        if (failed) expect(outcome).toMatchObject({ code: 'SPOOL_DISK', kind: 'failure' })
        if (failed && !files.isClean) expect(operation).toBe('read')
      }
    },
  )

  test('a block that was changed, cut or moved', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom('flip', 'cut', 'swap'), async (at, how) => {
        const files = new MemoryFiles()
        const spool = await filled(records, { files, memoryBytes: 50_000 })
        const [[path, bytes] = ['', Buffer.alloc(0)]] = files.files
        const place = at % bytes.length
        const block = 65_552
        const swapped = Buffer.concat([
          bytes.subarray(block, 2 * block),
          bytes.subarray(0, block),
          bytes.subarray(2 * block),
        ])
        if (how === 'flip') bytes[place] = (bytes[place] ?? 0) ^ 1
        else files.files.set(path, how === 'cut' ? bytes.subarray(0, place) : swapped)
        await expect(groupsOf(spool)).rejects.toMatchObject({ code: 'SPOOL_DAMAGED' })
        await spool.close()
        expect(files.isClean).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  test('an abort, at each read and write of sealing', async () => {
    for (let at = 0, aborted = true; aborted; at += 1) {
      const files = new MemoryFiles()
      const spool = createSpool({ directory: '/spool', files, memoryBytes: 50_000, fanIn: 2 })
      for (const [key, value] of records) await spool.add(key, value)
      const controller = new AbortController()
      let count = 0
      aborted = false
      files.before = () => {
        if (count++ !== at) return
        aborted = true
        controller.abort(new Error('stop'))
      }
      const outcome = await spool.seal(controller.signal).catch((error) => error)
      if (outcome instanceof Error) {
        expect(outcome.message).toBe('stop')
        expect(files.isClean).toBe(true)
      } else {
        // Too late to matter.
        expect(outcome.records).toBe(records.length)
        await outcome.close()
      }
    }
  })

  test('an abort before and while groups are read', async () => {
    for (const memoryBytes of [0, 1 << 26]) {
      const spool = await filled(records, { memoryBytes })
      await expect(spool.find('1', AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
      const controller = new AbortController()
      const groups = spool.groups(controller.signal)[Symbol.asyncIterator]()
      await groups.next()
      controller.abort(new Error('stop'))
      const drain = async (): Promise<void> => {
        while (!(await groups.next()).done);
      }
      await expect(drain()).rejects.toThrow('stop')
    }
  })

  test('a group larger than may be held, just that size is fine', async () => {
    for (const memoryBytes of [0, 1 << 20]) {
      const files = new MemoryFiles()
      const add = (...values: string[]) =>
        filled(
          values.map((value) => ['k', value]),
          { files, memoryBytes, maxGroupBytes: 10 },
        )
      await expect(add('12345', '12345')).resolves.toMatchObject({ keys: 1 })
      files.files.clear()
      files.folders.clear()
      files.openFiles = 0
      await expect(add('12345', '123456')).rejects.toMatchObject({ code: 'SPOOL_GROUP_TOO_LARGE' })
      await expect(add('12345678901')).rejects.toMatchObject({ code: 'SPOOL_GROUP_TOO_LARGE' })
      expect(files.isClean).toBe(true)
    }
  })

  test('text that UTF-8 cannot write', async () => {
    await expect(filled([['k', 'a\ud800']])).rejects.toMatchObject({ code: 'SPOOL_TEXT' })
  })

  test.each([0, 1 << 20])('use after the end, with %d bytes of memory', async (memoryBytes) => {
    const spool = createSpool({ directory: '/spool', files: new MemoryFiles(), memoryBytes })
    await spool.add('a', '1')
    const sealed = await spool.seal()
    await expect(spool.seal()).rejects.toMatchObject({ code: 'SPOOL_CLOSED' })
    await sealed.close()
    await expect(sealed.get('a')).rejects.toMatchObject({ code: 'SPOOL_CLOSED' })
    await expect(groupsOf(sealed)).rejects.toMatchObject({ code: 'SPOOL_CLOSED' })
    await expect(spool.add('a', '1')).rejects.toMatchObject({ code: 'SPOOL_CLOSED' })
  })

  test('closing without sealing removes what was written', async () => {
    const files = new MemoryFiles()
    const spool = createSpool({ directory: '/spool', files, memoryBytes: 0 })
    void spool.add('a', '1')
    await spool.close()
    expect(files.isClean).toBe(true)
  })

  test.each([
    { memoryBytes: -1 },
    { memoryBytes: 1.5 },
    { fanIn: 1 },
    { maxGroupBytes: 2 ** 31 + 1 },
    { directory: '' },
  ])('the option %j', (option) => {
    expect(() => createSpool({ directory: '/spool', ...option })).toThrow(
      expect.objectContaining({ code: 'SPOOL_OPTION', kind: 'usage' }),
    )
  })
})
