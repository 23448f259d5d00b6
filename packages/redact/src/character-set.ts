/** A set of UTF-16 code units: ranges in order, apart from each other, both ends inside. */
export type CharacterSet = readonly (readonly [from: number, to: number])[]

const last = 0xffff

/** The ranges in order, joined where they meet. */
export function characterSet(ranges: Iterable<readonly [number, number]>): CharacterSet {
  const joined: [number, number][] = []
  for (const [from, to] of [...ranges].toSorted((a, b) => a[0] - b[0])) {
    const before = joined.at(-1)
    if (before && from <= before[1] + 1) before[1] = Math.max(before[1], to)
    else joined.push([from, to])
  }
  return joined
}

export function complement(set: CharacterSet): CharacterSet {
  const rest: [number, number][] = []
  let next = 0
  for (const [from, to] of set) {
    if (from > next) rest.push([next, from - 1])
    next = to + 1
  }
  if (next <= last) rest.push([next, last])
  return rest
}

export function intersection(a: CharacterSet, b: CharacterSet): CharacterSet {
  const both: [number, number][] = []
  let i = 0
  let j = 0
  for (let x = a[i], y = b[j]; x && y; x = a[i], y = b[j]) {
    const from = Math.max(x[0], y[0])
    const to = Math.min(x[1], y[1])
    if (from <= to) both.push([from, to])
    if (x[1] < y[1]) i++
    else j++
  }
  return both
}

export function has(set: CharacterSet, code: number): boolean {
  let low = 0
  let high = set.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const [from, to] = set[middle] as readonly [number, number]
    if (code < from) high = middle - 1
    else if (code > to) low = middle + 1
    else return true
  }
  return false
}

/** How many code units it holds. */
export function sizeOf(set: CharacterSet): number {
  return set.reduce((sum, [from, to]) => sum + to - from + 1, 0)
}

/** The source text of a RegExp class that holds the same. */
export function classSource(set: CharacterSet): string {
  const unit = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`
  return `[${set.map(([from, to]) => `${unit(from)}-${unit(to)}`).join('')}]`
}

export const lineEnds: CharacterSet = characterSet([
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
])
export const digits: CharacterSet = [[0x30, 0x39]]
export const wordCharacters: CharacterSet = characterSet([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
])
export const spaces: CharacterSet = matching(/\s/)

const byProperty = new Map<string, CharacterSet | null>()

/** The characters of the Basic Multilingual Plane with a Unicode property, as `L` or `Script=Greek`; null for an unknown one. */
export function withProperty(property: string): CharacterSet | null {
  if (!/^[A-Za-z_]+(?:=[A-Za-z_]+)?$/.test(property)) return null
  const known = byProperty.get(property)
  if (known !== undefined) return known
  let set: CharacterSet | null
  try {
    set = matching(new RegExp(`\\p{${property}}`, 'u'))
  } catch {
    set = null
  }
  byProperty.set(property, set)
  return set
}

function matching(character: RegExp): CharacterSet {
  const ranges: [number, number][] = []
  for (let code = 0; code <= last; code++) {
    if (!character.test(String.fromCharCode(code))) continue
    const before = ranges.at(-1)
    if (before && before[1] === code - 1) before[1] = code
    else ranges.push([code, code])
  }
  return ranges
}

let cases: readonly (readonly [lower: number, upper: number])[] | undefined

/** With every character in its other case too. */
export function inAnyCase(set: CharacterSet): CharacterSet {
  cases ??= casePairs()
  const more: (readonly [number, number])[] = [...set]
  for (const [lower, upper] of cases) {
    if (has(set, lower)) more.push([upper, upper])
    if (has(set, upper)) more.push([lower, lower])
  }
  return characterSet(more)
}

function casePairs(): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = []
  for (let code = 0; code <= last; code++) {
    const upper = String.fromCharCode(code).toUpperCase()
    if (upper.length === 1 && upper.charCodeAt(0) !== code) pairs.push([code, upper.charCodeAt(0)])
  }
  return pairs
}
