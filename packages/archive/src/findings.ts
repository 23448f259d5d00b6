import { printablePath } from '@custody/sinks'

/** Something wrong with an archive. */
export interface Finding {
  /** Literal, stable, upper snake case: `FILE_CHANGED`, `FILE_MISSING`, `ZIP_DUPLICATE` … */
  readonly code: string
  /** The file, escaped and cut for printing; null for the archive as a whole. */
  readonly path: string | null
  /** What is wrong, without content. */
  readonly message: string
}

/** A file that cannot be read as it claims to be. Becomes a finding; never leaves this package. */
export class FileFault extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** More than anybody reads; hostile input must not fill the memory. */
const FINDINGS_MAX = 10_000

/** Gathers findings. What goes over the limit is counted. */
export class Findings {
  readonly list: Finding[] = []
  omitted = 0

  add(code: string, path: string | null, message: string): void {
    if (this.list.length >= FINDINGS_MAX) this.omitted += 1
    else this.list.push({ code, path: path === null ? null : printablePath(path), message })
  }
}
