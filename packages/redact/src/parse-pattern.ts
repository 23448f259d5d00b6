import {
  type CharacterSet,
  characterSet,
  complement,
  digits,
  inAnyCase,
  lineEnds,
  spaces,
  withProperty,
  wordCharacters,
} from './character-set.ts'
import { type Assertion, PatternError, type PatternNode, sequence } from './pattern-syntax.ts'

const maximumDepth = 30
/** The highest count a quantifier may name. */
const maximumCount = 255

/**
 * Reads a pattern in the subset of regular expressions that can be searched in linear time:
 *
 * - characters, `.`, classes `[a-z]`, `[^…]`, `\d \D \w \W \s \S`, `\p{…}` and `\P{…}`, `\t \n \r \f \v`, `\xHH`, `\uHHHH`;
 * - groups `(…)`, `(?:…)`, `(?<name>…)`, alternatives `a|b`;
 * - `?`, `*`, `+`, `{n}`, `{n,}`, `{n,m}` up to 255, also lazy ones: every stretch that can match is found in any case;
 * - `^`, `$`, `\b`, `\B`.
 *
 * `\p{…}` and `.` know the Basic Multilingual Plane; an emoji counts as two characters.
 *
 * @throws PatternError for anything else: lookaround, backreferences, inline flags, classes in classes.
 */
export function parsePattern(source: string, flags = ''): PatternNode {
  return new Parser(source, flags.includes('i'), flags.includes('m')).parse()
}

class Parser {
  readonly #source: string
  readonly #anyCase: boolean
  readonly #isMultiline: boolean
  #at = 0
  #depth = 0

  constructor(source: string, anyCase: boolean, isMultiline: boolean) {
    this.#source = source
    this.#anyCase = anyCase
    this.#isMultiline = isMultiline
  }

