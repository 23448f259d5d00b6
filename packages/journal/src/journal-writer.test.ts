import { renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { expect, onTestFinished, test } from 'vitest'
import { AnswerIndex } from './answer-index.ts'
import { FrameCipher } from './frame-cipher.ts'
import { HEADER_BYTES, newHeader, readHeader } from './journal-header.ts'
import { type JournalHandle, JournalWriter } from './journal-writer.ts'
import { newFile, opened, testKey, textOf } from './testing/journal-files.ts'

const diskError = (code: string, syscall = 'write'): Error => Object.assign(new Error(code), { code, syscall })

/** A disk that can be told to fail: each call runs what is put in its place. */
interface Faults {
  write?: (handle: FileHandle, bytes: Buffer, position: number) => Promise<{ bytesWritten: number }>
  datasync?: () => Promise<void>
  truncate?: () => Promise<void>
}

interface Written {
  readonly file: string
  readonly put: (id: string, answer: string) => Promise<void>
  readonly faults: Faults
  readonly flushes: () => number
}

/** A journal with one answer, on a disk that can fail. */
async function newJournal(): Promise<Written> {
  const file = newFile()
  const header = newHeader(testKey, 0)
  writeFileSync(file, header)
  const handle = await open(file, 'r+')
  onTestFinished(() => handle.close())
  const faults: Faults = {}
  let flushes = 0
  const failing = {
    write: (bytes: Buffer, offset: number, length: number, position: number) =>
      faults.write
        ? faults.write(handle, bytes.subarray(offset, offset + length), position)
        : handle.write(bytes, offset, length, position),
    datasync: () => {
      flushes += 1
      return faults.datasync?.() ?? handle.datasync()
    },
    truncate: (length: number) => faults.truncate?.() ?? handle.truncate(length),
    stat: () => handle.stat(),
  } as JournalHandle
  const cipher = new FrameCipher(readHeader(file, testKey, header).keys)
  const writer = new JournalWriter({ file, handle: failing, cipher, index: new AnswerIndex(), bytes: HEADER_BYTES })
  const put = (id: string, answer: string): Promise<void> => writer.put(cipher.idHash(id), Buffer.from(answer))
  await put('first', '1')
  return { file, put, faults, flushes: () => flushes }
}

/** What opening the file anew finds of these ids. */
async function found(file: string, ...ids: string[]): Promise<unknown[]> {
  const journal = await opened(file)
  return [journal.opening.cutBytes, ...(await Promise.all(ids.map((id) => textOf(journal, id))))]
}

test('bytes written in small pieces make the same frames', async () => {
  const { file, put, faults } = await newJournal()
  faults.write = (handle, bytes, position) => handle.write(bytes, 0, Math.min(7, bytes.length), position)
  await Promise.all([put('second', 'the second'), put('third', 'the third')])
  expect(await found(file, 'first', 'second', 'third')).toEqual([0, '1', 'the second', 'the third'])
})

test('one flush for all that are put while another is under way', async () => {
  const { put, faults, flushes } = await newJournal()
  const letGo: (() => void)[] = []
  faults.datasync = () => new Promise((resolve) => letGo.push(resolve))
  const before = flushes()
  const done: string[] = []
  const putting = (id: string): Promise<unknown> => put(id, id).then(() => done.push(id))
  const puts = [putting('a')]
  await expect.poll(() => letGo.length).toBe(1)
  puts.push(putting('b'), putting('c'), putting('d'))
  // Nothing is answered before its flush.
  expect(done).toEqual([])
  letGo[0]?.()
  await expect.poll(() => letGo.length).toBe(2)
  expect(done).toEqual(['a'])
  letGo[1]?.()
  await Promise.all(puts)
  expect(done).toEqual(['a', 'b', 'c', 'd'])
  expect(flushes() - before).toBe(2)
})

test.each(['ENOSPC', 'EIO', 'EDQUOT'])('%s in the middle of a frame: cut back, told, ready for more', async (code) => {
  const { file, put, faults } = await newJournal()
  const length = statSync(file).size
  let calls = 0
  faults.write = async (handle, bytes, position) => {
    if (calls++ > 0) throw diskError(code)
    return await handle.write(bytes, 0, bytes.length - 20, position)
  }
  const failures = await Promise.allSettled([put('second', 'secret answer'), put('third', 'the third')])
  expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  for (const failure of failures) {
    const { reason } = failure as PromiseRejectedResult
    expect(reason).toMatchObject({
      code: 'JOURNAL_DISK',
      kind: 'failure',
      // Else a source would go on without the conversation.
      retryable: false,
      message: expect.stringMatching(new RegExp(`answers.journal.*\\(${code}\\).*cut back`)),
      actions: [expect.stringContaining('space')],
      cause: expect.objectContaining({ code }),
    })
    expect(String(reason.message)).not.toMatch(/secret|second/)
  }
  expect(statSync(file).size).toBe(length)
  delete faults.write
  await put('third', 'again')
  expect(await found(file, 'first', 'second', 'third')).toEqual([0, '1', null, 'again'])
})

test('a flush that fails acknowledges nothing; what is written afterwards is flushed anew', async () => {
  const { file, put, faults } = await newJournal()
  const length = statSync(file).size
  let calls = 0
  faults.datasync = async () => {
    if (calls++ === 0) throw diskError('EIO', 'fdatasync')
  }
  await expect(put('second', '2')).rejects.toMatchObject({ code: 'JOURNAL_DISK' })
  expect(statSync(file).size).toBe(length)
  delete faults.datasync
  await put('third', '3')
  expect(await found(file, 'first', 'second', 'third')).toEqual([0, '1', null, '3'])
})

test('where cutting back fails too, nothing is written behind the rest until it works', async () => {
  const { file, put, faults } = await newJournal()
  faults.write = async (handle, bytes, position) => {
    await handle.write(bytes, 0, 30, position)
    throw diskError('EIO')
  }
  faults.truncate = async () => {
    throw diskError('EIO', 'ftruncate')
  }
  await expect(put('second', '2')).rejects.toMatchObject({ message: expect.stringContaining('is cut back before') })
  delete faults.write
  await expect(put('third', '3')).rejects.toMatchObject({ message: expect.stringContaining('could not be cut back') })
  delete faults.truncate
  await put('fourth', '4')
  expect(await found(file, 'first', 'second', 'third', 'fourth')).toEqual([0, '1', null, null, '4'])
})

test('what is no refusal of the disk stays what it is', async () => {
  const { put, faults } = await newJournal()
  const other = new TypeError('a mistake')
  faults.write = () => Promise.reject(other)
  await expect(put('second', '2')).rejects.toBe(other)
})

function replace(file: string): void {
  writeFileSync(`${file}.other`, Buffer.alloc(statSync(file).size))
  renameSync(`${file}.other`, file)
}

test.each<[string, (file: string) => void]>([
  ['removed', (file) => rmSync(file)],
  ['removed with its directory', (file) => rmSync(dirname(file), { recursive: true })],
  ['replaced', replace],
  ['cut', (file) => truncateSync(file, HEADER_BYTES)],
  ['written to', (file) => writeFileSync(file, 'x', { flag: 'a' })],
])('a file that was %s while it was open takes nothing more', async (_, touch) => {
  const { file, put } = await newJournal()
  touch(file)
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const error = await put('second', '2').catch((error) => error)
    expect(CustodyError.isInstance(error)).toBe(true)
    expect(error).toMatchObject({ code: 'JOURNAL_CHANGED', kind: 'failure', retryable: false })
  }
})
