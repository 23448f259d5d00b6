import type { AttachedFile } from '@custody/model'
import { attachmentPath } from './attachment-path.ts'
import type { Findings } from './findings.ts'

export const ATTACHMENTS_PREFIX = 'data/attachments/'

const form = /^data\/attachments\/([0-9a-f]{64})(?:\.[a-z0-9]{1,8})?$/

interface Present {
  readonly path: string
  readonly size: number
  isNamed: boolean
}

/** Holds the files of messages against the messages that name them. Keeps one entry a file that is there. */
export class AttachmentsCheck {
  readonly #findings: Findings
  readonly #present = new Map<string, Present>()

  constructor(files: ReadonlyMap<string, number>, findings: Findings) {
    this.#findings = findings
    for (const [path, size] of files) {
      if (!path.startsWith(ATTACHMENTS_PREFIX)) continue
      const sha256 = form.exec(path)?.[1]
      if (sha256 === undefined) this.#findings.add('ATTACHMENT_NAME', path, 'is not named by a SHA-256')
      else if (this.#present.has(sha256)) this.#findings.add('ATTACHMENT_NAME', path, 'is there under two extensions')
      else this.#present.set(sha256, { path, size, isNamed: false })
    }
  }

  /** How many files are there under names of their own. */
  get files(): number {
    return this.#present.size
  }

  /** A file that was read. */
  file(path: string, sha256: string): void {
    const named = form.exec(path)?.[1]
    if (named !== undefined && named !== sha256) {
      this.#findings.add('ATTACHMENT_NAME', path, 'is not named by the SHA-256 of its bytes')
    }
  }

  /** A file that a message in a line of the master names, with the media type that it claims. */
  named(path: string, line: number, file: AttachedFile, claimed: string | null): void {
    const refuse = (code: string, what: string): void =>
      this.#findings.add(code, path, `line ${line} names a file that ${what}`)
    const present = this.#present.get(file.sha256)
    if (present === undefined) refuse('ATTACHMENT_MISSING', `is not there: ${attachmentPath(file, claimed)}`)
    else if (present.size !== file.size) refuse('ATTACHMENT_SIZE', `has another size there: ${present.path}`)
    if (present) present.isNamed = true
  }

  finish(): void {
    for (const { path, isNamed } of this.#present.values()) {
      if (!isNamed) this.#findings.add('ATTACHMENT_UNNAMED', path, 'belongs to no message')
    }
  }
}
