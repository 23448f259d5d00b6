import type { FileHandle } from 'node:fs/promises'
import { FileFault } from './findings.ts'

const CHUNK_BYTES = 1024 * 1024

/** Where pieces are read into by turns: each is there until the next one is asked for. */
export type PieceMemory = readonly [Buffer, Buffer]

export function pieceMemory(): PieceMemory {
  return [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)]
}

/** Reads `[start, end)` of a file, piece by piece, one piece ahead. Without `memory`, each piece is a buffer of its own. */
export async function* readRange(
  handle: FileHandle,
  start: number,
  end: number,
  memory?: PieceMemory,
): AsyncGenerator<Buffer, void, undefined> {
  let position = start
  let turn = 0
  const next = (): Promise<Buffer> => readPiece(handle, position, end, memory?.[turn++ % 2])
  let ahead = next()
  try {
    while (position < end) {
      const piece = await ahead
      position += piece.length
      ahead = next()
      yield piece
    }
  } finally {
    // The handle belongs to the caller, who may close it now.
    await ahead.catch(() => undefined)
  }
}

function readPiece(handle: FileHandle, position: number, end: number, memory?: Buffer): Promise<Buffer> {
  if (position >= end) return Promise.resolve(Buffer.alloc(0))
  const length = Math.min(CHUNK_BYTES, end - position)
  const piece = readAt(handle, position, memory?.subarray(0, length) ?? Buffer.allocUnsafe(length))
  // Whoever waits for it gets the failure; nobody may be waiting any more.
  piece.catch(() => undefined)
  return piece
}

async function readAt(handle: FileHandle, position: number, buffer: Buffer): Promise<Buffer> {
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, position)
  if (bytesRead === 0) throw new FileFault('FILE_TRUNCATED', 'ends before the place where its data ends')
  return buffer.subarray(0, bytesRead)
}

/** Reads exactly `[start, end)` into one buffer: for headers, whose size is bounded by their format. */
export async function readBytes(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of readRange(handle, start, end)) parts.push(part)
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
}
