import { type FileHandle, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { lockFile } from '@custody/file-lock'
import { type Clock, systemClock, usageError } from '@custody/pipeline'
import { AnswerIndex } from './answer-index.ts'
import { FileWindow } from './file-window.ts'
import { FrameCipher } from './frame-cipher.ts'
import { Journal } from './journal.ts'
import { onDisk, toDiskError } from './journal-error.ts'
import { HEADER_BYTES, newHeader, readHeader } from './journal-header.ts'
import { journalLocked } from './journal-locked.ts'
import { JournalWriter } from './journal-writer.ts'
import { readJournal } from './read-journal.ts'
import { syncDirectory } from './sync-directory.ts'

/** Which journal is opened, and under which key. */
export interface OpenJournalOptions {
  /** Made, with its directory, where there is none; for nobody else to read. */
  readonly file: string
  /** 32 bytes, random. One key serves any number of journals: each derives its own. */
  readonly key: Uint8Array
  /** Tells when a new journal is made. @defaultValue the machine's */
  readonly clock?: Pick<Clock, 'now'>
}

/**
 * Opens the journal of a run for this process alone: reads all of it once, in constant memory, and cuts off a last frame
 * that a crash left unfinished.
 *
 * @throws CustodyError of kind usage: `JOURNAL_OPTIONS`, `JOURNAL_KEY` (written with another key). Of kind refused:
 * `JOURNAL_LOCKED` (in use), `JOURNAL_FORMAT` (of another version). `JOURNAL_DAMAGED` when something in it is not what was
 * written there; `JOURNAL_DISK` for what the file system refuses.
 */
export async function openJournal({ file: name, key, clock = systemClock }: OpenJournalOptions): Promise<Journal> {
  if (key.length !== 32) throw usageError('JOURNAL_OPTIONS', 'openJournal: key must have 32 bytes.')
  const file = await onDisk(name, placeOf(name))
  const lock = await onDisk(file, lockFile(file, journalLocked(file)))
  let handle: FileHandle | undefined
  try {
    handle = await onDisk(file, openOrCreate(file, key, clock))
    const { size: length } = await onDisk(file, handle.stat())
    const headerBytes = Math.min(length, HEADER_BYTES)
    const head = await onDisk(file, new FileWindow(handle, 0, headerBytes, headerBytes).take(headerBytes))
    const { createdAt, keys } = readHeader(file, key, head)
    const cipher = new FrameCipher(keys)
    const index = new AnswerIndex()
    const bytes = await onDisk(file, readJournal({ file, handle, cipher, index, start: HEADER_BYTES, end: length }))
    await settle(file, handle, bytes, length)
    const writer = new JournalWriter({ file, handle, cipher, index, bytes })
    const { takenOverFrom } = lock
    const opening = { answers: index.size, cutBytes: length - bytes, createdAt, takenOverFrom }
    return new Journal({ file, handle, cipher, index, writer, lock, opening })
  } catch (error) {
    await handle?.close()
    await lock.release()
    throw error
  }
}

/** The file under its one real name, so that all who open it meet at the same lock; its directory is made. */
async function placeOf(file: string): Promise<string> {
  if (file === '' || file.endsWith('/')) throw usageError('JOURNAL_OPTIONS', 'openJournal: file must name a file.')
  const there = await unlessMissing(stat(file))
  if (there === null) {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    return join(await realpath(dirname(file)), basename(file))
  }
  // A pipe would never end, a device never fill up.
  if (!there.isFile()) throw usageError('JOURNAL_OPTIONS', `openJournal: ${file} is no regular file.`)
  return await realpath(file)
}

async function openOrCreate(file: string, key: Uint8Array, clock: Pick<Clock, 'now'>): Promise<FileHandle> {
  const there = await unlessMissing(open(file, 'r+'))
  if (there) return there
  // It appears with its whole header: whoever finds less knows that it was damaged.
  const unfinished = `${file}.new`
  try {
    await rm(unfinished, { force: true })
    const handle = await open(unfinished, 'wx', 0o600)
    try {
      await handle.writeFile(newHeader(key, clock.now()))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
  await syncDirectory(dirname(file))
  return await open(file, 'r+')
}

/** Cuts off what a crash left, and flushes what it may not have flushed: what is told to be there is there for good. */
async function settle(file: string, handle: FileHandle, bytes: number, length: number): Promise<void> {
  try {
    if (bytes < length) await handle.truncate(bytes)
    await handle.datasync()
  } catch (error) {
    throw toDiskError(file, error, 'Its unfinished last frame is still to be cut off.')
  }
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
