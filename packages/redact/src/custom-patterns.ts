import { type CharacterSet, classSource, sizeOf } from './character-set.ts'
import { fold } from './characters.ts'
import { parsePattern } from './parse-pattern.ts'
import { type Automaton, automatonOf } from './pattern-automaton.ts'
import { assertLinear, valuesOf } from './pattern-linearity.ts'
import type { PatternRule } from './pattern-rule.ts'
import { matchesIn } from './pattern-search.ts'
import { PatternError, type PatternNode } from './pattern-syntax.ts'
import { customTypePattern, personalDataTypes, type Span } from './personal-data-type.ts'
import { type Phrase, PhraseMatcher, tokensOf } from './phrase-matcher.ts'
import { type ReplacementForms, replacementForms } from './replacement.ts'
import type { Gap } from './spans.ts'
import type { TextDetector } from './text-detector.ts'

/** Why a rule cannot be used. */
export interface PatternProblem {
  readonly index: number
  readonly field: keyof PatternRule
  readonly message: string
}

export interface CompiledRules {
  readonly detectors: readonly TextDetector[]
  readonly problems: readonly PatternProblem[]
  /** How many different values a type can have, at most. */
  readonly values: ReadonlyMap<string, number>
}

/** Compiles the rules of a policy; those that cannot be used are told and left out. */
export function compileRules(rules: readonly PatternRule[]): CompiledRules {
  const detectors: TextDetector[] = []
  const problems: PatternProblem[] = []
  const values = new Map<string, number>()
  const names = new Set<string>()
  const types = rules.map(({ type }) => type).filter((type) => customTypePattern.test(type))
  const forms = replacementForms(types, [...personalDataTypes, ...types])
  for (const [index, rule] of rules.entries()) {
    const problem = nameProblem(rule, names)
    names.add(rule.name)
    if (problem) {
      problems.push({ index, ...problem })
      continue
    }
    try {
      const pattern = parsePattern(rule.match, rule.flags)
      assertLinear(pattern)
      detectors.push(detectorOf(rule, pattern, forms))
      values.set(rule.type, (values.get(rule.type) ?? 0) + valuesOf(pattern))
    } catch (error) {
      if (!(error instanceof PatternError)) throw error
      problems.push({ index, field: 'match', message: error.message })
    }
  }
  return { detectors, problems, values }
}

const builtIn: ReadonlySet<string> = new Set(personalDataTypes)

function nameProblem({ name, type }: PatternRule, names: ReadonlySet<string>): Omit<PatternProblem, 'index'> | null {
  if (names.has(name)) return { field: 'name', message: 'another pattern has this name' }
  if (builtIn.has(type)) return { field: 'type', message: `${type} is a built-in type` }
  if (customTypePattern.test(type)) return null
  return { field: 'type', message: 'must be 2 to 32 upper-case letters, digits and underscores, a letter first' }
}

/** A text can hold a match only where it holds one of these. Half of all characters say nothing. */
const telling = 0x8000

function detectorOf({ name, type, words }: PatternRule, pattern: PatternNode, forms: ReplacementForms): TextDetector {
  const automaton = automatonOf(pattern)
  const rarest = requiredSets(pattern).toSorted((a, b) => sizeOf(a) - sizeOf(b))[0]
  const needed = rarest && sizeOf(rarest) < telling ? new RegExp(classSource(rarest)) : null
  const contexts = words && new PhraseMatcher(words.map((word) => phraseOf(word)))
  return {
    name,
    find(text) {
      if (needed && !needed.test(text)) return []
      const matches = matchesBeside(text, automaton, contexts, forms)
      return matches.map(({ start, end }): Span => {
        const value = normalised(text.slice(start, end))
        return { start, end, type, detector: name, score: contexts ? 0.9 : 0.8, value }
      })
    },
  }
}

/** Without case, spaces and punctuation, as people write numbers of customers now so, now so. */
function normalised(written: string): string {
  const folded = fold(written)
  return folded.replace(/[^\p{L}\p{N}]+/gu, '') || folded
}

/** Sets of which every match holds a character. */
function requiredSets(node: PatternNode): CharacterSet[] {
  if (node.kind === 'set') return [node.set]
  if (node.kind === 'sequence') return node.parts.flatMap(requiredSets)
  return node.kind === 'repeat' && node.min > 0 ? requiredSets(node.body) : []
}

function phraseOf(word: string): Phrase {
  // Of a type whose phrases stay apart where they stand together.
  return { tokens: tokensOf(word), type: 'ADDRESS', value: word, strength: 'strong' }
}

const wordBefore = 60
const wordBehind = 24

function matchesBeside(
  text: string,
  automaton: Automaton,
  contexts: PhraseMatcher | undefined,
  forms: ReplacementForms,
): readonly Gap[] {
  if (!contexts) return matchesIn(text, automaton)
  // What stands in a replacement is no word, and takes no room: else a second pass would see other words, or nearer ones.
  const replaced = forms.find(text)
  const words = outsideOf(replaced, contexts.find(text))
  if (words.length === 0) return []
  const place = placesWithout(replaced)
  let next = 0
  return matchesIn(text, automaton).filter(({ start, end }) => {
    // Both lists are in order: what ends too early for this match does for the ones behind it.
    while (next < words.length && place((words[next] as Gap).end) < place(start) - wordBefore) next++
    const word = words[next]
    return word !== undefined && place(word.start) <= place(end) + wordBehind
  })
}

/** Both lists are disjoint and in order. */
function outsideOf(gaps: readonly Gap[], spans: readonly Gap[]): readonly Gap[] {
  let next = 0
  return spans.filter(({ start, end }) => {
    while (next < gaps.length && (gaps[next] as Gap).end <= start) next++
    return end <= (gaps[next]?.start ?? Infinity)
  })
}

/** Where a position would be if the text had none of these stretches. */
function placesWithout(gaps: readonly Gap[]): (at: number) => number {
  const lengths: number[] = [0]
  for (const { start, end } of gaps) lengths.push((lengths.at(-1) as number) + end - start)
  return (at) => {
    let low = 0
    let high = gaps.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((gaps[middle] as Gap).end <= at) low = middle + 1
      else high = middle
    }
    return at - (lengths[low] as number)
  }
}
