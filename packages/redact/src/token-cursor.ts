import { foldUnit, ideograph, ignored, kindOf, kinds, letter, separator } from './characters.ts'

/**
 * Walks a text token by token: a token is a word, a run of digits, or one character of a script without word borders.
 * Allocates nothing; {@link hash} is over the folded token, so equal tokens of any spelling hash alike.
 */
export class TokenCursor {
  readonly text: string
  start = 0
  end = 0
  hash = 0

  constructor(text: string, from = 0) {
    this.text = text
    this.end = from
  }

  /** Moves to the next token; false at the end of the text. */
  next(): boolean {
    const { text } = this
    const { length } = text
    let at = this.end
    let code = 0
    let kind = separator as number
    for (; at < length; at++) {
      code = text.charCodeAt(at)
      kind = kinds[code] || kindOf(code)
      if (kind !== separator && kind !== ignored) break
    }
    if (at >= length) return false
    this.start = at
    let hash = 0
    // The loop every character of every message goes through: no calls for ASCII.
    for (let next = kind; ; ) {
      if (code >= 0x80) hash = hashOf(foldUnit(code), hash)
      else hash = (Math.imul(hash, 31) + (next === letter ? code | 0x20 : code)) | 0
      if (++at >= length) break
      code = text.charCodeAt(at)
      next = kinds[code] || kindOf(code)
      if (next !== ignored && (next !== kind || kind === ideograph)) break
    }
    this.end = at
    this.hash = hash
    return true
  }
}

/** The hash of a folded string, continuing from `seed`. */
export function hashOf(folded: string, seed = 0): number {
  let hash = seed
  for (let i = 0; i < folded.length; i++) hash = (Math.imul(hash, 31) + folded.charCodeAt(i)) | 0
  return hash
}
