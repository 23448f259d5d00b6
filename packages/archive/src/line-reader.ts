import { createHash, type Hash } from 'node:crypto'

const LF = 0x0a

/**
 * Cuts bytes into lines of a bounded length. A line is given with its LF; the last one may have none. Most are part of the piece
 * that was pushed: who keeps one copies it, where the memory of pieces is used again.
 */
export class LineReader {
  readonly #maxBytes: number
  readonly #onLine: (line: Buffer) => void
  readonly #onTooLong: () => void
  #rest: Buffer[] = []
  #restBytes = 0
  #skipping = false

  /** `onTooLong` is told once for each line over `maxBytes`; the line is skipped. */
  constructor(maxBytes: number, onLine: (line: Buffer) => void, onTooLong: () => void) {
    this.#maxBytes = maxBytes
    this.#onLine = onLine
    this.#onTooLong = onTooLong
  }

  push(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      this.#take(chunk.subarray(start, end + 1))
      this.#flush()
      start = end + 1
    }
    if (start < chunk.length) this.#take(Buffer.from(chunk.subarray(start)))
  }

  end(): void {
    if (this.#restBytes > 0 || this.#skipping) this.#flush()
  }

  #take(bytes: Buffer): void {
    if (this.#skipping) return
    if (this.#restBytes + bytes.length > this.#maxBytes) {
      this.#skipping = true
      this.#rest = []
      this.#restBytes = 0
      this.#onTooLong()
    } else {
      this.#rest.push(bytes)
      this.#restBytes += bytes.length
    }
  }

  #flush(): void {
    if (!this.#skipping) this.#onLine(this.#rest.length === 1 ? (this.#rest[0] as Buffer) : Buffer.concat(this.#rest))
    this.#skipping = false
    this.#rest = []
    this.#restBytes = 0
  }
}

/** What is known about a line without keeping it. */
export interface LineDigest {
  /** Its LF included, as is the hash. */
  readonly size: number
  readonly sha256: string
  /** Its first bytes, at most as many as asked for. */
  readonly head: Buffer
}

/** Hashes each line of any length while it passes by, in constant memory. */
export class LineHasher {
  readonly #headBytes: number
  readonly #onLine: (line: LineDigest) => void
  #hash: Hash = createHash('sha256')
  #head: Buffer = Buffer.alloc(0)
  #size = 0

  constructor(headBytes: number, onLine: (line: LineDigest) => void) {
    this.#headBytes = headBytes
    this.#onLine = onLine
  }

  push(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      this.#take(chunk.subarray(start, end + 1))
      this.#flush()
      start = end + 1
    }
    if (start < chunk.length) this.#take(chunk.subarray(start))
  }

  end(): void {
    if (this.#size > 0) this.#flush()
  }

  #take(bytes: Buffer): void {
    this.#hash.update(bytes)
    this.#size += bytes.length
    const wanted = this.#headBytes - this.#head.length
    if (wanted > 0) this.#head = Buffer.concat([this.#head, bytes.subarray(0, wanted)])
  }

  #flush(): void {
    this.#onLine({ size: this.#size, sha256: this.#hash.digest('hex'), head: this.#head })
    this.#hash = createHash('sha256')
    this.#head = Buffer.alloc(0)
    this.#size = 0
  }
}
