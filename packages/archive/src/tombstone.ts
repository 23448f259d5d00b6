/** What stands for a conversation that was erased: in its line of the master, and in that of records.jsonl. */
export interface Tombstone {
  /** Of the record, from 0 over the whole archive. */
  readonly index: number
  /** The id of the erasure, as `integrity/erasures.jsonl` names it. */
  readonly erasure: string
}

// Exactly as they are written: a line that is nearly one is a conversation that cannot be read.
const inMaster = /^\{"v":1,"erased":\{"index":(0|[1-9]\d{0,14}),"erasure":"(ER-[A-Z2-7]{16})"\}\}\n$/
const inRecords = /^\{"index":(0|[1-9]\d{0,14}),"erased":"(ER-[A-Z2-7]{16})"\}\n$/

/** Longer than any tombstone. */
const TOMBSTONE_MAX_BYTES = 100

/** The tombstone that a line of the master is, or null. */
export function tombstoneOf(line: Buffer): Tombstone | null {
  return read(inMaster, line)
}

/** The tombstone that a line of records.jsonl is, or null. */
export function recordTombstoneOf(line: Buffer): Tombstone | null {
  return read(inRecords, line)
}

/** The line of records.jsonl for a tombstone, its LF included. */
export function encodeRecordTombstone({ index, erasure }: Tombstone): string {
  return `{"index":${index},"erased":"${erasure}"}\n`
}

function read(form: RegExp, line: Buffer): Tombstone | null {
  if (line.length > TOMBSTONE_MAX_BYTES) return null
  const [, index, erasure] = form.exec(line.toString('latin1')) ?? []
  return index === undefined || erasure === undefined ? null : { index: Number(index), erasure }
}
