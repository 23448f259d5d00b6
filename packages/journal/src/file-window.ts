import type { FileHandle } from 'node:fs/promises'

/** Reads a stretch of a file from front to back through one buffer. */
export class FileWindow {
  readonly #handle: Pick<FileHandle, 'read'>
  readonly #buffer: Buffer
  readonly #end: number
  /** Of what was taken. */
  #position: number
  /** What of the buffer was read and not taken yet. */
  #from = 0
  #to = 0

  constructor(handle: Pick<FileHandle, 'read'>, start: number, end: number, bufferBytes: number) {
    this.#handle = handle
    this.#buffer = Buffer.allocUnsafe(bufferBytes)
    this.#position = start
    this.#end = end
  }

  get position(): number {
    return this.#position
  }

  get left(): number {
    return this.#end - this.#position
  }

  /** The next bytes, no more than the buffer holds and the stretch has. They are good until the next call. */
  async take(count: number): Promise<Buffer> {
    if (this.#to - this.#from < count) await this.#fill(count)
    const taken = this.#buffer.subarray(this.#from, this.#from + count)
    this.#from += count
    this.#position += count
    return taken
  }

  async #fill(count: number): Promise<void> {
    this.#buffer.copy(this.#buffer, 0, this.#from, this.#to)
    this.#to -= this.#from
    this.#from = 0
    while (this.#to < count) {
      const at = this.#position + this.#to
      const length = Math.min(this.#buffer.length - this.#to, this.#end - at)
      const { bytesRead } = await this.#handle.read(this.#buffer, this.#to, length, at)
      if (bytesRead === 0) {
        throw Object.assign(new Error('the file became shorter'), { code: 'EIO', syscall: 'read' })
      }
      this.#to += bytesRead
    }
  }
}
