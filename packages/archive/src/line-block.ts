import type { AttachedFile } from '@custody/model'

/** Memory that can be handed to another thread. */
export type Bytes = Uint8Array<ArrayBuffer>

/** Some lines of the master that follow on each other, in one piece of memory. */
export interface LineBlock {
  /** The part, from the top of the bag. */
  readonly path: string
  /** The first of them, in that part, from 1. */
  readonly line: number
  /** The first of them, over the whole archive, from 0. */
  readonly index: number
  /** The lines behind each other, each with its LF. The memory is theirs alone. */
  readonly bytes: Bytes
  /** Of each line in bytes; 0 for one that was too long to be kept. */
  readonly sizes: readonly number[]
}

/** Where a block stands. */
export type BlockPlace = Omit<LineBlock, 'bytes' | 'sizes'>

/** What is left to know of a block once it was read: it goes to hashes and counts, and nothing of it is kept. */
export interface BlockReading {
  /** The lines of records.jsonl that belong to these lines. */
  readonly records: string
  /** Rows of the tables, in the order of the tables that are read for. */
  readonly tables: readonly Bytes[]
  /** What the census has to say of these conversations, see `archivedRow`. */
  readonly archived: Bytes
  /** What amendments.csv has to say of their entries, see `amendedRowsOf`; empty where that is not asked. */
  readonly amended: Bytes
  /** What each line's conversation is remembered by, see `identifierKey`; 0 for a line without one. */
  readonly identifiers: BigUint64Array<ArrayBuffer>
  readonly entriesBySource: ReadonlyMap<string, number>
  /** In the order of the lines, and for each line in the order of reading. */
  readonly notes: readonly LineNote[]
}

/** Something about one line, `at` places behind the first of its block. */
export type LineNote = { readonly at: number } & (
  | { readonly type: 'refused'; readonly code: string; readonly what: string }
  | { readonly type: 'erased'; readonly erasure: string }
  | { readonly type: 'file'; readonly file: AttachedFile; readonly claimed: string | null }
)

/** A hundred times what most blocks give. Such a reading does not wait for others, nor go from thread to thread. */
const MANY_ROWS_BYTES = 32 * 1024 * 1024

/** Whether rows of a block fill much memory: a very long name stands in each of them, say. */
export function hasManyRows({ tables }: BlockReading): boolean {
  return tables.reduce((sum, { length }) => sum + length, 0) > MANY_ROWS_BYTES
}

/** What a reading was written to, in the order in which `readBlock` takes it to write to again. */
export function rowsOf({ archived, amended, tables }: BlockReading): readonly Bytes[] {
  return [archived, amended, ...tables]
}
