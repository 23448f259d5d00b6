import type { FileHandle } from 'node:fs/promises'
import { FileFault } from './findings.ts'

const CHUNK_BYTES = 1024 * 1024

/** Reads `[start, end)` of a file, piece by piece, one piece ahead. Each piece is a buffer of its own. */
export async function* readRange(
  handle: FileHandle,
  start: number,
  end: number,
): AsyncGenerator<Buffer, void, undefined> {
  let position = start
  let ahead = readPiece(handle, position, end)
  try {
    while (position < end) {
      const piece = await ahead
      position += piece.length
      ahead = readPiece(handle, position, end)
      yield piece
    }
  } finally {
    // The handle belongs to the caller, who may close it now.
    await ahead.catch(() => undefined)
  }
}

function readPiece(handle: FileHandle, position: number, end: number): Promise<Buffer> {
  if (position >= end) return Promise.resolve(Buffer.alloc(0))
  const piece = readAt(handle, position, Math.min(CHUNK_BYTES, end - position))
  // Whoever waits for it gets the failure; nobody may be waiting any more.
  piece.catch(() => undefined)
  return piece
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  const { bytesRead } = await handle.read(buffer, 0, length, position)
  if (bytesRead === 0) throw new FileFault('FILE_TRUNCATED', 'ends before the place where its data ends')
  return buffer.subarray(0, bytesRead)
}

/** Reads exactly `[start, end)` into one buffer: for headers, whose size is bounded by their format. */
export async function readBytes(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of readRange(handle, start, end)) parts.push(part)
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
}
