import { type FileHandle, stat } from 'node:fs/promises'
import type { AnswerIndex } from './answer-index.ts'
import { FRAME_OVERHEAD_BYTES, type FrameCipher } from './frame-cipher.ts'
import { changed, toDiskError } from './journal-error.ts'

/** What the writer needs of a file. */
export type JournalHandle = Pick<FileHandle, 'write' | 'datasync' | 'truncate' | 'stat'>

export interface JournalWriterOptions {
  readonly file: string
  readonly handle: JournalHandle
  readonly cipher: FrameCipher
  readonly index: AnswerIndex
  /** Up to the end of the last whole frame. */
  readonly bytes: number
}

interface Waiting {
  readonly idHash: Buffer
  readonly answer: Uint8Array
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Answers that wait while others are written are written together, with one flush: at most so much. */
const GROUP_BYTES = 8 * 1024 * 1024

/** Writes frames at the end of a journal, in the order of the calls, each durable before its call is answered. */
export class JournalWriter {
  readonly #file: string
  readonly #handle: JournalHandle
  readonly #cipher: FrameCipher
  readonly #index: AnswerIndex
  #waiting: Waiting[] = []
  #bytes: number
  #writing: Promise<void> | null = null
  /** Whether something that was not acknowledged may stand behind the last whole frame. */
  #isTailUnknown = false
  /** Another hand was in the file: whatever is written now may be lost. */
  #changed: unknown = null

  constructor({ file, handle, cipher, index, bytes }: JournalWriterOptions) {
    this.#file = file
    this.#handle = handle
    this.#cipher = cipher
    this.#index = index
    this.#bytes = bytes
  }

  /** The length of what is durable. */
  get bytes(): number {
    return this.#bytes
  }

  async put(idHash: Buffer, answer: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ idHash, answer, resolve, reject })
      this.#writing ??= this.#writeWaiting()
    })
  }

  /** Settles once nothing is being written. */
  async idle(): Promise<void> {
    await this.#writing
  }

  async #writeWaiting(): Promise<void> {
    // Calls made in the same turn go together.
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#writeGroup(this.#takeGroup())
    this.#writing = null
  }

  #takeGroup(): readonly Waiting[] {
    let bytes = 0
    const end = this.#waiting.findIndex(({ answer }, index) => {
      bytes += FRAME_OVERHEAD_BYTES + answer.length
      return index > 0 && bytes > GROUP_BYTES
    })
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end)
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const parts: Buffer[] = []
      const places: number[] = []
      let position = this.#bytes
      for (const { idHash, answer } of group) {
        places.push(position)
        parts.push(...this.#cipher.seal(position, idHash, answer))
        position += FRAME_OVERHEAD_BYTES + answer.length
      }
      await this.#writeDurably(Buffer.concat(parts))
      this.#bytes = position
      for (const [at, { idHash, answer, resolve }] of group.entries()) {
        this.#index.set(idHash, { position: places[at] as number, bytes: answer.length })
        resolve()
      }
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  async #writeDurably(bytes: Buffer): Promise<void> {
    if (this.#changed !== null) throw this.#changed
    if (this.#isTailUnknown) await this.#cutBack()
    await this.#assertUntouched()
    this.#isTailUnknown = true
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#bytes + done)
        done += bytesWritten
      }
      await this.#handle.datasync()
    } catch (error) {
      const isCut = await this.#cutBack().then(
        () => true,
        () => false,
      )
      const state = isCut ? 'It was cut back to its last whole frame.' : 'It is cut back before more is written.'
      throw toDiskError(this.#file, error, state)
    }
    this.#isTailUnknown = false
  }

  /**
   * What is before was flushed with success, and so does not depend on a flush that failed; the page that holds the end of
   * it is written again with the next frame.
   */
  async #cutBack(): Promise<void> {
    try {
      await this.#handle.truncate(this.#bytes)
      await this.#handle.datasync()
      this.#isTailUnknown = false
    } catch (error) {
      throw toDiskError(this.#file, error, 'It could not be cut back to its last whole frame yet.')
    }
  }

  /** What is written to a file that was removed is lost with the process; the lock keeps out our own kind only. */
  async #assertUntouched(): Promise<void> {
    const [there, ours] = await Promise.all([
      stat(this.#file).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
        throw toDiskError(this.#file, error, 'Nothing was written.')
      }),
      this.#handle.stat(),
    ])
    if (there !== null && there.ino === ours.ino && there.dev === ours.dev && there.size === this.#bytes) return
    this.#changed = changed(this.#file)
    throw this.#changed
  }
}
