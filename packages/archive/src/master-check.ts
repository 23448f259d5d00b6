import { hash } from 'node:crypto'
import { compareEntries, type EntryOrderKey, type Window } from '@custody/model'
import type { FileCheck } from './file-check.ts'
import type { Findings } from './findings.ts'
import { IdentifierSet } from './identifier-set.ts'
import { LineReader } from './line-reader.ts'
import { type ReadConversation, readConversation, textOf } from './read-conversation.ts'
import type { ArchiveRecord } from './record-line.ts'
import { SALT_CHARACTERS } from './salt.ts'
import { type Tombstone, tombstoneOf } from './tombstone.ts'

/** The longest line that is read: a conversation of some fifty thousand messages. */
const LINE_MAX_BYTES = 64 * 1024 * 1024

const saltStart = '{"v":1,"salt":"'.length

/** What is told of each line of the master, in order. */
export interface MasterLines {
  /** Every line that can be read, whatever is wrong with it. */
  record(record: ArchiveRecord): void
  erased(path: string, line: number, tombstone: Tombstone): void
  conversation(path: string, line: number, read: ReadConversation): void
}

/** What looks into the content of the master costs most of the time that a check takes. */
export type CheckDepth = 'bytes' | 'content'

/** Reads the master: every line hashed, and, at depth `content`, parsed, held against its schema and written again. */
export class MasterCheck {
  /** Lines, those that cannot be read included. */
  lines = 0
  readonly entriesBySource: Map<string, number> = new Map()
  readonly #findings: Findings
  readonly #depth: CheckDepth
  readonly #window: () => Window | undefined
  readonly #to: MasterLines
  readonly #identifiers = new IdentifierSet()

  /** `window`: known once run.json was read. Parts have to come in order. */
  constructor(findings: Findings, depth: CheckDepth, window: () => Window | undefined, to: MasterLines) {
    this.#findings = findings
    this.#depth = depth
    this.#window = window
    this.#to = to
  }

  part(path: string): FileCheck {
    let line = 0
    return new LineReader(
      LINE_MAX_BYTES,
      (bytes) => {
        line += 1
        this.#read(path, line, bytes)
        this.lines += 1
      },
      () => {
        line += 1
        this.lines += 1
        this.#findings.add('LINE_TOO_LONG', path, `line ${line} is longer than ${LINE_MAX_BYTES} bytes`)
      },
    )
  }

  #read(path: string, line: number, bytes: Buffer): void {
    const refuse = (code: string, what: string): void => this.#findings.add(code, path, `line ${line} ${what}`)
    const tombstone = tombstoneOf(bytes)
    if (tombstone !== null) {
      if (tombstone.index !== this.lines) refuse('TOMBSTONE_INDEX', `says that it was record ${tombstone.index}`)
      this.#to.erased(path, line, { index: this.lines, erasure: tombstone.erasure })
      return
    }
    const sha256 = hash('sha256', bytes)
    const salt = bytes.toString('latin1', saltStart, saltStart + SALT_CHARACTERS)
    this.#to.record({ index: this.lines, path, line, size: bytes.length, sha256, salt })
    if (this.#depth === 'bytes') return
    const read = readConversation(bytes, refuse)
    if (read === undefined) return
    if (!this.#identifiers.add(textOf(read.conversation.identifier, read.encoding))) {
      refuse('CONVERSATION_TWICE', 'has the identifier of an earlier conversation')
    }
    this.#checkEntries(read, refuse)
    this.#to.conversation(path, line, read)
  }

  #checkEntries(
    { conversation: { entries }, encoding }: ReadConversation,
    refuse: (code: string, what: string) => void,
  ): void {
    const window = this.#window()
    let previous: EntryOrderKey | undefined
    for (const entry of entries) {
      this.entriesBySource.set(entry.source, (this.entriesBySource.get(entry.source) ?? 0) + 1)
      if (window && (entry.sentAt < window.from || entry.sentAt >= window.to)) {
        refuse('ENTRY_OUTSIDE_WINDOW', 'has an entry of a time outside of the window')
      }
      const { sentAt, clientAt } = entry
      const place = { sentAt, clientAt, entryId: textOf(entry.entryId, encoding) }
      if (previous && compareEntries(previous, place) > 0) refuse('ENTRY_ORDER', 'has entries that are not in order')
      previous = place
    }
  }
}
