import { type CharacterSet, characterSet, intersection, sizeOf } from './character-set.ts'
import { isNullable, PatternError, type PatternNode, setsIn } from './pattern-syntax.ts'

/** More states than any sane pattern has; each costs time at every character. */
export const maximumStates = 1000

/** An unbounded quantifier, and what had to be matched since it. */
interface Loop {
  readonly set: CharacterSet
  readonly crossed: readonly CharacterSet[]
}

/**
 * Refuses what can match one text in ever more ways: an unbounded quantifier inside a quantifier that repeats, or after
 * another one that may take the same characters, or over alternatives that begin alike; and counts that multiply to more
 * than {@link maximumStates}. The search would be linear all the same; whoever wrote that meant something else, and other
 * engines would run for years.
 *
 * It refuses more than it has to: of what stands between two quantifiers only the characters count, not their order.
 *
 * @throws PatternError
 */
export function assertLinear(pattern: PatternNode): void {
  if (statesOf(pattern) > maximumStates)
    throw new PatternError(1, `counts multiply to more than ${maximumStates} states`)
  if (isNullable(pattern)) throw new PatternError(1, 'the pattern matches the empty text')
  follow(pattern, [])
}

/** How many states an automaton needs for it, at most. */
function statesOf(node: PatternNode): number {
  switch (node.kind) {
    case 'set':
    case 'assertion':
      return 1
    case 'sequence':
      return node.parts.reduce((sum, part) => sum + statesOf(part), 0)
    case 'choice':
      return node.options.reduce((sum, option) => sum + 1 + statesOf(option), 0)
    case 'repeat': {
      const copies = node.max === Infinity ? Math.max(1, node.min) : node.max
      return copies * (statesOf(node.body) + 1)
    }
  }
}

const maximumLoops = 200

/** Loops that may still be going on behind a node. */
function follow(node: PatternNode, loops: readonly Loop[]): readonly Loop[] {
  if (loops.length > maximumLoops) throw new PatternError(1, 'too many unbounded quantifiers')
  if (!isUnbounded(node)) return isNullable(node) ? loops : crossing(loops, unionOf(node))
  switch (node.kind) {
    case 'sequence':
      return node.parts.reduce((going, part) => follow(part, going), loops)
    case 'choice':
      return node.options
        .flatMap((option) => follow(option, loops).filter((loop) => !loops.includes(loop)))
        .concat(
          // What stood before goes on behind the group as behind any of its options.
          isNullable(node) ? loops : crossing(loops, unionOf(node)),
        )
    case 'repeat':
      return followRepeat(node, loops)
    default:
      return loops
  }
}

function followRepeat(node: PatternNode & { readonly kind: 'repeat' }, loops: readonly Loop[]): readonly Loop[] {
  const { body, min, max, at } = node
  if (max !== Infinity) {
    if (max > 1) throw new PatternError(at, 'a count repeats an unbounded quantifier')
    return [...loops, ...follow(body, loops)]
  }
  if (isUnbounded(body)) throw new PatternError(at, 'an unbounded quantifier stands inside another one')
  if (isNullable(body)) throw new PatternError(at, 'an unbounded quantifier repeats what may be empty')
  if (hasAlikeOptions(body)) throw new PatternError(at, 'alternatives that are repeated may begin alike')
  const set = unionOf(body)
  for (const loop of loops) {
    const both = intersection(loop.set, set)
    if (sizeOf(both) > 0 && loop.crossed.every((crossed) => sizeOf(intersection(crossed, both)) > 0))
      throw new PatternError(at, 'two unbounded quantifiers may take the same characters')
  }
  return [...(min === 0 ? loops : crossing(loops, set)), { set, crossed: [] }]
}

function crossing(loops: readonly Loop[], set: CharacterSet): readonly Loop[] {
  return loops.flatMap((loop) =>
    sizeOf(intersection(loop.set, set)) === 0 ? [] : [{ set: loop.set, crossed: [...loop.crossed, set] }],
  )
}

function hasAlikeOptions(node: PatternNode): boolean {
  if (node.kind === 'sequence') return node.parts.some(hasAlikeOptions)
  if (node.kind === 'repeat') return hasAlikeOptions(node.body)
  if (node.kind !== 'choice') return false
  let taken: CharacterSet = []
  for (const option of node.options) {
    const first = firstOf(option)
    if (sizeOf(intersection(taken, first)) > 0 || hasAlikeOptions(option)) return true
    taken = characterSet([...taken, ...first])
  }
  return false
}

/** What a match can begin with. */
function firstOf(node: PatternNode): CharacterSet {
  switch (node.kind) {
    case 'set':
      return node.set
    case 'assertion':
      return []
    case 'choice':
      return characterSet(node.options.flatMap(firstOf))
    case 'repeat':
      return firstOf(node.body)
    case 'sequence': {
      const taking = node.parts.findIndex((part) => !isNullable(part))
      return characterSet((taking < 0 ? node.parts : node.parts.slice(0, taking + 1)).flatMap(firstOf))
    }
  }
}

function isUnbounded(node: PatternNode): boolean {
  switch (node.kind) {
    case 'set':
    case 'assertion':
      return false
    case 'sequence':
      return node.parts.some(isUnbounded)
    case 'choice':
      return node.options.some(isUnbounded)
    case 'repeat':
      return node.max === Infinity || isUnbounded(node.body)
  }
}

function unionOf(node: PatternNode): CharacterSet {
  return characterSet(setsIn(node).flat())
}

/** How many different texts it matches, at most. */
export function valuesOf(node: PatternNode): number {
  switch (node.kind) {
    case 'set':
      return sizeOf(node.set)
    case 'assertion':
      return 1
    case 'sequence':
      return node.parts.reduce((product, part) => product * valuesOf(part), 1)
    case 'choice':
      return node.options.reduce((sum, option) => sum + valuesOf(option), 0)
    case 'repeat': {
      if (node.max === Infinity) return Infinity
      const once = valuesOf(node.body)
      let sum = 0
      for (let count = node.min; count <= node.max; count++) sum += once ** count
      return sum
    }
  }
}