  parse(): PatternNode {
    const node = this.#choice()
    if (this.#at < this.#source.length) throw this.#error('a ) without its (')
    return node
  }

  #choice(): PatternNode {
    if (++this.#depth > maximumDepth) throw this.#error(`groups are nested more than ${maximumDepth} deep`)
    const options = [this.#sequence()]
    while (this.#take('|')) options.push(this.#sequence())
    this.#depth--
    return options.length === 1 ? (options[0] as PatternNode) : { kind: 'choice', options }
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = []
    while (this.#at < this.#source.length && !'|)'.includes(this.#peek())) parts.push(this.#quantified())
    return sequence(parts)
  }

  #quantified(): PatternNode {
    const body = this.#atom()
    const at = this.#at + 1
    const range = this.#quantifier()
    if (!range) return body
    if (body.kind === 'assertion') throw new PatternError(at, 'nothing to repeat')
    this.#take('?')
    if (this.#at < this.#source.length && '*+?'.includes(this.#peek()))
      throw this.#error('a quantifier after a quantifier')
    return { kind: 'repeat', body, ...range, at }
  }

  #quantifier(): { readonly min: number; readonly max: number } | null {
    if (this.#take('*')) return { min: 0, max: Infinity }
    if (this.#take('+')) return { min: 1, max: Infinity }
    if (this.#take('?')) return { min: 0, max: 1 }
    if (this.#peek() !== '{') return null
    const [written, from = '', comma, to = ''] = /^\{(\d{1,6})(,)?(\d{1,6})?\}/.exec(this.#source.slice(this.#at)) ?? []
    if (!written) throw this.#error('write a { that is no count as \\{')
    const min = Number(from)
    const max = comma ? (to === '' ? Infinity : Number(to)) : min
    if (min > maximumCount || (max !== Infinity && max > maximumCount))
      throw this.#error(`counts go up to ${maximumCount}`)
    if (max < min || max === 0) throw this.#error('this count matches nothing')
    this.#at += written.length
    return { min, max }
  }

  #atom(): PatternNode {
    const character = this.#next()
    if (character === '(') return this.#group()
    if (character === '[') return this.#set(this.#class())
    if (character === '.') return this.#set(complement(lineEnds))
    if (character === '^') return assertion(this.#isMultiline ? 'line-start' : 'start')
    if (character === '$') return assertion(this.#isMultiline ? 'line-end' : 'end')
    if ('*+?{'.includes(character)) throw this.#errorBefore('nothing to repeat')
    if (character !== '\\') return this.#literal(character)
    if (this.#take('b')) return assertion('border')
    if (this.#take('B')) return assertion('no-border')
    return this.#set(this.#escape())
  }

  #group(): PatternNode {
    if (this.#take('?')) {
      if (this.#source.startsWith('<=', this.#at) || this.#source.startsWith('<!', this.#at))
        throw this.#error('lookbehind is not supported')
      if ('=!'.includes(this.#peek())) throw this.#error('lookahead is not supported')
      const [start] = /^(?::|<[A-Za-z_]\w{0,31}>)/.exec(this.#source.slice(this.#at, this.#at + 40)) ?? []
      if (!start) throw this.#error('inline flags and special groups are not supported')
      this.#at += start.length
    }
    const opened = this.#at
    const node = this.#choice()
    if (!this.#take(')')) throw new PatternError(opened, 'a ( without its )')
    return node
  }

  #class(): CharacterSet {
    const opened = this.#at
    const isNegated = this.#take('^')
    const ranges: (readonly [number, number])[] = []
    while (!this.#take(']')) {
      if (this.#at >= this.#source.length) throw new PatternError(opened, 'a [ without its ]')
      const from = this.#classPart()
      if (this.#peek() !== '-' || this.#source[this.#at + 1] === ']') {
        ranges.push(...from)
        continue
      }
      this.#next()
      if (this.#at >= this.#source.length) throw new PatternError(opened, 'a [ without its ]')
      const [first, last] = [single(from), single(this.#classPart())]
      if (first === null || last === null || last < first) throw this.#error('this range has no beginning or end')
      ranges.push([first, last])
    }
    if (ranges.length === 0 && !isNegated) throw new PatternError(opened, 'an empty class matches nothing')
    const set = characterSet(ranges)
    // The other case first: [^a] in any case is neither a nor A.
    if (!isNegated) return set
    return complement(this.#anyCase ? inAnyCase(set) : set)
  }

  #classPart(): CharacterSet {
    const character = this.#next()
    if (character === '\\') return this.#take('b') ? oneUnit('\b') : this.#escape()
    if (character === '[') throw this.#errorBefore('write a [ in a class as \\[')
    if (character === '&' && this.#peek() === '&') throw this.#errorBefore('classes cannot be intersected')
    if (character.length > 1) throw this.#errorBefore('characters beyond U+FFFF cannot stand in a class')
    return oneUnit(character)
  }

  #escape(): CharacterSet {
    if (this.#at >= this.#source.length) throw this.#error('a \\ at the end')
    const character = this.#next()
    const known = classEscapes[character]
    if (known) return known
    if (character === 'p' || character === 'P') return this.#property(character === 'P')
    if (character === 'x') return this.#code(/^[0-9A-Fa-f]{2}/)
    if (character === 'u') return this.#code(/^[0-9A-Fa-f]{4}/)
    if (/[1-9k]/.test(character)) throw this.#errorBefore('backreferences are not supported')
    if (character === '0') return oneUnit('\0')
    if (/[A-Za-z]/.test(character) || character.length > 1) throw this.#errorBefore('this escape is not supported')
    return oneUnit(character)
  }

  #code(form: RegExp): CharacterSet {
    const [written] = form.exec(this.#source.slice(this.#at, this.#at + 4)) ?? []
    if (!written) throw this.#error('a hexadecimal code is missing')
    this.#at += written.length
    return oneUnit(String.fromCharCode(Number.parseInt(written, 16)))
  }

  #property(isNegated: boolean): CharacterSet {
    const [written, property = ''] = /^\{([^}]{1,64})\}/.exec(this.#source.slice(this.#at, this.#at + 66)) ?? []
    const set = withProperty(property)
    if (!written || !set) throw this.#error('this Unicode property is not known')
    this.#at += written.length
    return isNegated ? complement(set) : set
  }

  /** A character beyond U+FFFF is two units, which are repeated together. */
  #literal(character: string): PatternNode {
    const units = Array.from({ length: character.length }, (_, index) => this.#set(oneUnit(character.charAt(index))))
    return sequence(units)
  }

  #set(set: CharacterSet): PatternNode {
    return { kind: 'set', set: this.#anyCase ? inAnyCase(set) : set }
  }

  #peek(): string {
    return this.#source.charAt(this.#at)
  }

  #next(): string {
    const character = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0)
    this.#at += character.length
    return character
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false
    this.#at++
    return true
  }

  #error(why: string): PatternError {
    return new PatternError(this.#at + 1, why)
  }

  #errorBefore(why: string): PatternError {
    return new PatternError(this.#at, why)
  }
}

const classEscapes: Readonly<Record<string, CharacterSet>> = Object.assign(Object.create(null), {
  d: digits,
  D: complement(digits),
  w: wordCharacters,
  W: complement(wordCharacters),
  s: spaces,
  S: complement(spaces),
  t: oneUnit('\t'),
  n: oneUnit('\n'),
  r: oneUnit('\r'),
  f: oneUnit('\f'),
  v: oneUnit('\v'),
})

function oneUnit(character: string): CharacterSet {
  return [[character.charCodeAt(0), character.charCodeAt(0)]]
}

function single(set: CharacterSet): number | null {
  const [range] = set
  return range && set.length === 1 && range[0] === range[1] ? range[0] : null
}

function assertion(test: Assertion): PatternNode {
  return { kind: 'assertion', test }
}
