import type { FileDigest, FileWriter } from '@custody/sinks'

/** In the place of a bag's folder: counts what would be written, and keeps none of it. */
export class NoStore {
  readonly files: Map<string, FileDigest> = new Map()

  write(path: string): FileWriter {
    let bytes = 0
    return {
      write: async (chunk) => {
        bytes += Buffer.byteLength(chunk)
      },
      close: async () => {
        const digest = { bytes, sha256: '' }
        this.files.set(path, digest)
        return digest
      },
      discard: async () => undefined,
    }
  }

  async text(path: string, content: string | Uint8Array): Promise<FileDigest> {
    const writer = this.write(path)
    await writer.write(content)
    return writer.close()
  }
}
