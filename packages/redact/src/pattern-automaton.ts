import { type CharacterSet, characterSet, complement, has, lineEnds, wordCharacters } from './character-set.ts'
import type { Assertion, PatternNode } from './pattern-syntax.ts'

/** Behind the last state of a path. */
export const accepted = -1

/** One state. Arrows lead to states by number, or to {@link accepted}. */
export type State =
  | { readonly kind: 'set'; readonly classes: Uint8Array; readonly next: number }
  | { readonly kind: 'split'; readonly nexts: readonly number[] }
  | { readonly kind: 'assertion'; readonly test: Assertion; readonly next: number }

/** A nondeterministic automaton. Code units that no state tells apart are one class. */
export interface Automaton {
  readonly states: readonly State[]
  readonly start: number
  readonly classOf: Uint16Array
  /** By class, whether a match can begin with it. */
  readonly first: Uint8Array
}

/** Thompson's construction; counts become copies. */
export function automatonOf(pattern: PatternNode): Automaton {
  const states: State[] = []
  const sets = new Map<string, CharacterSet>()
  gatherSets(pattern, sets)
  const { classOf, samples } = classesOf([...sets.values()])
  const classesBySet = new Map<string, Uint8Array>()
  for (const [key, set] of sets)
    classesBySet.set(
      key,
      Uint8Array.from(samples, (code) => (has(set, code) ? 1 : 0)),
    )

  const add = (state: State): number => states.push(state) - 1
  /** Built from the end: each node is given what comes behind it. */
  const build = (node: PatternNode, next: number): number => {
    switch (node.kind) {
      case 'set':
        return add({ kind: 'set', classes: classesBySet.get(keyOf(node.set)) as Uint8Array, next })
      case 'assertion':
        return add({ kind: 'assertion', test: node.test, next })
      case 'sequence':
        return node.parts.reduceRight((behind, part) => build(part, behind), next)
      case 'choice':
        return add({ kind: 'split', nexts: node.options.map((option) => build(option, next)) })
      case 'repeat':
        return buildRepeat(node, next)
    }
  }
  const buildRepeat = ({ body, min, max }: PatternNode & { readonly kind: 'repeat' }, next: number): number => {
    let behind = next
    if (max === Infinity) {
      const nexts = [next]
      const again = add({ kind: 'split', nexts })
      nexts.push(build(body, again))
      behind = again
    } else
      for (let count = min; count < max; count++) behind = add({ kind: 'split', nexts: [next, build(body, behind)] })
    for (let count = 0; count < min; count++) behind = build(body, behind)
    return behind
  }
  const start = build(pattern, accepted)
  return { states, start, classOf, first: firstOf(states, start, samples.length) }
}

function gatherSets(node: PatternNode, sets: Map<string, CharacterSet>): void {
  if (node.kind === 'set') sets.set(keyOf(node.set), node.set)
  else if (node.kind === 'repeat') gatherSets(node.body, sets)
  else if (node.kind === 'sequence') for (const part of node.parts) gatherSets(part, sets)
  else if (node.kind === 'choice') for (const option of node.options) gatherSets(option, sets)
}

function keyOf(set: CharacterSet): string {
  return set.join(';')
}

interface Classes {
  readonly classOf: Uint16Array
  /** One code unit of each class. */
  readonly samples: readonly number[]
}

function classesOf(sets: readonly CharacterSet[]): Classes {
  // Assertions look at words and line ends.
  const all = [...sets, wordCharacters, lineEnds]
  const borders = characterBorders(all)
  const classOf = new Uint16Array(0x10000)
  const samples: number[] = []
  const byMembership = new Map<string, number>()
  for (const [index, from] of borders.entries()) {
    const membership = all.map((set) => (has(set, from) ? '1' : '0')).join('')
    let number = byMembership.get(membership)
    if (number === undefined) {
      number = samples.push(from) - 1
      byMembership.set(membership, number)
    }
    classOf.fill(number, from, borders[index + 1] ?? 0x10000)
  }
  return { classOf, samples }
}

/** Where any of the sets begins or ends. */
function characterBorders(sets: readonly CharacterSet[]): number[] {
  const borders = new Set([0])
  for (const set of sets) {
    for (const [from] of set) borders.add(from)
    for (const [from] of complement(characterSet(set))) borders.add(from)
  }
  return [...borders].sort((a, b) => a - b)
}

function firstOf(states: readonly State[], start: number, classes: number): Uint8Array {
  const first = new Uint8Array(classes)
  const seen = new Set<number>()
  const pending = [start]
  for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
    const state = states[number]
    if (!state || seen.has(number)) continue
    seen.add(number)
    if (state.kind === 'set') for (let each = 0; each < classes; each++) first[each] ||= state.classes[each] as number
    else if (state.kind === 'split') pending.push(...state.nexts)
    else pending.push(state.next)
  }
  return first
}
