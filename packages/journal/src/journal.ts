import { type FileHandle, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FileLock, LockHolder } from '@custody/file-lock'
import { usageError } from '@custody/pipeline'
import type { AnswerIndex } from './answer-index.ts'
import { FileWindow } from './file-window.ts'
import { FRAME_OVERHEAD_BYTES, type FrameCipher, HEAD_BYTES, ID_HASH_BYTES, MAX_ANSWER_BYTES } from './frame-cipher.ts'
import { damaged, onDisk, toDiskError } from './journal-error.ts'
import type { JournalWriter } from './journal-writer.ts'
import { syncDirectory } from './sync-directory.ts'

/** What was found when a journal was opened. */
export interface JournalOpening {
  /** How many answers there were. */
  readonly answers: number
  /** The length of a last frame that a crash left unfinished, and that was cut off. */
  readonly cutBytes: number
  /** When the journal was made, in epoch milliseconds: no answer in it is older. */
  readonly createdAt: number
  /** A process that had the journal open and died without closing it. */
  readonly takenOverFrom: LockHolder | null
}

/** What a journal keeps. */
export interface JournalSize {
  /** Answers with different ids. */
  readonly answers: number
  /** The length of the file, answers that were replaced included. */
  readonly bytes: number
}

export interface JournalParts {
  readonly file: string
  readonly handle: FileHandle
  readonly cipher: FrameCipher
  readonly index: AnswerIndex
  readonly writer: JournalWriter
  readonly lock: FileLock
  readonly opening: JournalOpening
}

/** An open journal. Nobody else can open it until it is closed, or this process ends. */
export class Journal {
  readonly opening: JournalOpening
  readonly #parts: JournalParts
  #ending: Promise<void> | null = null
  #isRemoved = false

  /** Internal: use `openJournal`. */
  constructor(parts: JournalParts) {
    this.opening = parts.opening
    this.#parts = parts
  }

  get size(): JournalSize {
    return { answers: this.#parts.index.size, bytes: this.#parts.writer.bytes }
  }

  /**
   * The answer that was put last under an id, as soon as it is durable; null where there is none.
   *
   * @throws CustodyError `JOURNAL_DAMAGED`, `JOURNAL_DISK`, `JOURNAL_CLOSED` (usage)
   */
  async get(id: string): Promise<Uint8Array | null> {
    this.#assertOpen()
    const { file, handle, cipher, index } = this.#parts
    const place = index.get(cipher.idHash(id))
    if (!place) return null
    const { position, bytes } = place
    const frameBytes = FRAME_OVERHEAD_BYTES + bytes
    const window = new FileWindow(handle, position, position + frameBytes, frameBytes)
    const frame = await onDisk(file, window.take(frameBytes))
    const opening = cipher.open(position, frame.subarray(0, HEAD_BYTES))
    if (opening?.frameBytes === frameBytes) {
      const bodyEnd = HEAD_BYTES + opening.cipherBytes
      const plain = opening.decipher.update(frame.subarray(HEAD_BYTES, bodyEnd))
      if (cipher.close(opening, frame.subarray(bodyEnd))) return plain.subarray(ID_HASH_BYTES)
    }
    throw damaged(file, position, 'it was changed while it was open')
  }

  /**
   * Keeps an answer; it is on the disk when the promise resolves. Puts made while others are written share one flush. Of one
   * id the later one wins. The bytes are taken as they are now.
   *
   * @throws CustodyError `JOURNAL_DISK` when the disk refuses: nothing of the answer is kept then, what was kept before stays,
   * and once there is space the next put works. `JOURNAL_CHANGED` when another hand touched the file, from then on.
   * `JOURNAL_CLOSED`, `JOURNAL_ANSWER_SIZE` (usage)
   */
  async put(id: string, bytes: Uint8Array): Promise<void> {
    this.#assertOpen()
    if (bytes.length > MAX_ANSWER_BYTES) {
      throw usageError('JOURNAL_ANSWER_SIZE', `A journal keeps answers of up to ${MAX_ANSWER_BYTES} bytes.`)
    }
    const { cipher, writer } = this.#parts
    await writer.put(cipher.idHash(id), Uint8Array.from(bytes))
  }

  /** Waits for what is being written, then lets others open the journal. May be called again. */
  async close(): Promise<void> {
    this.#ending ??= this.#end(async () => undefined)
    await this.#ending
  }

  /**
   * Closes the journal and removes it: its run is finished.
   *
   * @throws CustodyError `JOURNAL_DISK` when it cannot be removed; `JOURNAL_CLOSED` (usage) when it was closed before.
   */
  async remove(): Promise<void> {
    if (!this.#isRemoved) this.#assertOpen()
    this.#isRemoved = true
    this.#ending ??= this.#end(async () => {
      const { file } = this.#parts
      try {
        await rm(file, { force: true })
        await syncDirectory(dirname(file))
      } catch (error) {
        // Where the whole directory is gone, so is the journal.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw toDiskError(file, error, 'It was not removed.')
      }
    })
    await this.#ending
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Whatever is done while nobody else can open the file is done last. */
  async #end(last: () => Promise<void>): Promise<void> {
    const { handle, writer, lock } = this.#parts
    await writer.idle()
    await handle.close()
    try {
      await last()
    } finally {
      await lock.release()
    }
  }

  #assertOpen(): void {
    if (this.#ending !== null) throw usageError('JOURNAL_CLOSED', `The journal ${this.#parts.file} is closed.`)
  }
}
