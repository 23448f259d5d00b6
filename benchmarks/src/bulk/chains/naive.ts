// naive.ts LINES FILE regexp|custody: what one would write first. Entries from JSON lines, redacted, as CSV in a ZIP.
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createTextRedactor, defaultPolicy } from '@custody/redact'
import { ZipArchive } from 'archiver'
import { stringify } from 'csv-stringify'
import { oneRegExp } from '../../contenders/one-reg-exp.ts'
import { print } from '../../print.ts'
import { benchKey } from '../bench-key.ts'
import { entryColumns } from '../entry-columns.ts'
import type { EntryLine } from '../write-input.ts'

const [lines = '', file = '', how = 'regexp'] = process.argv.slice(2)
const { redactNow } = oneRegExp()
const redactor = createTextRedactor({ policy: defaultPolicy, key: benchKey })
const redacted = (text: string): string => (how === 'custody' ? redactor.redact(text).text : (redactNow?.(text) ?? ''))

function eachRecord<In, Out>(map: (record: In) => Out): Transform {
  return new Transform({ objectMode: true, transform: (record, _, done) => done(null, map(record)) })
}

const hash = createHash('sha256')
const archive = new ZipArchive({ zlib: { level: 6 } })
const written = pipeline(archive, createWriteStream(file))
const rows = pipeline(
  Readable.from(createInterface({ input: createReadStream(lines), crlfDelay: Number.POSITIVE_INFINITY })),
  eachRecord((line: string): EntryLine => JSON.parse(line)),
  eachRecord((entry: EntryLine): EntryLine => ({ ...entry, text: entry.text && redacted(entry.text) })),
  eachRecord((entry: EntryLine) => entryColumns.map(({ cell }) => cell(entry))),
  stringify({ header: true, columns: entryColumns.map(({ name }) => name), record_delimiter: 'windows' }),
  new Transform({
    transform(chunk, _, done) {
      hash.update(chunk)
      done(null, chunk)
    },
    construct(done) {
      archive.append(this, { name: 'entries.csv' })
      done()
    },
  }),
)
await rows
await archive.finalize()
await written
print(hash.digest('hex'))
