import { createTextRedactor, type Policy } from '@custody/redact'
import { encodeCsvRows } from '@custody/sinks'
import type { Work } from '@custody/threads'
import { entryColumns } from '../entry-columns.ts'
import type { EntryLine } from '../write-input.ts'

const LF = 0x0a

/** From lines to rows of a CSV, text redacted: the whole chain of one shard, from bytes to bytes. */
export function createWork({
  policy,
  key,
}: {
  readonly policy: Policy
  readonly key: Uint8Array
}): Work<Uint8Array, Uint8Array> {
  const redactor = createTextRedactor({ policy, key })
  return (task) => {
    const lines = Buffer.from(task.buffer, task.byteOffset, task.length)
    const entries: EntryLine[] = []
    for (let start = 0; start < lines.length; ) {
      const end = lines.indexOf(LF, start)
      const entry: EntryLine = JSON.parse(lines.toString('utf8', start, end))
      entries.push(entry.text === null ? entry : { ...entry, text: redactor.redact(entry.text).text })
      start = end + 1
    }
    const text = encodeCsvRows(entryColumns, entries)
    const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
    bytes.write(text)
    return { answer: bytes, transfer: [bytes.buffer] }
  }
}
