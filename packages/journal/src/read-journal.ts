import type { FileHandle } from 'node:fs/promises'
import type { AnswerIndex } from './answer-index.ts'
import { FileWindow } from './file-window.ts'
import { FRAME_OVERHEAD_BYTES, type FrameCipher, HEAD_BYTES, ID_HASH_BYTES } from './frame-cipher.ts'
import { damaged } from './journal-error.ts'

/** What the journal reads through, and so the memory that opening takes. */
const WINDOW_BYTES = 1024 * 1024

/** A power cut leaves zeros where data was not written yet; so many of them are no chance. */
const MIN_ZEROS = 32

export interface ReadJournalOptions {
  readonly file: string
  readonly handle: Pick<FileHandle, 'read'>
  readonly cipher: FrameCipher
  readonly index: AnswerIndex
  /** Where the first frame begins. */
  readonly start: number
  /** The length of the file. */
  readonly end: number
}

/**
 * Reads all frames once, each checked, and takes them into the index.
 *
 * @returns Where the last whole frame ends. What stands behind is a frame that a crash left unfinished.
 * @throws CustodyError `JOURNAL_DAMAGED` when a frame is not what was written there, and no crash explains it.
 */
export async function readJournal(options: ReadJournalOptions): Promise<number> {
  const { file, handle, cipher, index, start, end } = options
  const window = new FileWindow(handle, start, end, WINDOW_BYTES)
  for (let position = start; position < end; position = window.position) {
    const frame = await readFrame(window, cipher)
    if (frame === 'unfinished') return position
    if (frame === 'wrong') {
      if (await isUnwritten(options, position)) return position
      throw damaged(file, position, 'what stands there is not what was written there')
    }
    index.set(frame.idHash, { position, bytes: frame.bytes })
  }
  return end
}

type Frame = { readonly idHash: Buffer; readonly bytes: number }

async function readFrame(window: FileWindow, cipher: FrameCipher): Promise<Frame | 'unfinished' | 'wrong'> {
  const { position, left } = window
  if (left < HEAD_BYTES) return 'unfinished'
  const opening = cipher.open(position, await window.take(HEAD_BYTES))
  if (!opening) return 'wrong'
  if (opening.frameBytes > left) return 'unfinished'
  const idHash = opening.decipher.update(await window.take(ID_HASH_BYTES))
  for (let rest = opening.cipherBytes - ID_HASH_BYTES; rest > 0; ) {
    const piece = await window.take(Math.min(rest, WINDOW_BYTES))
    opening.decipher.update(piece)
    rest -= piece.length
  }
  const isWhole = cipher.close(opening, await window.take(FRAME_OVERHEAD_BYTES - HEAD_BYTES - ID_HASH_BYTES))
  return isWhole ? { idHash, bytes: opening.cipherBytes - ID_HASH_BYTES } : 'wrong'
}

/**
 * Whether the frame at `position` is unfinished, and the rest of the file zeros: a file system that gave the file its length
 * before the power went, and not yet its data.
 */
async function isUnwritten({ handle, cipher, end }: ReadJournalOptions, position: number): Promise<boolean> {
  const written = await endOfData(handle, position, end)
  if (end - written < MIN_ZEROS) return false
  if (written - position < HEAD_BYTES) return true
  const opening = cipher.open(position, await new FileWindow(handle, position, end, HEAD_BYTES).take(HEAD_BYTES))
  return opening !== null && position + opening.frameBytes > written
}

/** Behind the last byte that is not zero, looking no further back than `start`. */
async function endOfData(handle: Pick<FileHandle, 'read'>, start: number, end: number): Promise<number> {
  for (let to = end; to > start; ) {
    const from = Math.max(start, to - WINDOW_BYTES)
    const piece = await new FileWindow(handle, from, to, to - from).take(to - from)
    const last = piece.findLastIndex((byte) => byte !== 0)
    if (last >= 0) return from + last + 1
    to = from
  }
  return start
}
