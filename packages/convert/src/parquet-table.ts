import { open } from 'node:fs/promises'
import { fileWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer'

/** A column of a Parquet file. Any cell may be null. */
export interface ParquetColumn<Row> {
  readonly name: string
  readonly type: 'text' | 'number' | 'boolean' | 'time'
  readonly cell: (row: Row) => string | number | boolean | Date | null
}

const rowsPerGroup = 20_000
const bytesPerGroup = 16 * 1024 * 1024

const types = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  number: { type: 'INT32' },
  boolean: { type: 'BOOLEAN' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
} as const

/** A Parquet file that grows by row groups: no more rows than one of them are in memory. */
export class ParquetTable<Row> {
  readonly #file: string
  readonly #columns: readonly ParquetColumn<Row>[]
  readonly #writer: ParquetWriter
  #rows: Row[] = []
  #bytes = 0

  constructor(file: string, columns: readonly ParquetColumn<Row>[]) {
    this.#file = file
    this.#columns = columns
    const leaves = columns.map(
      ({ name, type }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...types[type] }),
    )
    const schema = [{ name: 'root', num_children: columns.length }, ...leaves]
    this.#writer = new ParquetWriter({ writer: fileWriter(file), schema, createdBy: 'custody' })
  }

  /** `bytes`: about how much memory the row takes. */
  async add(row: Row, bytes: number): Promise<void> {
    this.#rows.push(row)
    this.#bytes += bytes
    if (this.#rows.length >= rowsPerGroup || this.#bytes >= bytesPerGroup) await this.#flush()
  }

  async close(): Promise<void> {
    await this.#flush()
    await this.#writer.finish()
    await using file = await open(this.#file, 'r+')
    await file.sync()
  }

  async #flush(): Promise<void> {
    if (this.#rows.length === 0) return
    const columnData = this.#columns.map(({ name, cell }) => ({ name, data: this.#rows.map(cell) }))
    await this.#writer.write({ columnData, rowGroupSize: this.#rows.length })
    this.#rows = []
    this.#bytes = 0
  }
}
