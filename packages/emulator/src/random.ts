/** A bijection on 32-bit integers that looks random (lowbias32). */
export function mix32(value: number): number {
  let x = value
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return (x ^ (x >>> 16)) >>> 0
}

/** The inverse of {@link mix32}. */
export function unmix32(value: number): number {
  let x = value
  x = Math.imul(x ^ (x >>> 16), 0x43021123)
  x = Math.imul(x ^ (x >>> 15) ^ (x >>> 30), 0x1d69e2a5)
  return (x ^ (x >>> 16)) >>> 0
}

/** A 32-bit hash of a few numbers, the same on every machine. */
export function hash32(a: number, b: number, c = 0, d = 0): number {
  let h = mix32(a ^ 0x9e3779b9)
  h = mix32(h ^ mix32(b ^ 0x85ebca6b))
  h = mix32(h ^ mix32(c ^ 0xc2b2ae35))
  return mix32(h ^ mix32(d ^ 0x27d4eb2f))
}

/** Any seed as a 32-bit number. */
export function seedNumber(seed: number | string): number {
  let h = 0x811c9dc5
  for (const byte of Buffer.from(String(seed))) h = Math.imul(h ^ byte, 0x01000193)
  return mix32(h)
}

/**
 * A counter-based stream of random numbers: (seed, purpose, i, j) gives the same stream whenever it is asked for, so
 * any part of the world can be made without making what stands before it (sfc32).
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number, purpose: number, i = 0, j = 0) {
    // i and j enter by bijections, so two streams of one purpose never share a state.
    this.#a = mix32(i ^ seed) | 0
    this.#b = mix32(j ^ 0x5bd1e995) | 0
    this.#c = hash32(seed, purpose, i, j) | 0
    for (let round = 0; round < 6; round++) this.next()
  }

  /** A whole number in [0, 2^32). */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter++) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** A number in [0, 1). */
  fraction(): number {
    return this.next() / 4294967296
  }

  /** A whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.fraction() * below)
  }

  /** A whole number from `low` to `high`, both possible. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T
  }

  digits(count: number): string {
    let text = ''
    for (let k = 0; k < count; k++) text += this.below(10)
    return text
  }
}
