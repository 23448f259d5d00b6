import { has, lineEnds, wordCharacters } from './character-set.ts'
import { type Automaton, accepted, type State } from './pattern-automaton.ts'
import type { Assertion } from './pattern-syntax.ts'
import type { Gap } from './spans.ts'

/**
 * Every stretch of a text that the automaton matches; overlapping ones are one stretch. In order.
 *
 * Reads each character once and follows every state at most once for it, whatever the text holds: time is the length of the
 * text times the number of states, at worst. A path that reaches a state later than one with an earlier beginning is given
 * up: what both match from there on, the earlier one covers.
 */
export function matchesIn(text: string, { states, start, classOf, first }: Automaton): Gap[] {
  const found: Gap[] = []
  let paths: Paths = { states: [], begins: [] }
  const visited = new Int32Array(states.length).fill(-1)
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : -1
    const unit = code < 0 ? -1 : (classOf[code] as number)
    const canBegin = unit >= 0 && first[unit] === 1
    if (paths.states.length === 0 && !canBegin) continue
    const next: Paths = { states: [], begins: [] }
    let isMatched = false
    const enter = (number: number, begin: number): void => {
      if (number === accepted) {
        // Paths come in the order of their beginnings: the first match at a place covers the others.
        if (!isMatched && begin < at) addMatch(found, begin, at)
        isMatched ||= begin < at
        return
      }
      if (visited[number] === at) return
      visited[number] = at
      const state = states[number] as State
      if (state.kind === 'split') for (const way of state.nexts) enter(way, begin)
      else if (state.kind === 'assertion') {
        if (holds(state.test, text, at)) enter(state.next, begin)
      } else if (unit >= 0 && state.classes[unit] === 1) {
        next.states.push(state.next)
        next.begins.push(begin)
      }
    }
    for (const [index, number] of paths.states.entries()) enter(number, paths.begins[index] as number)
    if (canBegin) enter(start, at)
    paths = next
  }
  return found
}

/** States to be entered, and where each path began: in ascending order. */
interface Paths {
  readonly states: number[]
  readonly begins: number[]
}

/** Matches come in the order of their ends. */
function addMatch(found: Gap[], start: number, end: number): void {
  let from = start
  for (let last = found.at(-1); last && last.end > from; last = found.at(-1)) {
    from = Math.min(from, last.start)
    found.pop()
  }
  found.push({ start: from, end })
}

function holds(test: Assertion, text: string, at: number): boolean {
  switch (test) {
    case 'start':
      return at === 0
    case 'end':
      return at === text.length
    case 'line-start':
      return at === 0 || has(lineEnds, text.charCodeAt(at - 1))
    case 'line-end':
      return at === text.length || has(lineEnds, text.charCodeAt(at))
    case 'border':
      return isWord(text, at - 1) !== isWord(text, at)
    case 'no-border':
      return isWord(text, at - 1) === isWord(text, at)
  }
}

function isWord(text: string, at: number): boolean {
  return at >= 0 && at < text.length && has(wordCharacters, text.charCodeAt(at))
}
