import { createHash, type Hash } from 'node:crypto'
import { leafHash, MerkleTree } from '@custody/seal'
import type { FileCheck } from './file-check.ts'
import type { Findings } from './findings.ts'
import { LineReader } from './line-reader.ts'
import { recordTombstoneOf } from './tombstone.ts'

export const RECORDS_PATH = 'integrity/records.jsonl'
export const LEAVES_PATH = 'integrity/leaves.txt'

const RECORD_MAX_BYTES = 4096
const LEAF_MAX_BYTES = 65
/** Of a million erased records, eight megabytes. */
const ERASED_MAX = 1_000_000

/**
 * Holds master, records and leaves against each other in one pass and little memory: each line of the master is made into
 * its record anew, so all that has to be compared at the end are hashes and counts.
 *
 * Of an erased record only the leaf is left. It counts for the root, and is compared with nothing. Records have to be read
 * before leaves.
 */
export class RecordsCheck {
  readonly #findings: Findings
  /** records.jsonl as the master says it has to be. */
  readonly #expectedRecords = createHash('sha256')
  readonly #tree = new MerkleTree()
  // The leaves of records that are there: as the records make them, and as they stand.
  readonly #fromRecords = createHash('sha256')
  readonly #fromLeaves = createHash('sha256')
  readonly #erased = new Set<number>()
  #records = 0
  #leaves = 0

  constructor(findings: Findings) {
    this.#findings = findings
  }

  /** Leaves that stand there. */
  get leafCount(): number {
    return this.#leaves
  }

  /** Lines as the master says that they have to be, in order. */
  expected(lines: string): void {
    this.#expectedRecords.update(lines)
  }

  records(): FileCheck {
    return new LineReader(
      RECORD_MAX_BYTES,
      (line) => {
        if (recordTombstoneOf(line) === null) this.#fromRecords.update(leafHash(line))
        else if (this.#erased.size < ERASED_MAX) this.#erased.add(this.#records)
        this.#records += 1
      },
      () => this.#findings.add('RECORD_LINE', RECORDS_PATH, 'has a line that is too long'),
    )
  }

  leaves(): FileCheck {
    const refuse = (): void => this.#findings.add('LEAF_LINE', LEAVES_PATH, 'has a line that is not a hash')
    return new LineReader(
      LEAF_MAX_BYTES,
      (line) => (this.#leaf(line.toString('latin1')) ? undefined : refuse()),
      refuse,
    )
  }

  /** Compares, once everything was read. Gives the root over the leaves. */
  finish(recordsSha256: string | undefined): string {
    if (this.#records !== this.#leaves || !agree(this.#fromRecords, this.#fromLeaves)) {
      this.#findings.add('RECORDS_ROOT', LEAVES_PATH, 'does not hold the hashes of the lines of records.jsonl')
    }
    if (recordsSha256 !== undefined && recordsSha256 !== this.#expectedRecords.digest('hex')) {
      this.#findings.add('RECORDS_DIFFER', RECORDS_PATH, 'does not describe the lines of the master')
    }
    return this.#tree.root()
  }

  #leaf(line: string): boolean {
    if (!/^[0-9a-f]{64}\n$/.test(line)) return false
    const leaf = Buffer.from(line.slice(0, 64), 'hex')
    this.#tree.add(leaf)
    if (!this.#erased.has(this.#leaves)) this.#fromLeaves.update(leaf)
    this.#leaves += 1
    return true
  }
}

function agree(a: Hash, b: Hash): boolean {
  return a.digest('hex') === b.digest('hex')
}
