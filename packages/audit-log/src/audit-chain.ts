import { hash } from 'node:crypto'
import { leafHash, MerkleTree } from '@custody/seal'
import { type AuditEvent, parseAuditEvent } from './audit-event.ts'

/** How far a log goes, and the root of the RFC 6962 tree over its lines. What a seal says by its line `audit`. */
export interface AuditCheckpoint {
  /** Lines, counted from the beginning of the log. */
  readonly size: number
  /** Lower-case hex. */
  readonly root: string
}

/** `prev` of the first line of a log. */
export const NO_LINE: string = '0'.repeat(64)

/** Where a chain is taken up. What is not known is null, and is not compared. */
export interface ChainStart {
  readonly size: number | null
  /** SHA-256 of the last line before, as hex. */
  readonly lastLineHash: string | null
}

export type LineFault =
  /** Not the one form of an event. */
  | 'malformed'
  /** Its `n` is not the next one. */
  | 'number'
  /** Its `prev` is not the hash of the line before. */
  | 'prev'

/** A log, line by line: number, hash of the last line, tree. Holds some kilobytes however long the log is. */
export class AuditChain {
  #size: number | null
  #lastLineHash: string | null
  /** Only while every line from the first on was seen, each in its place. */
  #tree: MerkleTree | null

  /** Without a start: from the first line of the log. */
  constructor(start: ChainStart = { size: 0, lastLineHash: NO_LINE }) {
    this.#size = start.size
    this.#lastLineHash = start.size === 0 ? NO_LINE : start.lastLineHash
    this.#tree = start.size === 0 ? new MerkleTree() : null
  }

  /** The number of the next line; null while nothing is known. */
  get size(): number | null {
    return this.#size
  }

  get lastLineHash(): string | null {
    return this.#lastLineHash
  }

  /** The root over all lines so far; null when not all of them were seen. */
  get root(): string | null {
    return this.#tree?.root() ?? null
  }

  /** What is wrong with the next line (LF included), or null. A line with a fault is not taken. */
  check(line: Uint8Array): LineFault | null {
    const event = eventOf(line)
    if (event === null) return 'malformed'
    if (this.#size !== null && event.n !== this.#size) return 'number'
    const prev = event.n === 0 ? NO_LINE : this.#lastLineHash
    return prev !== null && event.prev !== prev ? 'prev' : null
  }

  /** Takes a line that {@link check} has nothing against. */
  add(line: Uint8Array): void {
    if (this.#size === null) this.#resume(line)
    this.#tree?.add(leafHash(line))
    this.#lastLineHash = hash('sha256', line, 'hex')
    if (this.#size !== null) this.#size += 1
  }

  /** Goes on behind a line with a fault, to see what else is wrong. The root is lost, unless only the hash was wrong. */
  addFaulty(line: Uint8Array, fault: LineFault): void {
    if (fault !== 'prev') {
      this.#size = eventOf(line)?.n ?? this.#size
      this.#tree = null
    }
    this.add(line)
    // What this line was, the next one knows; that it was changed is told once.
    if (fault === 'malformed') this.#lastLineHash = null
  }

  #resume(line: Uint8Array): void {
    const n = eventOf(line)?.n
    this.#size = n ?? null
    if (n === 0) this.#tree = new MerkleTree()
  }
}

function eventOf(line: Uint8Array): AuditEvent | null {
  // One character a byte: a line is ASCII, and parsing refuses everything else.
  return parseAuditEvent(asBuffer(line).toString('latin1'))
}

/** The same bytes. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
