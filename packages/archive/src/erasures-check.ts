import type { FileCheck } from './file-check.ts'
import type { Findings } from './findings.ts'
import { jsonLines } from './json-lines.ts'
import { erasureShape } from './line-shapes.ts'
import type { Tombstone } from './tombstone.ts'

export const ERASURES_PATH = 'integrity/erasures.jsonl'

const LINE_MAX_BYTES = 16 * 1024 * 1024
/** More erased conversations than an archive will have; hostile input must not fill the memory. */
const INDEXES_MAX = 1_000_000

/** Holds what was erased, by the tombstones, against what was recorded as erased. Has to be read before the master. */
export class ErasuresCheck {
  readonly #findings: Findings
  readonly #ids = new Set<string>()
  /** Records named as erased whose tombstone was not seen yet, with the erasure. */
  readonly #named = new Map<number, string>()
  #isOverfull = false
  /** Lines. */
  erasures = 0
  /** Tombstones of the master that an erasure names. */
  erased = 0

  constructor(findings: Findings) {
    this.#findings = findings
  }

  file(): FileCheck {
    return jsonLines(
      {
        path: ERASURES_PATH,
        maxBytes: LINE_MAX_BYTES,
        shape: erasureShape,
        onLine: ({ number, value }) => this.#add(number, value as { id: string; indexes: readonly number[] }),
      },
      this.#findings,
    )
  }

  /** A tombstone of the master, in line `line` of a part. */
  tombstone(path: string, line: number, { index, erasure }: Tombstone): void {
    this.erased += 1
    if (this.#named.get(index) === erasure) this.#named.delete(index)
    else if (!this.#isOverfull) {
      this.#findings.add(
        'ERASURE_UNKNOWN',
        path,
        `line ${line} is erased, but no erasure of that id names record ${index}`,
      )
    }
  }

  finish(): void {
    for (const index of this.#named.keys()) {
      this.#findings.add('ERASURE_UNDONE', ERASURES_PATH, `names record ${index} as erased, which is not`)
    }
  }

  #add(number: number, { id, indexes }: { readonly id: string; readonly indexes: readonly number[] }): void {
    const refuse = (code: string, what: string): void =>
      this.#findings.add(code, ERASURES_PATH, `line ${number} ${what}`)
    this.erasures += 1
    if (this.#ids.has(id)) refuse('ERASURE_TWICE', 'has the id of an earlier erasure')
    if (this.#isOverfull || this.#named.size + indexes.length > INDEXES_MAX) {
      if (!this.#isOverfull) refuse('ERASURES_TOO_MANY', `names more than ${INDEXES_MAX} records in all`)
      this.#isOverfull = true
      return
    }
    this.#ids.add(id)
    for (const index of indexes) {
      if (this.#named.has(index)) refuse('ERASURE_TWICE', `names record ${index}, which was named before`)
      else this.#named.set(index, id)
    }
  }
}
