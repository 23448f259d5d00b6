import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { type FileDigest, type FileWriter, folderStore } from '@custody/sinks'
import { PART_PATTERN } from './bag.ts'

const READ_BYTES = 256 * 1024

/** The folder of a bag in the making: remembers what every finished file holds, so that nothing is read again. */
export class BagStore {
  readonly folder: string
  readonly #store: ReturnType<typeof folderStore>
  readonly #open = new Set<FileWriter>()
  readonly #files = new Map<string, FileDigest>()

  constructor(folder: string) {
    this.folder = folder
    this.#store = folderStore(folder)
  }

  /** The finished files, by path. */
  get files(): ReadonlyMap<string, FileDigest> {
    return this.#files
  }

  write(path: string): FileWriter {
    const writer = this.#store.write(path)
    this.#open.add(writer)
    return {
      write: (chunk) => writer.write(chunk),
      close: async () => {
        const digest = await writer.close()
        this.#open.delete(writer)
        this.#files.set(path, digest)
        return digest
      },
      discard: () => writer.discard(),
    }
  }

  /** Writes a whole small file. */
  async text(path: string, content: string | Uint8Array): Promise<FileDigest> {
    const writer = this.write(path)
    await writer.write(content)
    return writer.close()
  }

  has(path: string): boolean {
    return this.#files.has(path)
  }

  /** A finished file, piece by piece. */
  read(path: string): AsyncIterable<Buffer> {
    return createReadStream(join(this.folder, path), { highWaterMark: READ_BYTES })
  }

  /** The finished parts of the master, in order. */
  parts(): string[] {
    return [...this.#files.keys()].filter((path) => PART_PATTERN.test(path)).sort()
  }

  /** Closes what is still open, without finishing it. */
  async discard(): Promise<void> {
    await Promise.all([...this.#open].map((writer) => writer.discard()))
  }
}
