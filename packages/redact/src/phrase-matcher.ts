import { fold } from './characters.ts'
import type { PersonalDataType, Span } from './personal-data-type.ts'
import { hashOf, TokenCursor } from './token-cursor.ts'

/**
 * How much a phrase says by itself.
 *
 * - `strong`: found wherever it stands.
 * - `word`: also an ordinary word; found where it is written with a capital, or beside another part of a name.
 * - `initial`: a letter, or a particle like Van, that is a capital one and beside another part of a name.
 * - `particle`: only between two parts of a name.
 */
export type Strength = 'strong' | 'word' | 'initial' | 'particle'

/** Consecutive tokens, folded, that are personal data. Make one with {@link tokensOf}. */
export interface Phrase {
  readonly tokens: readonly string[]
  readonly type: PersonalDataType
  /** The normalised value of the one it belongs to; null when it could be several. */
  readonly value: string | null
  readonly strength: Strength
  /** Whether its tokens are joined by punctuation, never by a space: what stands apart there are words of a name. */
  readonly isUnbroken?: boolean
}

interface Hit {
  readonly phrase: Phrase
  readonly strength: Strength
  readonly start: number
  readonly end: number
}

// Between two tokens of one phrase: ", " and the like.
const maximumGap = 3
const filterSize = 1024

/** Folded tokens of a text, see {@link TokenCursor}. */
export function tokensOf(text: string): string[] {
  const tokens: string[] = []
  for (const cursor = new TokenCursor(text); cursor.next(); ) tokens.push(fold(text.slice(cursor.start, cursor.end)))
  return tokens
}

/** Finds phrases in any case, width, with or without diacritics, with any short punctuation between their tokens. */
export class PhraseMatcher {
  readonly #byHash = new Map<number, Phrase[]>()
  // Says of nearly every token, without a look-up, that no phrase begins with it.
  readonly #filter = new Uint8Array(filterSize)

  constructor(phrases: Iterable<Phrase>) {
    for (const phrase of [...phrases].flatMap(withDecomposed)) {
      const hash = hashOf(phrase.tokens[0] ?? '')
      this.#filter[hash & (filterSize - 1)] = 1
      const list = this.#byHash.get(hash)
      if (list) list.push(phrase)
      else this.#byHash.set(hash, [phrase])
    }
    // The longest phrase wins, then the strongest.
    for (const list of this.#byHash.values())
      list.sort((a, b) => b.tokens.length - a.tokens.length || rank(a) - rank(b))
  }

  get isEmpty(): boolean {
    return this.#byHash.size === 0
  }

  /** Spans in order, overlaps not joined. Parts of one name that stand together are one span. */
  find(text: string): Span[] {
    if (this.isEmpty) return []
    const spans: Span[] = []
    let run: Hit[] = []
    const cursor = new TokenCursor(text)
    while (cursor.next()) {
      const hit = this.#filter[cursor.hash & (filterSize - 1)] === 1 ? this.#hitAt(text, cursor) : undefined
      if (!hit) continue
      cursor.end = hit.end
      if (isName(hit.phrase)) {
        const last = run.at(-1)
        if (last && !belongTogether(text, last, hit)) {
          for (const span of spansOfRun(text, run)) spans.push(span)
          run = []
        }
        run.push(hit)
      } else spans.push(spanOf(hit, hit, hit.phrase.value ?? hit.phrase.tokens.join(' ')))
    }
    for (const span of spansOfRun(text, run)) spans.push(span)
    return spans
  }

  #hitAt(text: string, cursor: TokenCursor): Hit | undefined {
    for (const phrase of this.#byHash.get(cursor.hash) ?? []) {
      const end = endOfPhrase(text, cursor.start, phrase)
      if (end < 0) continue
      return { phrase, strength: strengthIn(text, cursor.start, phrase), start: cursor.start, end }
    }
    return undefined
  }
}

function rank({ strength }: Phrase): number {
  return ['strong', 'word', 'initial', 'particle'].indexOf(strength)
}

function isName({ type }: Phrase): boolean {
  return type === 'NAME' || type === 'AGENT'
}

/** Hangul syllables and voiced kana are one token as they are typed and several in decomposed text (NFD). */
function withDecomposed(phrase: Phrase): Phrase[] {
  const tokens = phrase.tokens.flatMap(tokensOf)
  return tokens.length === phrase.tokens.length ? [phrase] : [phrase, { ...phrase, tokens }]
}

/** Where a phrase ends that begins at `start`; -1 where it does not stand there. */
export function endOfPhrase(
  text: string,
  start: number,
  { tokens, isUnbroken }: Pick<Phrase, 'tokens' | 'isUnbroken'>,
): number {
  const cursor = new TokenCursor(text, start)
  for (const [index, token] of tokens.entries()) {
    const previousEnd = cursor.end
    if (!cursor.next() || (index > 0 && cursor.start - previousEnd > maximumGap)) return -1
    if (isUnbroken && index > 0 && /\s/.test(text.slice(previousEnd, cursor.start))) return -1
    if (fold(text.slice(cursor.start, cursor.end)) !== token) return -1
  }
  return cursor.end
}

function strengthIn(text: string, start: number, { strength }: Phrase): Strength {
  if (strength !== 'word') return strength
  const first = text.charAt(start)
  return first === first.toLowerCase() ? 'word' : 'strong'
}

const endsPhrase = /[\n\r[\]!?;:。、！？，]/

function belongTogether(text: string, last: Hit, next: Hit): boolean {
  const gap = text.slice(last.end, next.start)
  if (gap.length > maximumGap || endsPhrase.test(gap) || last.phrase.type !== next.phrase.type) return false
  // The dot of an initial, or of a user name; any other ends a sentence.
  if (gap.includes('.') && gap.length > 1 && last.strength !== 'initial') return false
  return last.phrase.value === null || next.phrase.value === null || last.phrase.value === next.phrase.value
}

/** A run is a name when a part of it is sure. Particles at its edges, and lone letters in lower case, stay outside. */
function spansOfRun(text: string, run: readonly Hit[]): Span[] {
  if (run.length === 0 || !run.some(({ strength }) => strength === 'strong')) return []
  const isEdge = ({ strength, start }: Hit): boolean =>
    strength === 'strong' || strength === 'word' || (strength === 'initial' && isCapital(text.charAt(start)))
  const first = run.find(isEdge)
  const last = run.findLast(isEdge)
  if (!first || !last) return []
  const value = run.find(({ phrase }) => phrase.value !== null)?.phrase.value
  return [spanOf(first, last, value ?? tokensOf(text.slice(first.start, last.end)).toSorted().join(' '))]
}

function isCapital(character: string): boolean {
  return character !== character.toLowerCase()
}

function spanOf(first: Hit, last: Hit, value: string): Span {
  return { start: first.start, end: last.end, type: first.phrase.type, detector: 'identity', score: 1, value }
}
