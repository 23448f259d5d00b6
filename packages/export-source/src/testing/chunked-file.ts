import type { ExportFile } from '../export-files.ts'

/** A file that comes in pieces of any size. */
export function chunkedFile(name: string, bytes: Buffer, chunkBytes: number = 64 * 1024): ExportFile {
  return {
    name,
    async *read(signal) {
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        signal.throwIfAborted()
        yield bytes.subarray(at, at + chunkBytes)
      }
    },
  }
}
