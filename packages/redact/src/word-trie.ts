import { foldUnit, ideograph, ignored, kindOf, kinds, letter, separator } from './characters.ts'

/** A word or phrase of a {@link WordTrie} in a text. */
export interface TrieMatch<Value> {
  readonly start: number
  readonly end: number
  readonly value: Value
}

interface Node<Value> {
  /** By folded unit; a list for ASCII, which nearly all of them are. */
  readonly ascii: (Node<Value> | undefined)[]
  readonly next: Map<number, Node<Value>>
  /** Where any word may begin like this. */
  stem?: Value
  /** Where the word has to end here. */
  word?: Value
}

const space = 0x20

/**
 * Finds beginnings of words, folded, without a regular expression: one walk a word, as long as the longest stem at most.
 *
 * A stem that ends in `=` has to be the whole word; a space in it stands for one separator of any kind. In scripts that
 * write no spaces between words, stems are found anywhere.
 */
export class WordTrie<Value> {
  readonly #root: Node<Value> = emptyNode()
  /** 1 for ASCII letters that a stem begins with, so that most words cost one look. */
  readonly #first = new Uint8Array(0x80)

  add(stem: string, value: Value): void {
    const isWhole = stem.endsWith('=')
    let node = this.#root
    for (const unit of unitsOf(isWhole ? stem.slice(0, -1) : stem)) {
      const next: Node<Value> = step(node, unit) ?? emptyNode()
      if (unit < 0x80) node.ascii[unit] = next
      else node.next.set(unit, next)
      node = next
    }
    const first = stem.charCodeAt(0)
    if (first < 0x80) {
      this.#first[first] = 1
      this.#first[first & ~0x20] = 1
    }
    if (isWhole) node.word ??= value
    else node.stem ??= value
  }

  /** All in a stretch, left to right, none inside another; reads nothing outside of it. */
  matches(text: string, from: number, to: number): TrieMatch<Value>[] {
    const found: TrieMatch<Value>[] = []
    let isInWord = false
    for (let at = from; at < to; at++) {
      const code = text.charCodeAt(at)
      const kind = kinds[code] || kindOf(code)
      if (kind === ignored) continue
      if ((kind === letter && !isInWord) || kind === ideograph) {
        const match = code >= 0x80 || this.#first[code] === 1 ? this.#at(text, at, to) : null
        if (match) {
          found.push(match)
          at = match.end - 1
        }
      }
      isInWord = kind === letter
    }
    return found
  }

  #at(text: string, start: number, to: number): TrieMatch<Value> | null {
    let best: TrieMatch<Value> | null = null
    let node: Node<Value> | undefined = this.#root
    for (let at = start; at < to; at++) {
      const code = text.charCodeAt(at)
      if (code < 0x80) {
        const kind = kinds[code] || kindOf(code)
        node = node.ascii[kind === letter ? code | 0x20 : kind === separator ? space : code]
      } else for (const unit of unitsOf(text[at] as string)) node = node && step(node, unit)
      if (!node) return best
      if (node.stem !== undefined) best = { start, end: at + 1, value: node.stem }
      if (node.word !== undefined && endsWord(text, at + 1, to)) best = { start, end: at + 1, value: node.word }
    }
    return best
  }
}

function emptyNode<Value>(): Node<Value> {
  return { ascii: new Array<Node<Value> | undefined>(0x80).fill(undefined), next: new Map() }
}

function step<Value>(node: Node<Value>, unit: number): Node<Value> | undefined {
  return unit < 0x80 ? node.ascii[unit] : node.next.get(unit)
}

/** Folded; every separator as a space. */
function unitsOf(stem: string): number[] {
  const units: number[] = []
  for (let i = 0; i < stem.length; i++) {
    const code = stem.charCodeAt(i)
    const folded = kindOf(code) === separator ? ' ' : foldUnit(code)
    for (let part = 0; part < folded.length; part++) units.push(folded.charCodeAt(part))
  }
  return units
}

function endsWord(text: string, end: number, to: number): boolean {
  return end >= to || kindOf(text.charCodeAt(end)) !== letter
}
