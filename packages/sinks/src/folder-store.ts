import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { assertArchivePath } from './archive-path.ts'
import type { FileDigest, FileStore, FileWriter } from './file-store.ts'

// Big enough that hashing and writing cost nothing per call, small enough for a dozen open files.
const BUFFER_BYTES = 256 * 1024

/**
 * A folder on disk. Files are hashed while they are written and flushed to the disk (`fsync`) when closed.
 *
 * @throws CustodyError `ARCHIVE_PATH` from `write` for a path outside the rule, `STORE_PATH_TAKEN` for one already used.
 */
export function folderStore(directory: string): FileStore {
  const taken = new Set<string>()
  return {
    write(path) {
      assertArchivePath(path)
      const key = path.toLowerCase()
      if (taken.has(key)) {
        throw new CustodyError('STORE_PATH_TAKEN', `The file ${path} was begun twice (names are compared lower-cased).`)
      }
      taken.add(key)
      return fileWriter(join(directory, path))
    },
  }
}

/** Begins a new file at a place of the file system; an existing file is never overwritten. */
export function fileWriter(file: string): FileWriter {
  return new DiskWriter(file)
}

class DiskWriter implements FileWriter {
  readonly #file: string
  readonly #hash = createHash('sha256')
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  #used = 0
  #bytes = 0
  #handle: FileHandle | undefined
  #closed = false

  constructor(file: string) {
    this.#file = file
  }

  async write(chunk: Uint8Array | string): Promise<void> {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    for (let offset = 0; offset < bytes.length; ) {
      const part = bytes.subarray(offset, offset + BUFFER_BYTES - this.#used)
      this.#buffer.set(part, this.#used)
      this.#used += part.length
      offset += part.length
      if (this.#used === BUFFER_BYTES) await this.#flush()
    }
  }

  async close(): Promise<FileDigest> {
    await this.#flush()
    const handle = await this.#open()
    await handle.sync()
    this.#closed = true
    await handle.close()
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }

  async discard(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#handle?.close().catch(() => undefined)
  }

  async #open(): Promise<FileHandle> {
    if (this.#handle) return this.#handle
    await mkdir(dirname(this.#file), { recursive: true })
    this.#handle = await open(this.#file, 'wx')
    return this.#handle
  }

  async #flush(): Promise<void> {
    if (this.#closed) throw new CustodyError('STORE_FILE_CLOSED', `${this.#file} was written to after it was closed.`)
    const handle = await this.#open()
    const bytes = this.#buffer.subarray(0, this.#used)
    this.#hash.update(bytes)
    // A write may take fewer bytes than given.
    for (let offset = 0; offset < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, offset, bytes.length - offset)
      offset += bytesWritten
    }
    this.#bytes += bytes.length
    this.#used = 0
  }
}
