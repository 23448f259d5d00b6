/** Text becomes bytes in one buffer that grows. */
export class ByteWriter {
  #bytes: Buffer<ArrayBuffer>
  #length = 0

  /** Writes to all of the memory that `memory` is part of; without, to memory of its own. Neither may be shared with others. */
  constructor(memory?: Uint8Array<ArrayBuffer>) {
    // Not from the pool: it may be handed to another thread, with its memory.
    this.#bytes = memory ? Buffer.from(memory.buffer) : Buffer.allocUnsafeSlow(16 * 1024)
  }

  get length(): number {
    return this.#length
  }

  write(text: string, encoding: 'latin1' | 'utf8'): void {
    // UTF-16 grows to at most three bytes a unit.
    const needed = this.#length + text.length * (encoding === 'utf8' ? 3 : 1)
    if (needed > this.#bytes.length) {
      const bytes = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
      this.#bytes.copy(bytes, 0, 0, this.#length)
      this.#bytes = bytes
    }
    this.#length += this.#bytes.write(text, this.#length, encoding)
  }

  /** All that was written. */
  done(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length)
  }
}
