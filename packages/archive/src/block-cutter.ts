import type { BlockMemory } from './block-memory.ts'
import type { Bytes, LineBlock } from './line-block.ts'
import { LINE_MAX_BYTES } from './read-block.ts'

const LF = 0x0a
const BLOCK_BYTES = 512 * 1024
/** So that what is told of a block of empty lines stays small. */
const BLOCK_MAX_LINES = 1000

/** Cuts a part of the master into blocks of whole lines. Every byte is copied once, from the piece that was read into its block. */
export class BlockCutter {
  readonly #path: string
  readonly #spare: BlockMemory
  /** Blocks that are whole and were not taken yet. */
  readonly #blocks: LineBlock[] = []
  #memory: Bytes | undefined
  /** Bytes of the open block, the open line included. */
  #used = 0
  #lineBytes = 0
  /** Whether the open line is too long, and counted as such. */
  #isSkipping = false
  #sizes: number[] = []
  #line = 1
  #index: number

  /** `index`: of the first line, over the whole archive. */
  constructor(path: string, index: number, spare: BlockMemory) {
    this.#path = path
    this.#index = index
    this.#spare = spare
  }

  /** The index of the line behind all that were cut. */
  get nextIndex(): number {
    return this.#index + this.#sizes.length
  }

  push(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      this.#keep(chunk, start, end + 1)
      this.#endLine()
      start = end + 1
    }
    if (start < chunk.length) this.#keep(chunk, start, chunk.length)
  }

  /** Told at the end of the part: the last line needs no LF to be one. */
  end(): void {
    if (this.#lineBytes > 0) this.#endLine()
  }

  /** The blocks that are whole. */
  take(): LineBlock[] {
    return this.#blocks.splice(0)
  }

  /** All blocks, the last of which may be short. A line that did not end stays out. */
  rest(): LineBlock[] {
    this.#used -= this.#lineBytes
    this.#lineBytes = 0
    if (this.#sizes.length > 0) this.#close()
    return this.take()
  }

  #keep(chunk: Buffer, start: number, end: number): void {
    if (this.#isSkipping) return
    const bytes = end - start
    if (this.#lineBytes + bytes <= LINE_MAX_BYTES) {
      chunk.copy(this.#roomFor(bytes), this.#used, start, end)
      this.#used += bytes
      this.#lineBytes += bytes
    } else {
      this.#isSkipping = true
      this.#used -= this.#lineBytes
      this.#lineBytes = 0
      this.#count(0)
    }
  }

  #roomFor(bytes: number): Bytes {
    this.#memory ??= this.#spare.takeLines()
    const needed = this.#used + bytes
    if (needed <= this.#memory.length) return this.#memory
    const doubled = Math.min(this.#memory.length * 2, BLOCK_BYTES + LINE_MAX_BYTES)
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, doubled))
    larger.set(this.#memory.subarray(0, this.#used))
    this.#memory = larger
    return larger
  }

  #endLine(): void {
    if (!this.#isSkipping) this.#count(this.#lineBytes)
    this.#isSkipping = false
    this.#lineBytes = 0
  }

  #count(size: number): void {
    this.#sizes.push(size)
    if (this.#used >= BLOCK_BYTES || this.#sizes.length === BLOCK_MAX_LINES) this.#close()
  }

  #close(): void {
    const bytes = this.#memory?.subarray(0, this.#used) ?? new Uint8Array()
    this.#blocks.push({ path: this.#path, line: this.#line, index: this.#index, bytes, sizes: this.#sizes })
    this.#line += this.#sizes.length
    this.#index += this.#sizes.length
    this.#memory = undefined
    this.#used = 0
    this.#sizes = []
  }
}
