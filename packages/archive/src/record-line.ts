/** Where one conversation stands in the archive: a line of `integrity/records.jsonl`. */
export interface ArchiveRecord {
  /** From 0, over the whole archive. */
  readonly index: number
  /** The part, from the top of the bag. */
  readonly path: string
  /** The line in that part, from 1. */
  readonly line: number
  /** Bytes of the line, its LF included. */
  readonly size: number
  /** SHA-256 of the line, its LF included, lower-case hex: what `sed -n <line>p <path> | sha256sum` prints. */
  readonly sha256: string
  readonly salt: string
}

/** The line of a record, its LF included. The order of keys is part of the format. */
export function encodeRecord(record: ArchiveRecord): string {
  return `${JSON.stringify({
    index: record.index,
    path: record.path,
    line: record.line,
    size: record.size,
    sha256: record.sha256,
    salt: record.salt,
  })}\n`
}
