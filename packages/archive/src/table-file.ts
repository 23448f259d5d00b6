import { type CsvTable, encodeCsvHeader, encodeCsvRows, type FileWriter } from '@custody/sinks'
import type { BagStore } from './bag-store.ts'

/** A CSV file that rows are added to. */
export class TableFile<Row> {
  readonly #table: CsvTable<Row>
  readonly #writer: FileWriter
  #header: string

  constructor(store: BagStore, folder: string, table: CsvTable<Row>, bom: boolean) {
    this.#table = table
    this.#writer = store.write(`${folder}/${table.name}`)
    this.#header = encodeCsvHeader(table.columns, { bom })
  }

  async add(rows: readonly Row[]): Promise<void> {
    await this.#writer.write(this.#header + encodeCsvRows(this.#table.columns, rows))
    this.#header = ''
  }

  /** Adds rows that are encoded already. */
  async addEncoded(rows: Uint8Array): Promise<void> {
    await this.add([])
    await this.#writer.write(rows)
  }

  async close(): Promise<void> {
    // A table without rows still has its header.
    await this.#writer.write(this.#header)
    await this.#writer.close()
  }
}
