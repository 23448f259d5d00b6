import { PART_PATTERN } from './bag.ts'
import type { Container } from './container.ts'
import { LINE_HEAD_BYTES, lineIdentifier } from './line-identifier.ts'
import { LineHasher } from './line-reader.ts'

/** Where one conversation stands in an archive. */
export interface FoundRecord {
  /** Leaf of the record tree, from 0. */
  readonly index: number
  readonly path: string
  /** In the part, from 1. */
  readonly line: number
  /** Where the line begins in the part, in bytes. */
  readonly offset: number
  /** Its LF included. */
  readonly size: number
}

/** Looks through the lines of the master for a conversation, in constant memory. */
export async function findRecord(container: Container, identifier: string): Promise<FoundRecord | null> {
  let found: FoundRecord | null = null
  let index = 0
  for (const path of [...container.files.keys()].filter((path) => PART_PATTERN.test(path)).sort()) {
    let line = 0
    let offset = 0
    const lines = new LineHasher(LINE_HEAD_BYTES, ({ size, head }) => {
      line += 1
      if (found === null && lineIdentifier(head) === identifier) found = { index, path, line, offset, size }
      index += 1
      offset += size
    })
    for await (const chunk of container.read(path)) lines.push(chunk)
    lines.end()
    if (found !== null) return found
  }
  return null
}
