import { SEAL_FOLDER } from './seal-paths.ts'

/** Something wrong with a seal. */
export interface SealFinding {
  /** Literal, stable, upper snake case, with `SEAL_` before it. */
  readonly code: string
  /** The file of the archive. */
  readonly path: string
  /** What is wrong, without content. */
  readonly message: string
}

/** More than anybody reads; hostile input must not fill the memory. */
const FINDINGS_MAX = 10_000

/** Gathers findings, each once. Where some are left out, the last one says so. */
export class SealFindings {
  readonly list: SealFinding[] = []
  readonly #seen = new Set<string>()

  add(code: string, path: string, message: string): void {
    if (this.list.length > FINDINGS_MAX) return
    const key = `${code} ${path} ${message}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.list.push(
      this.list.length < FINDINGS_MAX
        ? { code, path, message }
        : { code: 'SEAL_FINDINGS_CUT', path: SEAL_FOLDER, message: 'There are more findings than are listed.' },
    )
  }
}
