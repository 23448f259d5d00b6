import { createHash, type Hash } from 'node:crypto'
import type { Conversation } from '@custody/model'
import {
  type CsvTable,
  conversationsTable,
  encodeCsvHeader,
  entriesTable,
  entryRows,
  participantRows,
  participantsTable,
} from '@custody/sinks'
import { csvRow } from './csv-text.ts'
import type { FileCheck } from './file-check.ts'
import type { Findings } from './findings.ts'
import type { ReadConversation } from './read-conversation.ts'

export const CSV_PREFIX = 'data/csv/'

const BOM = Buffer.from('\uFEFF')

/** A table as the master says it has to be: its rows are made again, hashed, and not kept. */
class ExpectedTable<Row> {
  readonly path: string
  readonly hash: Hash = createHash('sha256')
  readonly #table: CsvTable<Row>
  readonly #rows: (conversation: Conversation) => readonly Row[]

  constructor(table: CsvTable<Row>, rows: (conversation: Conversation) => readonly Row[]) {
    this.path = `${CSV_PREFIX}${table.name}`
    this.#table = table
    this.#rows = rows
    this.hash.update(encodeCsvHeader(table.columns))
  }

  add({ conversation, encoding }: ReadConversation): void {
    let text = ''
    for (const row of this.#rows(conversation))
      text += csvRow(
        this.#table.columns.map((column) => column.cell(row)),
        encoding,
      )
    this.hash.update(text, encoding)
  }
}

/** Paths of the tables that repeat the master. */
export const TABLE_PATHS: readonly string[] = [conversationsTable, entriesTable, participantsTable].map(
  ({ name }) => `${CSV_PREFIX}${name}`,
)

/** Holds the tables under `data/csv/` against the master, byte for byte. Only those that are there. */
export class TablesCheck {
  readonly #findings: Findings
  readonly #tables: readonly Pick<ExpectedTable<never>, 'path' | 'hash' | 'add'>[]
  readonly #found = new Map<string, string>()

  constructor(files: ReadonlyMap<string, number>, findings: Findings) {
    this.#findings = findings
    this.#tables = [
      new ExpectedTable(conversationsTable, (conversation) => [conversation]),
      new ExpectedTable(entriesTable, entryRows),
      new ExpectedTable(participantsTable, participantRows),
    ].filter(({ path }) => files.has(path))
  }

  /** A line of the master, in order. */
  conversation(read: ReadConversation): void {
    for (const table of this.#tables) table.add(read)
  }

  /** Looks at a table while it is read: one that begins with a byte order mark is compared without it. */
  file(path: string): FileCheck {
    let head: Buffer = Buffer.alloc(0)
    let rest: Hash | undefined
    return {
      push(chunk) {
        if (head.length === BOM.length) return void rest?.update(chunk)
        const both = Buffer.concat([head, chunk])
        head = both.subarray(0, BOM.length)
        if (head.equals(BOM)) rest = createHash('sha256').update(both.subarray(BOM.length))
      },
      end: () => {
        if (rest) this.#found.set(path, rest.digest('hex'))
      },
    }
  }

  /** A table that was read whole. */
  digest(path: string, sha256: string): void {
    if (!this.#found.has(path)) this.#found.set(path, sha256)
  }

  finish(): void {
    for (const { path, hash } of this.#tables) {
      const found = this.#found.get(path)
      if (found !== undefined && found !== hash.digest('hex')) {
        this.#findings.add('CSV_DIFFERS', path, 'does not hold exactly what the lines of the master give')
      }
    }
  }
}
