import type { Bytes } from './line-block.ts'

/** Of the lines of a block: twice as much as a block has before its last line, which is hardly ever longer. */
const LINES_BYTES = 1024 * 1024
/** Larger pieces belong to lines or names far longer than any, and are not kept. */
const KEPT_MAX_BYTES = 4 * LINES_BYTES

/**
 * Memory of blocks that were read, for those that come. With new memory for each, a gigabyte of master leaves as much garbage
 * outside of the heap, and for every few dozen megabytes of it V8 goes through the whole heap: a sixth of the time of a check.
 */
export class BlockMemory {
  readonly #lines: Bytes[] = []
  readonly #rows: (readonly Bytes[])[] = []

  /** Memory that nobody else has. */
  takeLines(): Bytes {
    return this.#lines.pop() ?? Buffer.allocUnsafeSlow(LINES_BYTES)
  }

  /** What `readBlock` can write to; nothing, where there is nothing yet. */
  takeRows(): readonly Bytes[] {
    return this.#rows.pop() ?? []
  }

  /** Takes back the memory of which these bytes are the beginning. They must not be looked at any more. */
  giveLines({ buffer }: Bytes): void {
    if (buffer.byteLength >= LINES_BYTES && buffer.byteLength <= KEPT_MAX_BYTES) this.#lines.push(Buffer.from(buffer))
  }

  giveRows(rows: readonly Bytes[]): void {
    if (rows.every(({ buffer }) => buffer.byteLength <= KEPT_MAX_BYTES)) this.#rows.push(rows)
  }
}
