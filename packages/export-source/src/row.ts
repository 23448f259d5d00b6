import type { Json } from '@custody/model'

/** A row of a table: its cells by column. */
export interface Row {
  /** Its place in the file, from 1, the header not counted. */
  readonly number: number
  /** The same array for all rows that have the same columns in the same order. */
  readonly names: readonly string[]
  readonly values: readonly Json[]
}

/** A row that is none. */
export interface MalformedRow {
  readonly number: number
  /** What is wrong with it, without its content. */
  readonly problem: string
}

/** Rows come in lots, for speed. */
export type Rows = AsyncGenerator<readonly (Row | MalformedRow)[], void, undefined>
