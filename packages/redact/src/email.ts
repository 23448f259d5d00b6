import { digitValue, fold, ignored, kindOf, separator } from './characters.ts'
import type { Span } from './personal-data-type.ts'

const at = 0x40
const dot = 0x2e
const hyphen = 0x2d

/**
 * The e-mail address around the `@` at `position`, or null. Letters of every script are allowed on both sides; quoted local
 * parts and address literals are not attempted.
 */
export function emailAround(text: string, position: number): Span | null {
  const start = localStart(text, position)
  const end = start < position ? domainEnd(text, position + 1) : -1
  if (end < 0) return null
  return { start, end, type: 'EMAIL', detector: 'email', score: 1, value: normaliseEmail(text.slice(start, end)) }
}

/** Lower case, without width and diacritics. */
export function normaliseEmail(address: string): string {
  return fold(address.trim())
}

function localStart(text: string, position: number): number {
  let start = position
  while (start > 0 && isLocal(text.charCodeAt(start - 1))) start--
  // Leading punctuation belongs to the sentence: 'ada@example.org' in quotes.
  while (start < position && !isWord(text.charCodeAt(start))) start++
  return start
}

/** The end of the longest prefix that ends in a top-level domain, -1 if there is none. */
function domainEnd(text: string, from: number): number {
  let end = -1
  let labelStart = from
  for (let i = from; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : dot
    if (isWord(code) && code !== underscore) continue
    const isEmpty = i === labelStart
    if (labelStart > from && isTopLevel(text, labelStart, i) && text.charCodeAt(i - 1) !== hyphen) end = i
    if (isEmpty || (code !== dot && code !== hyphen)) break
    if (code === dot) labelStart = i + 1
  }
  return end
}

/** Two letters at the beginning; what is glued behind them (`example.org1`) goes along. */
function isTopLevel(text: string, start: number, end: number): boolean {
  return end - start >= 2 && isLetter(text.charCodeAt(start)) && isLetter(text.charCodeAt(start + 1))
}

function isLetter(code: number): boolean {
  return isWord(code) && digitValue(code) < 0
}

const underscore = 0x5f
/** `.` `_` `%` `+` `-` `'`: what people use in local parts beside letters and digits. */
const localPunctuation = new Set([dot, underscore, 0x25, 0x2b, hyphen, 0x27])

function isLocal(code: number): boolean {
  return code !== at && (isWord(code) || localPunctuation.has(code))
}

function isWord(code: number): boolean {
  if (code === underscore) return true
  const kind = kindOf(code)
  return kind !== separator && kind !== ignored
}
