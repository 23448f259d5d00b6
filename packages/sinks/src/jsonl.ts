import type { Sink } from '@custody/pipeline'
import { assertOneLine, wholeFile } from './whole-file.ts'

/** Which file records go to, and how each is written. */
export interface JsonlOptions<T> {
  /** The file to write. It appears when it is whole; an existing one is replaced then. */
  readonly file: string
  /** A record as one line, without the line end. @defaultValue `JSON.stringify` */
  readonly encode?: (record: T) => string
}

/**
 * Writes one JSON text a line.
 *
 * @throws CustodyError `DIRECTORY_NOT_WRITABLE`, `SINK_FILE` at construction; `SINK_LINE` for a record that is no line.
 */
export function jsonl<T>({ file, encode = JSON.stringify }: JsonlOptions<T>): Sink<T> {
  return wholeFile({
    name: 'jsonl',
    file,
    encode: (records) => records.map((record) => `${assertOneLine('jsonl', encode(record))}\n`).join(''),
  })
}
