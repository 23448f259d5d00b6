import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CustodyError, usageError } from '@custody/pipeline'

/** Files on disk for the time of a run, each content once. */
export interface FileStore {
  /**
   * Takes the bytes of a file. It is there only once all of them are; what the iterable throws leaves nothing behind.
   *
   * @throws CustodyError `FILE_STORE_DISK`, `FILE_STORE_CLOSED`, and what the iterable throws
   */
  put(bytes: AsyncIterable<Uint8Array>): Promise<StoredFile>
  /** Where a file stands, if it was put. @throws CustodyError `FILE_STORE_NAME` for what is no SHA-256 in lower case */
  path(sha256: string): string
  /** Removes everything. Does nothing the second time. */
  close(): Promise<void>
}

/** A file that is kept under its hash. */
export interface StoredFile {
  readonly sha256: string
  /** In bytes. */
  readonly size: number
  /** Whether no file of that content was there before. */
  readonly isNew: boolean
}

/**
 * Makes a file store in a folder of its own below `directory`, which nobody else may look into (modes 0700 and 0600). The
 * folder is made with the first file, and is gone after `close()`.
 *
 * Nothing is flushed to the disk: the files are for this run, and whoever copies them compares their hash.
 *
 * `folder` names that folder, so that whoever finds it after a killed run knows what it is. @defaultValue a name of its own
 *
 * @throws CustodyError `FILE_STORE_DIRECTORY` (usage)
 */
export function createFileStore(directory: string, folder: string = `custody-files-${randomUUID()}`): FileStore {
  if (directory === '') throw usageError('FILE_STORE_DIRECTORY', 'createFileStore: directory must not be empty')
  return new DiskFileStore(directory, folder)
}

class DiskFileStore implements FileStore {
  readonly #directory: string
  readonly #folder: string
  #made: Promise<void> | undefined
  /** Puts under way. */
  readonly #active = new Set<Promise<StoredFile>>()
  /** Files come to their place one after the other, so that of two equal ones only one is new. */
  #placing: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(directory: string, folder: string) {
    this.#directory = directory
    this.#folder = join(directory, folder)
  }

  async put(bytes: AsyncIterable<Uint8Array>): Promise<StoredFile> {
    this.#assertOpen()
    const put = this.#put(bytes)
    this.#active.add(put)
    try {
      return await put
    } finally {
      this.#active.delete(put)
    }
  }

  path(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new CustodyError('FILE_STORE_NAME', 'A file is named by no SHA-256.')
    return join(this.#folder, sha256)
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#active)
    await this.#onDisk(rm(this.#folder, { recursive: true, force: true }))
  }

  async #put(bytes: AsyncIterable<Uint8Array>): Promise<StoredFile> {
    this.#made ??= this.#onDisk(this.#makeFolder())
    await this.#made
    const partial = join(this.#folder, `${randomUUID()}.partial`)
    try {
      const { sha256, size } = await this.#write(partial, bytes)
      const placed = this.#placing.then(() => this.#place(partial, this.path(sha256)))
      this.#placing = placed.catch(() => undefined)
      return { sha256, size, isNew: await this.#onDisk(placed) }
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined)
      throw error
    }
  }

  async #write(path: string, bytes: AsyncIterable<Uint8Array>): Promise<{ sha256: string; size: number }> {
    const hash = createHash('sha256')
    let size = 0
    const handle = await this.#onDisk(open(path, 'wx', 0o600))
    try {
      for await (const chunk of bytes) {
        this.#assertOpen()
        hash.update(chunk)
        // A write may take fewer bytes than given.
        for (let offset = 0; offset < chunk.byteLength; ) {
          const { bytesWritten } = await this.#onDisk(handle.write(chunk, offset))
          offset += bytesWritten
        }
        size += chunk.byteLength
      }
    } finally {
      await this.#onDisk(handle.close())
    }
    return { sha256: hash.digest('hex'), size }
  }

  /** Gives the file its name, if no other has it. */
  async #place(partial: string, path: string): Promise<boolean> {
    if (await exists(path)) {
      await rm(partial)
      return false
    }
    await rename(partial, path)
    return true
  }

  async #makeFolder(): Promise<void> {
    await mkdir(this.#directory, { recursive: true })
    await mkdir(this.#folder, { mode: 0o700 })
  }

  #assertOpen(): void {
    if (this.#closed) throw new CustodyError('FILE_STORE_CLOSED', 'The file store was closed before this.')
  }

  /** Awaits work on the files; what the disk refuses becomes `FILE_STORE_DISK`. */
  async #onDisk<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (typeof code !== 'string' || CustodyError.isInstance(error)) throw error
      throw new CustodyError('FILE_STORE_DISK', `Cannot keep files in ${this.#directory} (${code}).`, {
        cause: error,
        actions: ['Free space there, allow writing, or name another directory; then run again.'],
      })
    }
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
