import { type Field, knownNames, plainName } from './assumptions.ts'

/** Which column is which field. */
export interface Columns {
  /** The place of each field among the columns; fields without a column are not in it. */
  readonly places: ReadonlyMap<Field, number>
  /** Fields without which rows are no entries, each a choice of fields. Empty for a table of entries. */
  readonly missing: readonly string[]
}

/** The columns that a mapping names; null keeps a field from being looked for. */
export type FieldColumns = Readonly<Partial<Record<Field, string | null | undefined>>>

/** Finds the fields among the names of columns: those of the mapping as they are, the others by their known spellings. */
export function matchColumns(names: readonly string[], mapped: FieldColumns = {}): Columns {
  const places = new Map<Field, number>()
  const taken = new Set<number>()
  const take = (field: Field, place: number): void => {
    if (place < 0 || taken.has(place)) return
    taken.add(place)
    places.set(field, place)
  }
  for (const [field, name] of Object.entries(mapped)) if (name) take(field as Field, names.indexOf(name))
  const plain = names.map(plainName)
  for (const [field, spellings] of Object.entries(knownNames) as [Field, readonly string[]][]) {
    if (Object.hasOwn(mapped, field)) continue
    for (const spelling of spellings) if (!places.has(field)) take(field, plain.indexOf(spelling))
  }
  const has = (...fields: readonly Field[]): boolean => fields.some((field) => places.has(field))
  const missing = [
    ...(has('conversation') ? [] : ['conversation']),
    ...(has('serverAt', 'clientAt') ? [] : ['serverAt or clientAt']),
    ...(has('payload', 'text', 'entryType') ? [] : ['payload, text or entryType']),
  ]
  return { places, missing }
}

/** Matches each set of columns once: the rows of JSON may each have their own. */
export function columnMatcher(mapped?: FieldColumns): (names: readonly string[]) => Columns {
  const byNames = new WeakMap<readonly string[], Columns>()
  return (names) => {
    const known = byNames.get(names)
    if (known) return known
    const columns = matchColumns(names, mapped)
    byNames.set(names, columns)
    return columns
  }
}
