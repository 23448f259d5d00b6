import { setImmediate as turn } from 'node:timers/promises'
import type { SqlType, Value } from './table.ts'

export interface ResultColumn {
  readonly name: string
  readonly type: SqlType
}

/** A place between two rows of a result: where a page may begin. */
export interface Place {
  readonly part: number
  readonly row: number
  /** How many rows lie before it. */
  readonly ordinal: number
}

/** Rows in their order, in parts that are made when they are asked for. */
export interface Parts {
  readonly length: number
  /** How many rows a part has. */
  size(part: number): number
  values(part: number, row: number): readonly Value[]
}

/** Parts are worked off in slices, so that the server answers others meanwhile. */
const slice = 64

/** Calls for every part in turn, until told to stop. */
export async function throughParts(length: number, each: (part: number) => boolean | undefined): Promise<void> {
  for (let part = 0; part < length; part++) {
    if (each(part) === false) return
    if (part % slice === slice - 1) await turn()
  }
}

/** What a query gives: not rows, but where they come from. Any page can be asked for, any number of times. */
export class Result {
  readonly columns: readonly ResultColumn[]
  readonly #parts: Parts
  readonly #offset: number
  readonly #limit: number
  /** Rows before the end of each part; made when first needed. */
  #ends: Promise<Float64Array> | undefined

  constructor(
    columns: readonly ResultColumn[],
    parts: Parts,
    limit: number = Number.POSITIVE_INFINITY,
    offset: number = 0,
  ) {
    this.columns = columns
    this.#parts = parts
    this.#limit = limit
    this.#offset = offset
  }

  /** The same without what lies behind so many rows. */
  first(rows: number): Result {
    return new Result(this.columns, this.#parts, Math.min(rows, this.#limit), this.#offset)
  }

  /** How many rows there are. */
  async count(): Promise<number> {
    const ends = await this.#counted()
    return Math.max(0, Math.min(this.#limit, (ends.at(-1) ?? 0) - this.#offset))
  }

  /** The place before the row of this number. */
  async placeOf(ordinal: number): Promise<Place> {
    const wanted = ordinal + this.#offset
    if (wanted === 0) return { part: 0, row: 0, ordinal }
    const ends = await this.#counted()
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((ends[middle] as number) <= wanted) low = middle + 1
      else high = middle
    }
    return { part: low, row: wanted - (low === 0 ? 0 : (ends[low - 1] as number)), ordinal }
  }

  /** The rows from a place on, each with the place behind it. */
  *rows(from: Place): Iterable<{ readonly values: readonly Value[]; readonly next: Place }> {
    let { ordinal } = from
    for (let { part, row } = from; part < this.#parts.length; part += 1, row = 0) {
      const size = this.#parts.size(part)
      for (; row < size; row++) {
        if (ordinal >= this.#limit) return
        ordinal += 1
        yield { values: this.#parts.values(part, row), next: { part, row: row + 1, ordinal } }
      }
    }
  }

  #counted(): Promise<Float64Array> {
    this.#ends ??= this.#count()
    return this.#ends
  }

  async #count(): Promise<Float64Array> {
    const ends = new Float64Array(this.#parts.length)
    const enough = this.#limit + this.#offset
    let total = 0
    let counted = 0
    await throughParts(this.#parts.length, (part) => {
      total += this.#parts.size(part)
      ends[part] = total
      counted = part + 1
      return total < enough
    })
    return ends.subarray(0, counted)
  }
}
