import type { LineBlock } from './line-block.ts'
import { LineReader } from './line-reader.ts'
import { LINE_MAX_BYTES } from './read-block.ts'

const BLOCK_BYTES = 512 * 1024
/** So that what is told of a block of empty lines stays small. */
const BLOCK_MAX_LINES = 1000

/** Cuts a part of the master into blocks of whole lines. */
export class BlockCutter {
  readonly #path: string
  readonly #lines: LineReader
  /** Blocks that are whole and were not taken yet. */
  readonly #blocks: LineBlock[] = []
  #open: (Buffer | null)[] = []
  #openBytes = 0
  #line = 1
  #index: number

  /** `index`: of the first line, over the whole archive. */
  constructor(path: string, index: number) {
    this.#path = path
    this.#index = index
    const take = (line: Buffer | null): void => {
      this.#open.push(line)
      this.#openBytes += line?.length ?? 0
      if (this.#openBytes >= BLOCK_BYTES || this.#open.length === BLOCK_MAX_LINES) this.#close()
    }
    this.#lines = new LineReader(LINE_MAX_BYTES, take, () => take(null))
  }

  /** The index of the line behind all that were cut. */
  get nextIndex(): number {
    return this.#index + this.#open.length
  }

  push(chunk: Buffer): void {
    this.#lines.push(chunk)
  }

  /** Told at the end of the part: the last line needs no LF to be one. */
  end(): void {
    this.#lines.end()
  }

  /** The blocks that are whole. */
  take(): LineBlock[] {
    return this.#blocks.splice(0)
  }

  /** All blocks, the last of which may be short. */
  rest(): LineBlock[] {
    if (this.#open.length > 0) this.#close()
    return this.take()
  }

  #close(): void {
    this.#blocks.push({ path: this.#path, line: this.#line, index: this.#index, lines: this.#open })
    this.#line += this.#open.length
    this.#index += this.#open.length
    this.#open = []
    this.#openBytes = 0
  }
}
