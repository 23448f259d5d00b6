import { foldUnit, ideograph, ignored, kindOf, kinds, letter, separator } from './characters.ts'

/** A word or phrase of a {@link WordTrie} in a text. */
export interface TrieMatch<Value> {
  readonly start: number
  readonly end: number
  readonly value: Value
}

/** What ends at a node, and the nodes behind it that few words need. */
interface Node<Value> {
  /** Nodes by units beyond ASCII. */
  next?: Map<number, number>
  /** Where any word may begin like this. */
  stem?: Value
  /** Where the word has to end here. */
  word?: Value
}

/** Letters a to z as 1 to 26, all separators as 27; what no stem has as 0. */
const spaceSlot = 27
const slotCount = 32
const slots = new Uint8Array(0x80)
for (let code = 0; code < 0x80; code++) {
  const kind = kindOf(code)
  slots[code] = kind === letter ? (code | 0x20) - 0x60 : kind === separator ? spaceSlot : 0
}

/**
 * Finds beginnings of words, folded, without a regular expression: one walk a word, as long as the longest stem at most.
 *
 * A stem that ends in `=` has to be the whole word; a space in it stands for one separator of any kind. In scripts that
 * write no spaces between words, stems are found anywhere.
 */
export class WordTrie<Value> {
  readonly #nodes: Node<Value>[] = [{}]
  /** The node behind each node and slot, 0 for none: all in one small table, which stays in the cache of a processor. */
  #table = new Uint16Array(slotCount)
  /** 1 for nodes where something ends. */
  #ends = new Uint8Array(1)
  /** 1 for pairs of slots that a stem begins with, so that most words cost one look. */
  readonly #pairs = new Uint8Array(slotCount * slotCount)

  /** Stems are of letters and separators. */
  add(stem: string, value: Value): void {
    const isWhole = stem.endsWith('=')
    const units = unitsOf(isWhole ? stem.slice(0, -1) : stem)
    let index = 0
    for (const unit of units) index = this.#step(index, unit) || this.#append(index, unit)
    const [first = 0, second = 0] = units.map((unit) => (unit < 0x80 ? (slots[unit] as number) : 0))
    // One unit alone, or with a character beyond ASCII behind it, goes on with anything.
    if (second === 0) this.#pairs.fill(1, first * slotCount, (first + 1) * slotCount)
    else this.#pairs[first * slotCount + second] = 1
    this.#ends[index] = 1
    const node = this.#nodes[index] as Node<Value>
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
      if (kind === ignored || (isInWord && kind === letter)) continue
      if (kind === letter || kind === ideograph) {
        const match = code >= 0x80 || this.#mayBegin(text, at, code) ? this.#at(text, at, to) : null
        if (match) {
          found.push(match)
          at = match.end - 1
        }
      }
      isInWord = kind === letter
    }
    return found
  }

  /** Whether any stem begins with an ASCII letter and the character behind it. */
  #mayBegin(text: string, at: number, code: number): boolean {
    const next = text.charCodeAt(at + 1)
    return !(next < 0x80) || this.#pairs[(slots[code] as number) * slotCount + (slots[next] as number)] === 1
  }

  #at(text: string, start: number, to: number): TrieMatch<Value> | null {
    let end = 0
    let value: Value | undefined
    let index = 0
    for (let at = start; at < to; at++) {
      const code = text.charCodeAt(at)
      if (code < 0x80) index = this.#table[index * slotCount + (slots[code] as number)] as number
      else {
        const folded = unitsOf(text[at] as string)
        for (let part = 0; part < folded.length && (part === 0 || index > 0); part++) {
          index = this.#step(index, folded[part] as number)
        }
      }
      if (index === 0) break
      if (this.#ends[index] === 0) continue
      const node = this.#nodes[index] as Node<Value>
      if (node.stem !== undefined) {
        end = at + 1
        value = node.stem
      }
      if (node.word !== undefined && endsWord(text, at + 1, to)) {
        end = at + 1
        value = node.word
      }
    }
    return value === undefined ? null : { start, end, value }
  }

  #step(index: number, unit: number): number {
    if (unit >= 0x80) return this.#nodes[index]?.next?.get(unit) ?? 0
    return this.#table[index * slotCount + (slots[unit] as number)] as number
  }

  #append(index: number, unit: number): number {
    const made = this.#nodes.push({}) - 1
    if (made * slotCount >= this.#table.length) {
      const table = new Uint16Array(this.#table.length * 2)
      table.set(this.#table)
      this.#table = table
      const ends = new Uint8Array(this.#ends.length * 2)
      ends.set(this.#ends)
      this.#ends = ends
    }
    if (unit < 0x80) this.#table[index * slotCount + (slots[unit] as number)] = made
    else {
      const node = this.#nodes[index] as Node<Value>
      node.next ??= new Map()
      node.next.set(unit, made)
    }
    return made
  }
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
