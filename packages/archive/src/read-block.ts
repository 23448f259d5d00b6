import { hash } from 'node:crypto'
import { compareEntries, type EntryOrderKey, type Window } from '@custody/model'
import { amendedRowsOf, archivedRow, archivedRowOf, ERASED } from './archived-row.ts'
import { attachmentsOf } from './attachment-writer.ts'
import { ByteWriter } from './byte-writer.ts'
import { identifierKey } from './identifier-set.ts'
import type { BlockReading, Bytes, LineBlock, LineNote } from './line-block.ts'
import { type ReadConversation, readConversation, textOf } from './read-conversation.ts'
import { encodeRecord } from './record-line.ts'
import { SALT_CHARACTERS } from './salt.ts'
import { masterTables } from './table-rows.ts'
import { encodeRecordTombstone, tombstoneOf } from './tombstone.ts'

/** The longest line that is read: a conversation of some fifty thousand messages. */
export const LINE_MAX_BYTES: number = 64 * 1024 * 1024

/** The most rows that a block may give, as bytes: only a name far longer than any, in each of many rows, makes more of them. */
const ROWS_MAX_BYTES = 2 * LINE_MAX_BYTES

const saltStart = '{"v":1,"salt":"'.length

/** What looks into the content of the master costs most of the time that a check takes. */
export type CheckDepth = 'bytes' | 'content'

/** How blocks are to be read: the same for all of an archive. */
export interface BlockTask {
  readonly depth: CheckDepth
  /** Of the archive, where its run.json can be read. */
  readonly window: Window | undefined
  /** Paths of the tables whose rows are wanted. */
  readonly tables: readonly string[]
  /** Whether what amendments.csv has to say is wanted. */
  readonly amends: boolean
}

/**
 * Reads lines of the master: every line hashed, and, at depth `content`, parsed, held against its schema and written again.
 *
 * What it gives follows from the block alone: no matter which thread reads it, and when. `memory` is what an earlier reading was
 * written to, see `rowsOf`, and is written to again.
 */
export function readBlock(block: LineBlock, task: BlockTask, memory: readonly Bytes[] = []): BlockReading {
  const reader = new BlockReader(block, task, memory)
  let start = 0
  for (const [at, size] of block.sizes.entries()) {
    reader.read(at, size === 0 ? null : Buffer.from(block.bytes.buffer, block.bytes.byteOffset + start, size))
    start += size
  }
  return reader.done()
}

class BlockReader {
  readonly #block: LineBlock
  readonly #task: BlockTask
  readonly #tables: readonly { table: (typeof masterTables)[number]; rows: ByteWriter }[]
  readonly #archived: ByteWriter
  readonly #amended: ByteWriter
  readonly #identifiers: BigUint64Array<ArrayBuffer>
  readonly #entriesBySource = new Map<string, number>()
  readonly #notes: LineNote[] = []
  #records = ''

  constructor(block: LineBlock, task: BlockTask, [archived, amended, ...tables]: readonly Bytes[]) {
    this.#block = block
    this.#task = task
    this.#tables = masterTables
      .filter(({ path }) => task.tables.includes(path))
      .map((table, index) => ({ table, rows: new ByteWriter(tables[index]) }))
    this.#identifiers = new BigUint64Array(block.sizes.length)
    this.#archived = new ByteWriter(archived)
    this.#amended = new ByteWriter(amended)
  }

  read(at: number, bytes: Buffer | null): void {
    const refuse = (code: string, what: string): void => void this.#notes.push({ at, type: 'refused', code, what })
    if (bytes === null) {
      refuse('LINE_TOO_LONG', `is longer than ${LINE_MAX_BYTES} bytes`)
      return
    }
    const index = this.#block.index + at
    const tombstone = tombstoneOf(bytes)
    if (tombstone !== null) {
      if (tombstone.index !== index) refuse('TOMBSTONE_INDEX', `says that it was record ${tombstone.index}`)
      this.#notes.push({ at, type: 'erased', erasure: tombstone.erasure })
      this.#records += encodeRecordTombstone({ index, erasure: tombstone.erasure })
      this.#archived.write(archivedRow([ERASED]), 'latin1')
      return
    }
    const { path, line } = this.#block
    const sha256 = hash('sha256', bytes)
    const salt = bytes.toString('latin1', saltStart, saltStart + SALT_CHARACTERS)
    this.#records += encodeRecord({ index, path, line: line + at, size: bytes.length, sha256, salt })
    if (this.#task.depth === 'bytes') return
    const read = readConversation(bytes, refuse)
    if (read === undefined) return
    this.#identifiers[at] = identifierKey(textOf(read.conversation.identifier, read.encoding))
    this.#checkEntries(read, refuse)
    for (const { content } of read.conversation.entries) {
      for (const { file, mimeType } of content === null ? [] : attachmentsOf(content)) {
        if (file) this.#notes.push({ at, type: 'file', file, claimed: mimeType })
      }
    }
    for (const { table, rows } of this.#tables) {
      if (!table.write(read, rows, ROWS_MAX_BYTES)) refuse('LINE_TOO_LONG', `makes too many rows of ${table.path}`)
    }
    this.#archived.write(archivedRowOf(read), read.encoding)
    if (this.#task.amends) this.#amended.write(amendedRowsOf(read), read.encoding)
  }

  done(): BlockReading {
    return {
      records: this.#records,
      tables: this.#tables.map(({ rows }) => rows.done()),
      archived: this.#archived.done(),
      amended: this.#amended.done(),
      identifiers: this.#identifiers,
      entriesBySource: this.#entriesBySource,
      notes: this.#notes,
    }
  }

  #checkEntries(
    { conversation: { entries }, encoding }: ReadConversation,
    refuse: (code: string, what: string) => void,
  ): void {
    const { window } = this.#task
    const keyOf = ({ sentAt, clientAt, entryId }: EntryOrderKey): EntryOrderKey => ({
      sentAt,
      clientAt,
      entryId: textOf(entryId, encoding),
    })
    let previous: EntryOrderKey | undefined
    for (const entry of entries) {
      this.#entriesBySource.set(entry.source, (this.#entriesBySource.get(entry.source) ?? 0) + 1)
      if (window && (entry.sentAt < window.from || entry.sentAt >= window.to)) {
        refuse('ENTRY_OUTSIDE_WINDOW', 'has an entry of a time outside of the window')
      }
      // Nearly all are in order by their time alone, which is the same text in either encoding.
      if (previous && previous.sentAt >= entry.sentAt && compareEntries(keyOf(previous), keyOf(entry)) > 0) {
        refuse('ENTRY_ORDER', 'has entries that are not in order')
      }
      previous = entry
    }
  }
}
