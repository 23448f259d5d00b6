import type { FileHandle } from 'node:fs/promises'
import { FileFault } from './findings.ts'

const CHUNK_BYTES = 512 * 1024

/** Reads `[start, end)` of a file, piece by piece. Each piece is a buffer of its own. */
export async function* readRange(
  handle: FileHandle,
  start: number,
  end: number,
): AsyncGenerator<Buffer, void, undefined> {
  for (let position = start; position < end; ) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - position))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) throw new FileFault('FILE_TRUNCATED', 'ends before the place where its data ends')
    yield buffer.subarray(0, bytesRead)
    position += bytesRead
  }
}

/** Reads exactly `[start, end)` into one buffer: for headers, whose size is bounded by their format. */
export async function readBytes(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of readRange(handle, start, end)) parts.push(part)
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
}
