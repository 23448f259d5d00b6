import { type FileHandle, open } from 'node:fs/promises'
import { CustodyError } from '@custody/pipeline'
import type { PackedBlock } from './packed-blocks.ts'
import { centralHeader, endRecords, localHeader, WIDE_FROM_BYTES, type ZipEntry } from './zip-records.ts'

/** Small entries are written together. */
const WRITE_BYTES = 1024 * 1024

type OpenEntry = { -readonly [key in keyof ZipEntry]: ZipEntry[key] }

/**
 * Writes a ZIP file out of packed blocks. CRC and sizes stand in the header before the data, where every reader finds them: of an
 * entry of one block they are known by then, that of a longer one is written once more when it ends.
 */
export class ZipFile {
  readonly #handle: FileHandle
  #directory: Buffer[] = []
  #entries = 0
  #entry: OpenEntry | undefined
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  /** Where what waits will stand. */
  #written = 0

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  /** @throws what the file system reports: `EEXIST` where there is a file already. */
  static async create(place: string): Promise<ZipFile> {
    return new ZipFile(await open(place, 'wx'))
  }

  async add({ file, expectedSize, isFirst, isLast, size, crc, packed }: PackedBlock): Promise<void> {
    if (isFirst) {
      const isWide = expectedSize >= WIDE_FROM_BYTES
      const entry = { name: file.name, isDeflated: file.level > 0, crc, size, packedSize: packed.length, isWide }
      this.#entry = { ...entry, offset: this.#written + this.#waitingBytes }
      await this.#write(localHeader(this.#entry))
    }
    const entry = this.#entry as OpenEntry
    if (!isFirst) {
      entry.crc = crc
      entry.size += size
      entry.packedSize += packed.length
    }
    await this.#write(packed)
    if (!isLast) return
    if (!entry.isWide && entry.size >= WIDE_FROM_BYTES) throw grown(file.place)
    if (!isFirst) {
      await this.#flush()
      await writeAll(this.#handle, [localHeader(entry)], entry.offset)
    }
    this.#directory.push(centralHeader(entry))
    this.#entries += 1
  }

  /** Writes the directory, and waits until all of it is on the disk. Gives the size of the file. */
  async finish(): Promise<number> {
    const offset = this.#written + this.#waitingBytes
    for (const header of this.#directory) await this.#write(header)
    const size = this.#written + this.#waitingBytes - offset
    await this.#write(endRecords({ entries: this.#entries, size, offset }))
    await this.#flush()
    await this.#handle.sync()
    return this.#written
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (this.#waitingBytes >= WRITE_BYTES) await this.#flush()
  }

  async #flush(): Promise<void> {
    const waiting = this.#waiting
    const position = this.#written
    this.#written += this.#waitingBytes
    this.#waiting = []
    this.#waitingBytes = 0
    if (waiting.length > 0) await writeAll(this.#handle, waiting, position)
  }
}

async function writeAll(handle: FileHandle, pieces: readonly Uint8Array[], position: number): Promise<void> {
  const bytes = pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces)
  // A write may take fewer bytes than given.
  for (let offset = 0; offset < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, offset, bytes.length - offset, position + offset)
    offset += bytesWritten
  }
}

function grown(place: string): CustodyError {
  return new CustodyError('ZIP_FILE_GREW', `${place} grew beyond 4 GiB while it was packed.`, {
    actions: ['Run again when nobody writes to it.'],
  })
}
