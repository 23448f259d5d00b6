import { createHash } from 'node:crypto'

/** A sequence of numbers that looks random and is the same for the same seed. */
export interface Random {
  /** A whole number of `from` to `to`, both inside. */
  number(from: number, to: number): number
  pick<T>(list: readonly T[]): T
  /** So many decimal digits, the first not 0. */
  digits(length: number): string
  /** So many characters of an alphabet. */
  text(alphabet: string, length: number): string
}

export function createRandom(seed: string): Random {
  // Mulberry32, by Tommy Ettinger: enough for examples.
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const number = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1))
  const text = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet.charAt(number(0, alphabet.length - 1))).join('')
  return {
    number,
    pick: (list) => list[number(0, list.length - 1)] as (typeof list)[number],
    digits: (length) => text('123456789', 1) + text('0123456789', length - 1),
    text,
  }
}
