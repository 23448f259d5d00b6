import { createHash, type Hash } from 'node:crypto'
import type { FileCheck } from './file-check.ts'
import type { Findings } from './findings.ts'
import { masterTables } from './table-rows.ts'

const BOM = Buffer.from('\uFEFF')

/** Paths of the tables that repeat the master. */
export const TABLE_PATHS: readonly string[] = masterTables.map(({ path }) => path)

/** Holds the tables under `data/csv/` against the master, byte for byte. Only those that are there. */
export class TablesCheck {
  /** Of the tables that are there. */
  readonly paths: readonly string[]
  readonly #findings: Findings
  /** The tables as the master says they have to be: their rows are made again, hashed, and not kept. */
  readonly #expected: readonly { readonly path: string; readonly hash: Hash }[]
  readonly #found = new Map<string, string>()

  constructor(files: ReadonlyMap<string, number>, findings: Findings) {
    this.#findings = findings
    const tables = masterTables.filter(({ path }) => files.has(path))
    this.paths = tables.map(({ path }) => path)
    this.#expected = tables.map(({ path, header }) => ({ path, hash: createHash('sha256').update(header) }))
  }

  /** Rows that lines of the master give, in order; for each of `paths`. */
  rows(tables: readonly Uint8Array[]): void {
    for (const [index, { hash }] of this.#expected.entries()) {
      const rows = tables[index]
      if (rows) hash.update(rows)
    }
  }

  /** Looks at a table while it is read: one that begins with a byte order mark is compared without it. */
  file(path: string): FileCheck {
    let head: Buffer = Buffer.alloc(0)
    let rest: Hash | undefined
    return {
      push(chunk) {
        if (head.length === BOM.length) return void rest?.update(chunk)
        const both = Buffer.concat([head, chunk])
        head = both.subarray(0, BOM.length)
        if (head.equals(BOM)) rest = createHash('sha256').update(both.subarray(BOM.length))
      },
      end: () => {
        if (rest) this.#found.set(path, rest.digest('hex'))
      },
    }
  }

  /** A table that was read whole. */
  digest(path: string, sha256: string): void {
    if (!this.#found.has(path)) this.#found.set(path, sha256)
  }

  finish(): void {
    for (const { path, hash } of this.#expected) {
      const found = this.#found.get(path)
      if (found !== undefined && found !== hash.digest('hex')) {
        this.#findings.add('CSV_DIFFERS', path, 'does not hold exactly what the lines of the master give')
      }
    }
  }
}
