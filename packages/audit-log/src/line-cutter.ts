import { LINE_MAX_BYTES } from './audit-event.ts'

const LF = 0x0a

/**
 * Cuts chunks into lines, each with its LF; what stands behind the last LF is the rest. Of a line over the limit only the
 * beginning is handed on, which is no event: whoever checks lines finds it.
 */
export class LineCutter {
  #rest: Buffer = Buffer.alloc(0)
  #skipping = false

  /** What has come since the last LF. Not there once it went over the limit. */
  get rest(): Buffer {
    return this.#rest
  }

  /** The lines that a chunk completes. They are views: copy what is kept before the chunk is used again. */
  *cut(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
    let start = 0
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      const line = chunk.subarray(start, end + 1)
      if (!this.#skipping) yield this.#rest.length === 0 ? line : Buffer.concat([this.#rest, line])
      this.#rest = Buffer.alloc(0)
      this.#skipping = false
      start = end + 1
    }
    if (this.#skipping) return
    this.#rest = Buffer.concat([this.#rest, chunk.subarray(start)])
    if (this.#rest.length <= LINE_MAX_BYTES) return
    this.#skipping = true
    const beginning = this.#rest
    this.#rest = Buffer.alloc(0)
    yield beginning
  }
}
