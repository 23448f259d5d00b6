import type { FileCheck } from './file-check.ts'
import type { Findings } from './findings.ts'

const FILE_MAX_BYTES = 1024 * 1024
const FILES_MAX = 10_000
const ALL_MAX_BYTES = 16 * 1024 * 1024

/** Keeps the files under `seal/` in memory, as far as they have the size of a seal. */
export class SealFiles {
  readonly files: Map<string, Buffer> = new Map()
  readonly #findings: Findings
  #bytes = 0

  constructor(findings: Findings) {
    this.#findings = findings
  }

  file(path: string): FileCheck {
    let chunks: Buffer[] = []
    let bytes = 0
    return {
      push: (chunk) => {
        bytes += chunk.length
        if (bytes > FILE_MAX_BYTES || this.#bytes + bytes > ALL_MAX_BYTES) chunks = []
        else chunks.push(Buffer.from(chunk))
      },
      end: () => {
        if (bytes > FILE_MAX_BYTES || this.#bytes + bytes > ALL_MAX_BYTES || this.files.size === FILES_MAX) {
          this.#findings.add('SEAL_TOO_LARGE', path, 'is more than a seal is allowed to be')
          return
        }
        this.#bytes += bytes
        this.files.set(path, Buffer.concat(chunks))
      },
    }
  }
}
