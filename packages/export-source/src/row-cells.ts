import { type Instant, isRawJson, type Json, parseJson, toInstant, toJoinKey } from '@custody/model'
import type { Field } from './assumptions.ts'
import type { Columns } from './columns.ts'
import type { Row } from './row.ts'

/** The cells of a row by field. What was taken is known, so that nothing else gets lost. */
export class RowCells {
  readonly #row: Row
  readonly #places: Columns['places']
  readonly #taken = new Set<number>()
  /** What fields hold besides what was taken of them. */
  readonly #rests = new Map<number, Json>()

  constructor(row: Row, { places }: Columns) {
    this.#row = row
    this.#places = places
  }

  /** A cell as it is; null for an empty one. Taken. */
  value(field: Field): Json {
    const value = this.#peek(field)
    this.#take(field)
    return value
  }

  /** A cell as text; one of another kind is not taken. */
  text(field: Field): string | null {
    const value = this.#peek(field)
    const text = isRawJson(value) ? value.rawJSON : typeof value === 'number' ? String(value) : value
    if (typeof text !== 'string') return null
    this.#take(field)
    return text
  }

  /**
   * A cell as an instant; one that is none is not taken.
   *
   * @param offset For times that come without one.
   */
  instant(field: Field, offset: string | undefined): Instant | null {
    const value = this.#peek(field)
    const instant = toInstant(value) ?? (offset && typeof value === 'string' ? toInstant(`${value}${offset}`) : null)
    if (instant !== null) this.#take(field)
    return instant
  }

  /** A cell as record ids: a list, a list as JSON, or ids with commas or semicolons between. Another one is not taken. */
  ids(field: Field): readonly string[] {
    const value = this.#peek(field)
    const list = typeof value === 'string' ? (parsedJson(value) ?? value.split(/[;,\s]+/)) : value
    if (!Array.isArray(list) || !list.every((id) => typeof id === 'string')) return []
    this.#take(field)
    return list.filter((id) => id !== '').map(toJoinKey)
  }

  /** Notes what of a cell has no place elsewhere. */
  keepRest(field: Field, rest: Json): void {
    const place = this.#places.get(field)
    if (place !== undefined && rest !== null) this.#rests.set(place, rest)
  }

  /** What was not taken, by the names of the columns; null for nothing. */
  rest(): Json {
    const rest = new Map<string, Json>()
    for (const [place, name] of this.#row.names.entries()) {
      const cell = this.#row.values[place] ?? null
      const value = this.#taken.has(place) ? (this.#rests.get(place) ?? null) : cell
      if (value === null || value === '') continue
      let free = name
      for (let count = 2; rest.has(free); count += 1) free = `${name} (${count})`
      rest.set(free, value)
    }
    // As entries, so that a column called `__proto__` is one.
    return rest.size === 0 ? null : Object.fromEntries(rest)
  }

  #peek(field: Field): Json {
    const place = this.#places.get(field)
    const value = place === undefined ? null : (this.#row.values[place] ?? null)
    return value === '' ? null : value
  }

  #take(field: Field): void {
    const place = this.#places.get(field)
    if (place !== undefined) this.#taken.add(place)
  }
}

/** The list or object behind JSON text; null for any other text. */
export function parsedJson(text: string): Json {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    return parseJson(text)
  } catch {
    return null
  }
}
