/** Numbers that look random and are the same at every run with the same seed. */
export interface Random {
  /** A whole number from 0 up to, not including, the limit. */
  below(limit: number): number
  pick<T>(choices: readonly T[]): T
  digits(count: number): string
  /** From 1 to 9 first, so that nobody reads it as shorter than it is. */
  number(digits: number): string
  letters(count: number): string
}

/** The generator mulberry32 (T. Ettinger, public domain): 32 bits of state are plenty for test data. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  const many = (count: number, one: () => string): string => Array.from({ length: count }, one).join('')
  return {
    below,
    pick: (choices) => choices[below(choices.length)] as (typeof choices)[number],
    digits: (count) => many(count, () => String(below(10))),
    number: (count) => String(1 + below(9)) + many(count - 1, () => String(below(10))),
    letters: (count) => many(count, () => String.fromCharCode(0x41 + below(26))),
  }
}
