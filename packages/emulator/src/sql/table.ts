export type SqlType = 'varchar' | 'timestamptz' | 'numeric' | 'bigint' | 'boolean'

/** A value inside the engine: timestamps are epoch milliseconds, numerics are decimal texts of any length. */
export type Value = string | number | boolean | null

export type Row = object

/** A range of partitions, half-open. */
export interface Range {
  readonly first: number
  readonly end: number
}

export interface Column {
  readonly name: string
  readonly type: SqlType
  /** Never null. */
  readonly required: boolean
  readonly get: (row: Row) => Value
  /** Where all rows with a value of this column lie, if anywhere: values do not cross partitions. */
  readonly partitionOf?: (value: string) => number | undefined
  /** Which partitions a bound leaves; never too narrow. */
  readonly range?: { readonly atLeast: (value: Value) => number; readonly atMost: (value: Value) => number }
  /** Whether no value of a partition is above one of a later partition. */
  readonly ascending?: boolean
}

/** A table in partitions. Rows are made when a partition is asked for; no table is ever held. */
export interface Table {
  readonly name: string
  /** By name in lower case. */
  readonly columns: ReadonlyMap<string, Column>
  readonly partitions: number
  rowsOf(partition: number): readonly Row[]
}

/** Tables by name in lower case. */
export type Catalog = ReadonlyMap<string, Table>

/** One row of each table of a FROM clause; null where an outer join found none. */
export type Tuple = readonly (Row | null)[]
