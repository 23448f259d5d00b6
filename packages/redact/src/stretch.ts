import { type Context, type ContextWord, ContextWords } from './context-words.ts'
import { type DigitChain, digitChains } from './digit-groups.ts'
import type { Countries } from './national-id.ts'
import type { Rejected, SpanType } from './personal-data-type.ts'

/** What holds for all stretches of a text. */
export interface StretchOptions {
  /** What is known to stand before the text, as the label of a form field. */
  readonly before: string
  /** Types that are not looked for; what they would have covered is read as the others. */
  readonly ignored: ReadonlySet<SpanType>
  readonly countries: Countries
  readonly onRejected: ((candidate: Rejected) => void) | undefined
}

/** A stretch of text that is read by itself: nothing before its start nor from its end on counts. */
export class Stretch {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly options: StretchOptions
  #words: ContextWords | undefined
  #kinds: ReadonlySet<Context> | undefined
  #chains: readonly DigitChain[] | undefined

  constructor(text: string, start: number, end: number, options: StretchOptions) {
    this.text = text
    this.start = start
    this.end = end
    this.options = options
  }

  /** Its digits. */
  get chains(): readonly DigitChain[] {
    this.#chains ??= digitChains(this.text, this)
    return this.#chains
  }

  /**
   * Whether a word in the stretch, or its label, says that something is of a kind. Where none does, a detector that goes by
   * such words need not look at any number.
   */
  says(kind: Context): boolean {
    this.#kinds ??= this.#readKinds()
    return this.#kinds.has(kind)
  }

  /** What the telling word before a position says; nothing before `from` counts. */
  contextBefore(from: number, position: number): ContextWord | null {
    this.#words ??= new ContextWords(this.text, this.start, this.end)
    return this.#words.before(from, position) ?? (from === 0 && position <= labelled ? this.#labelWord() : null)
  }

  /**
   * What the characters from `start` to `end` are: told by the last word before them, by the label where the text begins
   * with them, or else by the first word behind; one in brackets behind goes before them: `9435 (PESEL)`.
   */
  contextOf(from: number, start: number, end: number): ContextWord | null {
    const before = this.contextBefore(from, start)
    const inBrackets = this.text.startsWith(' (', end) || this.text[end] === '('
    if (before && !inBrackets) return before
    owner.lastIndex = end
    const behind = owner.test(this.text) && owner.lastIndex < this.end ? owner.lastIndex : end
    return this.#words?.behind(behind, this.end) ?? before
  }

  kindBefore(from: number, position: number): Context | 'none' {
    return this.contextBefore(from, position)?.kind ?? 'none'
  }

  #readKinds(): ReadonlySet<Context> {
    this.#words ??= new ContextWords(this.text, this.start, this.end)
    const label = this.#labelWord()
    return label === null ? this.#words.kinds : new Set([...this.#words.kinds, label.kind])
  }

  #labelWord(): ContextWord | null {
    const { before } = this.options
    if (before === '') return null
    if (latest.before !== before) {
      latest = { before, word: new ContextWords(before, 0, before.length).before(0, before.length) }
    }
    return latest.word
  }
}

/** The label that was read last: it stands before many stretches. */
let latest: { readonly before: string; readonly word: ContextWord | null } = { before: '', word: null }

/** What stands further from the beginning of a text is not what its label names. */
const labelled = 32
const owner =
  /[\s,]{0,2}(?:is|was|ist|es|est|é|è|to|jest)\s(?:my|our|the|her|his|their|mein|meine|mi|mon|ma|il mio|meu|minha|mój)\s/iuy
