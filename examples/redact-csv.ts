// One column of a CSV file redacted, row by row, however large it is: plain Node streams around one function.
import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createTextRedactor, presetPolicy } from '@custody/redact'
import { parse } from 'csv-parse'
import { stringify } from 'csv-stringify'

const folder = await mkdtemp(join(tmpdir(), 'custody-example-'))
const input = join(folder, 'cases.csv')
const output = join(folder, 'cases.redacted.csv')
await writeFile(
  input,
  'case,note\n1,"call back: 020 7946 0018"\n2,"card 4111 1111 1111 1111, mail ada@example.org"\n3,done\n',
)

// Keep the key: with it the same value gets the same pseudonym in the next file, without it nobody can test a guess.
const redactor = createTextRedactor({ policy: presetPolicy('strict'), key: randomBytes(32) })
let redactions = 0

await pipeline(
  createReadStream(input),
  parse({ columns: true, bom: true }),
  async function* (rows: AsyncIterable<Record<string, string>>) {
    for await (const row of rows) {
      const redacted = redactor.redact(row['note'] ?? '')
      redactions += redacted.redactions.length
      yield { ...row, note: redacted.text }
    }
  },
  // What a spreadsheet would take for a formula is written as text.
  stringify({ header: true, escape_formulas: true }),
  createWriteStream(output, { flags: 'wx' }),
)

console.log(`${redactions} redactions`)
console.log(await readFile(output, 'utf8'))
await rm(folder, { recursive: true })
