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
/** What lies beyond ASCII, or behind the end: nothing is known of it. */
const anySlot = 28
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
  /** 1 for three slots in a row that a stem begins with, so that most words cost one look. */
  readonly #beginnings = new Uint8Array(slotCount ** 3)

  /** Stems are of letters and separators. */
  add(stem: string, value: Value): void {
    const isWhole = stem.endsWith('=')
    const units = unitsOf(isWhole ? stem.slice(0, -1) : stem)
    let index = 0
    for (const unit of units) index = this.#step(index, unit) || this.#append(index, unit)
    this.#begins(units)
    this.#ends[index] = 1
    const node = this.#nodes[index] as Node<Value>
    if (isWhole) node.word ??= value
    else node.stem ??= value
  }

  /** All in a stretch, left to right, none inside another; reads nothing outside of it. */
  matches(text: string, from: number, to: number): TrieMatch<Value>[] {
    const found: TrieMatch<Value>[] = []
    const beginnings = this.#beginnings
    let isInWord = false
    for (let at = from; at < to; at++) {
      const code = text.charCodeAt(at)
      if (code < 0x80) {
        const first = slots[code] as number
        const isLetter = first !== 0 && first !== spaceSlot
        const isRest = isInWord && isLetter
        isInWord = isLetter
        if (!isLetter || isRest) continue
        const second = slotBehind(text, at + 1, to)
        const third = slotBehind(text, at + 2, to)
        if (beginnings[(first * slotCount + second) * slotCount + third] === 0) continue
      } else {
        const kind = kinds[code] || kindOf(code)
        if (kind === ignored || (isInWord && kind === letter)) continue
        isInWord = kind === letter
        if (kind !== letter && kind !== ideograph) continue
      }
      const match = this.#at(text, at, to)
      if (!match) continue
      found.push(match)
      at = match.end - 1
    }
    return found
  }

  #begins(units: readonly number[]): void {
    const slotOf = (unit: number): number => (unit < 0x80 ? (slots[unit] as number) : anySlot)
    const first = slotOf(units[0] as number)
    // Words may be written with a character beyond ASCII where the stem has none, or end before the third character.
    for (let second = 0; second < slotCount; second++) {
      for (let third = 0; third < slotCount; third++) {
        const isSecond = units[1] === undefined || second === anySlot || second === slotOf(units[1])
        const isThird = units[2] === undefined || third === anySlot || second === anySlot || third === slotOf(units[2])
        if (isSecond && isThird) this.#beginnings[(first * slotCount + second) * slotCount + third] = 1
      }
    }
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

function slotBehind(text: string, at: number, to: number): number {
  const code = at < to ? text.charCodeAt(at) : 0x80
  return code < 0x80 ? (slots[code] as number) : anySlot
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
