import { SoqlError } from './soql-error.ts'

/** A value of a field. Datetimes are epoch milliseconds, dates `2026-10-01`. */
export type Value = string | number | boolean | null

export type FieldType = 'id' | 'string' | 'number' | 'boolean' | 'datetime' | 'date'

/** One field of an object, read from the world by the number of the row. */
export interface Field {
  readonly name: string
  readonly type: FieldType
  readonly get: (row: number) => Value
}

export interface Parent {
  readonly name: string
  readonly object: string
  /** The row of the parent; undefined where the reference is empty. */
  readonly row: (row: number) => number | undefined
}

/**
 * An object as the query language sees it: rows are numbers, ascending as their Ids are, and everything about a row is
 * a function of its number. No row is ever stored.
 */
export interface SchemaObject {
  readonly name: string
  readonly fields: ReadonlyMap<string, Field>
  readonly parents: ReadonlyMap<string, Parent>
  /** Row numbers lie below this. */
  readonly bound: number
  /** The rows that exist in `[first, end)`, ascending. */
  rows(first: number, end: number): Iterable<number>
  /** Rows by the value of an indexed field, ascending. Keys are field names in lower case. */
  readonly indexes: ReadonlyMap<string, (value: string) => readonly number[]>
  /** Fields along which rows ascend, and which rows a bound leaves. */
  readonly ranges: ReadonlyMap<string, RowRange>
  /** Fields, in lower case, by which rows are in order as they are. */
  readonly ordered: ReadonlySet<string>
}

/** What a bound on a field says about rows. Never too narrow: conditions are still evaluated. */
export interface RowRange {
  /** Whether no row lacks a value. */
  readonly neverEmpty: boolean
  /** Rows with `field >= value` all lie at or after this. */
  readonly atLeast: (value: NonNullable<Value>) => number
  /** Rows with `field <= value` all lie before this. */
  readonly atMost: (value: NonNullable<Value>) => number
}

export type Schema = ReadonlyMap<string, SchemaObject>

/** A field reached from an object, through at most two parents. */
export interface ResolvedField {
  readonly field: Field
  readonly parents: readonly Parent[]
  readonly get: (row: number) => Value
}

export function objectNamed(schema: Schema, name: string): SchemaObject {
  const object = schema.get(name.toLowerCase())
  if (!object) throw new SoqlError('INVALID_TYPE', `sObject type '${name}' is not supported.`)
  return object
}

/**
 * Finds the field a path leads to.
 *
 * @throws SoqlError `INVALID_FIELD`
 */
export function resolve(schema: Schema, object: SchemaObject, path: readonly string[]): ResolvedField {
  let at = object
  const parents: Parent[] = []
  for (const name of path.slice(0, -1)) {
    const parent = at.parents.get(name.toLowerCase())
    if (!parent || parents.length === 2) {
      throw new SoqlError(
        'INVALID_FIELD',
        `Didn't understand relationship '${name}' in field path on entity '${at.name}'`,
      )
    }
    parents.push(parent)
    at = objectNamed(schema, parent.object)
  }
  const name = path.at(-1) ?? ''
  const field = at.fields.get(name.toLowerCase())
  if (!field) throw new SoqlError('INVALID_FIELD', `No such column '${name}' on entity '${at.name}'`)
  const { get } = field
  if (parents.length === 0) return { field, parents, get }
  return {
    field,
    parents,
    get(row) {
      let current: number | undefined = row
      for (const parent of parents) {
        current = parent.row(current)
        if (current === undefined) return null
      }
      return get(current)
    },
  }
}
