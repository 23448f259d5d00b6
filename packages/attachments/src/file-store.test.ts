import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createFileStore } from './file-store.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'file-store-test-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
})

async function* streamOf(...chunks: readonly (string | Uint8Array | Error)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    if (chunk instanceof Error) throw chunk
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  }
}

const hashOf = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Every name below the directory. */
const names = async (): Promise<string[]> => (await readdir(directory, { recursive: true })).sort()

describe('a file', () => {
  test('is named by its content, whatever pieces it comes in', async () => {
    const store = createFileStore(directory)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 })), async (chunks) => {
        const whole = Buffer.concat(chunks)
        const { sha256, size } = await store.put(streamOf(...chunks))
        expect({ sha256, size }).toEqual({ sha256: hashOf(whole), size: whole.length })
        expect(Buffer.compare(await readFile(store.path(sha256)), whole)).toBe(0)
      }),
    )
  })

  test('is there once, also when it comes many times at once', async () => {
    const store = createFileStore(directory)
    const stored = await Promise.all(Array.from({ length: 20 }, () => store.put(streamOf('a', 'b'))))
    expect(stored.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(await names()).toEqual([expect.any(String), expect.stringContaining(hashOf('ab'))])
  })

  test('is nobody else’s to read', async () => {
    const store = createFileStore(directory)
    const { sha256 } = await store.put(streamOf('x'))
    expect((await stat(store.path(sha256))).mode & 0o777).toBe(0o600)
    expect((await stat(dirname(store.path(sha256)))).mode & 0o777).toBe(0o700)
  })

  test('is not there while it comes, and leaves nothing behind when it breaks off', async () => {
    const store = createFileStore(directory)
    const { promise, resolve } = Promise.withResolvers<void>()
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('ab')
      await promise
      yield* streamOf(new Error('broken'))
    }
    const put = store.put(slow())
    await store.put(streamOf('other'))
    expect(existsSync(store.path(hashOf('ab')))).toBe(false)
    resolve()
    await expect(put).rejects.toThrow('broken')
    expect((await names()).filter((name) => name.includes('/'))).toEqual([expect.stringContaining(hashOf('other'))])
  })

  test('may be empty', async () => {
    const store = createFileStore(directory)
    expect(await store.put(streamOf())).toEqual({ sha256: hashOf(''), size: 0, isNew: true })
  })
})

describe('the store', () => {
  test('makes nothing before the first file, and nothing stays after closing, twice', async () => {
    const store = createFileStore(join(directory, 'below'))
    await store.close()
    expect(await names()).toEqual([])
    const other = createFileStore(join(directory, 'below'))
    await other.put(streamOf('x'))
    await other.close()
    await other.close()
    expect(await names()).toEqual(['below'])
  })

  test('takes nothing more once it is closed, and waits for what is under way', async () => {
    const store = createFileStore(directory)
    const { promise, resolve } = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('ab')
      begun.resolve()
      await promise
      yield Buffer.from('cd')
    }
    const put = store.put(slow())
    await begun.promise
    const order: string[] = []
    const closed = store.close().then(() => order.push('closed'))
    void put.catch(() => order.push('put'))
    await expect(store.put(streamOf('x'))).rejects.toMatchObject({ code: 'FILE_STORE_CLOSED' })
    // Long enough for the disk to do what it was not to do yet.
    await mkdtemp(join(directory, 'after-')).then((folder) => rm(folder, { recursive: true }))
    await names()
    expect(order).toEqual([])
    resolve()
    await expect(put).rejects.toMatchObject({ code: 'FILE_STORE_CLOSED' })
    await closed
    expect(order).toEqual(['put', 'closed'])
    expect(await names()).toEqual([])
  })

  test('keeps apart from another one in the same directory', async () => {
    const [one, other] = [createFileStore(directory), createFileStore(directory)]
    await one.put(streamOf('x'))
    const { sha256 } = await other.put(streamOf('x'))
    await one.close()
    expect(await readFile(other.path(sha256), 'utf8')).toBe('x')
  })

  test.each(['', 'x', '../../etc/passwd', 'A'.repeat(64), `${'a'.repeat(64)}\n`, 'a'.repeat(63)])(
    'names no file by %j',
    (name) => {
      expect(() => createFileStore(directory).path(name)).toThrow(expect.objectContaining({ code: 'FILE_STORE_NAME' }))
    },
  )

  test('says where the disk refuses', async () => {
    const file = join(directory, 'file')
    await writeFile(file, '')
    await expect(createFileStore(join(file, 'below')).put(streamOf('x'))).rejects.toMatchObject({
      code: 'FILE_STORE_DISK',
      message: expect.stringContaining('ENOTDIR'),
    })
  })

  test('needs a directory', () => {
    expect(() => createFileStore('')).toThrow(expect.objectContaining({ code: 'FILE_STORE_DIRECTORY', kind: 'usage' }))
  })
})
