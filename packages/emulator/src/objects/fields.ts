import { type KeyedObject, recordId, recordNumber } from '../ids.ts'
import type { Field, FieldType, Parent, RowRange, Value } from '../soql/schema.ts'

export type Get = (row: number) => Value

/** Fields by name, in lower case as queries find them. */
export function fieldsOf(
  fields: Readonly<Record<string, readonly [type: FieldType, get: Get]>>,
): ReadonlyMap<string, Field> {
  return new Map(Object.entries(fields).map(([name, [type, get]]) => [name.toLowerCase(), { name, type, get }]))
}

export function parentsOf(
  parents: Readonly<Record<string, readonly [object: string, row: (row: number) => number | undefined]>>,
): ReadonlyMap<string, Parent> {
  return new Map(Object.entries(parents).map(([name, [object, row]]) => [name.toLowerCase(), { name, object, row }]))
}

/** Finds a row by its own id; `exists` tells numbers of no record apart. */
export function byId(object: KeyedObject, exists: (row: number) => boolean): (id: string) => readonly number[] {
  return (id) => {
    const row = recordNumber(object, id)
    return row !== undefined && exists(row) ? [row] : []
  }
}

/** Ids ascend with row numbers, `perId` rows to each. An id of another object says nothing about rows. */
export function idRange(object: KeyedObject, bound: number, perId = 1): RowRange {
  const row = (value: unknown): number | undefined => recordNumber(object, String(value))
  return {
    // Rows that share an id by reference may also have none.
    neverEmpty: perId === 1,
    atLeast: (value) => (row(value) ?? 0) * perId,
    atMost: (value) => {
      const last = row(value)
      return last === undefined ? bound : Math.min(bound, (last + 1) * perId)
    },
  }
}

export function idOf(object: KeyedObject, number: number | undefined): string | null {
  return number === undefined ? null : recordId(object, number)
}

/** The whole numbers of `[first, end)` for which `exists` holds. */
export function* rowsWhere(first: number, end: number, exists: (row: number) => boolean): Iterable<number> {
  for (let row = Math.max(0, first); row < end; row++) if (exists(row)) yield row
}

/** The audit fields that every object but Conversation and ConversationParticipant has. */
export function auditFields(
  created: Get,
  modified: Get,
): Readonly<Record<string, readonly [type: FieldType, get: Get]>> {
  const system = recordId('User', 0)
  return {
    CreatedDate: ['datetime', created],
    CreatedById: ['id', () => system],
    LastModifiedDate: ['datetime', modified],
    LastModifiedById: ['id', () => system],
    SystemModstamp: ['datetime', modified],
    IsDeleted: ['boolean', () => false],
  }
}
