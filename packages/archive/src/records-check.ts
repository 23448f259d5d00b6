import { createHash } from 'node:crypto'
import { leafHash, MerkleTree } from '@custody/seal'
import type { FileCheck } from './file-check.ts'
import type { Findings } from './findings.ts'
import { IdentifierSet } from './identifier-set.ts'
import { LineHasher, LineReader } from './line-reader.ts'
import { encodeRecord } from './record-line.ts'
import { SALT_CHARACTERS } from './salt.ts'

const RECORD_MAX_BYTES = 4096
const LEAF_MAX_BYTES = 65
const saltHead = '{"v":1,"salt":"'
const identifierHead = '","conversation":{"identifier":'
const identifierStart = saltHead.length + SALT_CHARACTERS + identifierHead.length
/** 255 characters, each escaped, and the quotes. */
const IDENTIFIER_MAX_BYTES = 255 * 6 + 2

/**
 * Holds master, records and leaves against each other in one pass and little memory: each line of the master is made into
 * its record anew, so all that has to be compared at the end are hashes and counts. Of the identifiers 64 bits are kept.
 */
export class RecordsCheck {
  /** Lines of the master. */
  conversations = 0
  readonly #findings: Findings
  readonly #expectedRecords = createHash('sha256')
  readonly #identifiers = new IdentifierSet()
  readonly #fromRecords = new MerkleTree()
  readonly #fromLeaves = new MerkleTree()

  constructor(findings: Findings) {
    this.#findings = findings
  }

  /** A part of the master. Parts have to come in order. */
  part(path: string): FileCheck {
    let line = 0
    return new LineHasher(identifierStart + IDENTIFIER_MAX_BYTES, ({ size, sha256, head }) => {
      const salt = head.toString('latin1', saltHead.length, saltHead.length + SALT_CHARACTERS)
      line += 1
      const identifier = identifierOf(head)
      if (identifier !== null && !this.#identifiers.add(identifier)) {
        this.#findings.add('CONVERSATION_TWICE', path, `has in line ${line} the identifier of an earlier conversation`)
      }
      this.#expectedRecords.update(encodeRecord({ index: this.conversations, path, line, size, sha256, salt }))
      this.conversations += 1
    })
  }

  records(path: string): FileCheck {
    return new LineReader(
      RECORD_MAX_BYTES,
      (line) => this.#fromRecords.add(leafHash(line)),
      () => this.#findings.add('RECORD_LINE', path, 'has a line that is too long'),
    )
  }

  leaves(path: string): FileCheck {
    const refuse = (): void => this.#findings.add('LEAF_LINE', path, 'has a line that is not a hash')
    return new LineReader(
      LEAF_MAX_BYTES,
      (line) => {
        const text = line.toString('latin1')
        if (/^[0-9a-f]{64}\n$/.test(text)) this.#fromLeaves.add(Buffer.from(text.slice(0, 64), 'hex'))
        else refuse()
      },
      refuse,
    )
  }

  /** Compares, once everything was read. Gives the root over the leaves. */
  finish(recordsSha256: string | undefined): string {
    const root = this.#fromLeaves.root()
    if (this.#fromRecords.root() !== root || this.#fromRecords.size !== this.#fromLeaves.size) {
      this.#findings.add(
        'RECORDS_ROOT',
        'integrity/leaves.txt',
        'does not hold the hashes of the lines of records.jsonl',
      )
    }
    if (recordsSha256 !== undefined && recordsSha256 !== this.#expectedRecords.digest('hex')) {
      this.#findings.add('RECORDS_DIFFER', 'integrity/records.jsonl', 'does not describe the lines of the master')
    }
    return root
  }
}

/** The identifier at the beginning of a line; null for a line that does not begin as these archives write them. */
function identifierOf(head: Buffer): string | null {
  const quoted = /^"(?:[^"\\]|\\.)*"/.exec(head.toString('utf8', identifierStart))?.[0]
  if (quoted === undefined) return null
  try {
    return JSON.parse(quoted) as string
  } catch {
    return null
  }
}
