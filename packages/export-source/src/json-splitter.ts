import { parseJson } from '@custody/model'

/** An element of a list. */
export interface JsonElement {
  /** The name of the list within the outermost object; null for a list that is the whole document. */
  readonly list: string | null
  readonly text: string
}

/** A document that cannot be one. Its message quotes nothing. */
export class JsonFault extends Error {}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a

/**
 * Cuts a JSON document into the elements of its list, without ever holding the document: the list is the document itself,
 * or any list that is a member of the outermost object. The other members are kept as the {@link context}.
 *
 * It takes time in proportion to the text. Whether an element is proper JSON is for its reader to say.
 */
export class JsonSplitter {
  /** Members of the outermost object that are no lists, as far as they came; large ones are left out. */
  readonly context: Map<string, string> = new Map()
  readonly #maxCharacters: number
  /** What the text is directly in: nothing yet, a list, the outermost object, nothing any more. */
  #within: 'start' | 'list' | 'object' | 'end' = 'start'
  #list: string | null = null
  /** The member whose value comes next. */
  #member: string | null = null
  #parts: string[] = []
  #held = 0
  /** Brackets open within the value at hand. */
  #depth = 0
  #inString = false
  #escaped = false

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters
  }

  /** @throws JsonFault */
  push(text: string): JsonElement[] {
    const elements: JsonElement[] = []
    let from = 0
    const take = (end: number): string => {
      const value = this.#parts.join('') + text.slice(from, end)
      this.#parts = []
      this.#held = 0
      from = end + 1
      if (value.length > this.#maxCharacters) throw new JsonFault('an element is too large')
      return value.trim()
    }
    for (let at = 0; at < text.length; at += 1) {
      if (this.#inString) {
        at = this.#skipString(text, at)
        continue
      }
      const code = text.charCodeAt(at)
      // Most characters are neither punctuation nor brackets.
      if (code > BACKSLASH + 1 && code !== 0x7b && code !== 0x7d) continue
      switch (code) {
        case QUOTE:
          this.#inString = true
          break
        case 0x5b: // [
        case 0x7b: // {
          if (!this.#enter(code === 0x5b, () => take(at))) this.#depth += 1
          break
        case 0x5d: // ]
        case 0x7d: // }
          if (this.#depth > 0) this.#depth -= 1
          else this.#leave(code === 0x5d, take(at), elements)
          break
        case COMMA:
          if (this.#depth === 0) this.#flush(take(at), elements, false)
          break
        case COLON:
          if (this.#depth === 0 && this.#within === 'object') this.#member = nameOf(take(at))
          break
        default:
      }
    }
    if (from < text.length) {
      this.#parts.push(text.slice(from))
      this.#held += text.length - from
      if (this.#held > this.#maxCharacters) throw new JsonFault('an element is too large')
    }
    return elements
  }

  /** @throws JsonFault where the document is not at its end. */
  end(): void {
    const isOver = this.#within === 'end' && this.#parts.join('').trim() === ''
    if (!isOver) throw new JsonFault(this.#within === 'end' ? 'something follows behind its end' : 'it breaks off')
  }

  /** Goes on to the end of a string, or of the text. */
  #skipString(text: string, start: number): number {
    let at = start
    for (; at < text.length; at += 1) {
      if (this.#escaped) this.#escaped = false
      else {
        const code = text.charCodeAt(at)
        if (code === BACKSLASH) this.#escaped = true
        else if (code === QUOTE) {
          this.#inString = false
          return at
        }
      }
    }
    return at
  }

  /** Goes into the document, or into a list of its outermost object; false for a bracket within a value. */
  #enter(isList: boolean, take: () => string): boolean {
    if (this.#depth > 0) return false
    if (this.#within === 'start') {
      if (take() !== '') throw new JsonFault('it begins with something else')
      this.#within = isList ? 'list' : 'object'
      return true
    }
    if (this.#within === 'end') throw new JsonFault('it holds more than one document')
    if (this.#within === 'object' && this.#member !== null && isList) {
      if (take() !== '') throw new JsonFault('its members are not apart')
      this.#within = 'list'
      this.#list = this.#member
      return true
    }
    return false
  }

  #leave(isList: boolean, value: string, elements: JsonElement[]): void {
    if (isList !== (this.#within === 'list') || this.#within === 'start' || this.#within === 'end') {
      throw new JsonFault('its brackets do not match')
    }
    this.#flush(value, elements, true)
    this.#within = isList && this.#list !== null ? 'object' : 'end'
    this.#list = null
    this.#member = null
  }

  #flush(value: string, elements: JsonElement[], isLast: boolean): void {
    if (this.#within === 'list') {
      if (value !== '') elements.push({ list: this.#list, text: value })
      else if (!isLast) throw new JsonFault('an element is missing')
    } else if (this.#within === 'object') {
      if (this.#member !== null && value.length <= MAX_CONTEXT) this.context.set(this.#member, value)
      this.#member = null
    } else throw new JsonFault('there is a comma outside of it')
  }
}

/** Longer members of the outermost object say nothing about its lists. */
const MAX_CONTEXT = 4096

function nameOf(text: string): string {
  try {
    const name = parseJson(text)
    if (typeof name === 'string') return name
  } catch {
    // Told below.
  }
  throw new JsonFault('a member has no name')
}

/** Where the first value of a text ends; -1 where it goes on behind the text. */
export function firstValueEnd(text: string): number {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (inString) {
      if (character === '\\') at += 1
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') {
      depth -= 1
      if (depth <= 0) return at + 1
    }
  }
  return -1
}
