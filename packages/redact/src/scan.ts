import { digit, digitClass, kindOf } from './characters.ts'
import { documentNumberAt } from './document-number.ts'
import { emailAround } from './email.ts'
import { ibanAround } from './iban.ts'
import { ipv6Around } from './ip-address.ts'
import { macAddressAt } from './mac-address.ts'
import { readCode } from './national-id.ts'
import type { Span } from './personal-data-type.ts'
import { passwordAfter, secretAt } from './secret.ts'
import type { Stretch } from './stretch.ts'
import { urlAround, wwwAt } from './url.ts'

// Every detector but the digit-free ones starts from one of these.
const candidate = new RegExp(`[@＠_:${digitClass}]`, 'g')
// The expressions that every text is searched for. One class that is wider than need be, and words without a class among
// them, take half the time of what they stand for: V8 skips ahead in a text only where all alternatives are long.
const possible = /[@_:0-9\u0660-\uffff]/
const telling = /sswo|SSWO|sscod|www\.|WWW\.|EGIN /
const ascii = /[@_:0-9]/
const wide = new RegExp(`[＠${digitClass.slice('0-9'.length)}]`)
// Only for texts that have a candidate of either kind.
const keyword =
  /ss[wW]or|SSWOR|ss[cC]ode|ssphra|nnwort|ntrase[nñ]|senha|t de passe|[pP]wd|PWD|www\.|WWW\.|-BEGIN |eyJ|парол|密[码碼]|パスワード|비밀번호/g

/** Whether there is anything in the text that a detector could start from: one pass for each of two expressions. */
export function hasCandidates(text: string): boolean {
  return (possible.test(text) && (ascii.test(text) || wide.test(text))) || telling.test(text)
}

/** What the characters of a text prove by themselves, and whether there are digits to classify. */
export interface Scan {
  readonly spans: Span[]
  readonly hasDigits: boolean
}

/**
 * Stops at every character that personal data can begin from, and looks around it as far as its form allows. Each word with
 * a digit in it is looked at once. The stretches are of one text, in order, and searched in one go.
 */
export function scan(text: string, stretches: readonly Stretch[]): Scan {
  const spans: Span[] = []
  let hasDigits = false
  const hasUrls = !stretches[0]?.options.ignored.has('URL')
  let index = 0
  let runEnd = 0
  let wordUntil = 0
  let from = 0
  candidate.lastIndex = 0
  while (candidate.test(text)) {
    const position = candidate.lastIndex - 1
    index = indexAt(stretches, index, position)
    const stretch = stretches[index]
    if (!stretch) break
    if (position < stretch.start) {
      candidate.lastIndex = stretch.start
      continue
    }
    // What stands behind a span stands alone, as it will when the span is gone.
    from = Math.max(from, stretch.start)
    const code = text.charCodeAt(position)
    let span: Span | null
    let next = position + 1
    // A link goes on to the end of its line: not to be read again and again where links are kept.
    if (code === 0x3a)
      span = (hasUrls ? urlAround(text, position) : null) ?? ipv6Around(text, position) ?? macBefore(text, position)
    else if (code === 0x40 || code === 0xff20) span = emailAround(text, position)
    else {
      if (position >= wordUntil) wordUntil = wordEnd(text, position, stretch.end)
      next = wordUntil
      hasDigits ||= code !== underscore || next > position + 1
      const start = wordStart(text, position, from)
      const isFirst = start >= runEnd
      const runStart = isFirst ? startOfRun(text, start, Math.max(from, runEnd)) : start
      if (isFirst) runEnd = endOfRun(text, next, stretch.end)
      span = inWord(stretch, from, start, next, runStart)
    }
    if (span && !stretch.options.ignored.has(span.type)) {
      spans.push(span)
      // The rest of the word is a word of its own.
      next = Math.max(position + 1, span.end)
      from = next
    }
    candidate.lastIndex = next
  }
  byKeyword(text, stretches, spans)
  return { spans, hasDigits }
}

/** The first stretch, from `index` on, that ends behind a position. */
function indexAt(stretches: readonly Stretch[], index: number, position: number): number {
  let at = index
  while (at < stretches.length && (stretches[at] as Stretch).end <= position) at++
  return at
}

const underscore = 0x5f

/** Whatever begins with the word from `start` to `end`, which holds a digit or an underscore, or with the run it stands in. */
function inWord(stretch: Stretch, from: number, start: number, end: number, runStart: number): Span | null {
  const { text } = stretch
  return (
    ibanAround(text, start + 2, from) ??
    (end - start <= 4 ? macAddressAt(text, start) : null) ??
    secretAt(text, start) ??
    (runStart < start ? keyAt(text, runStart) : null) ??
    codeIn(stretch, from, start, end) ??
    (end - start >= 3 ? documentNumberAt(stretch, start, end) : null)
  )
}

/** A key or address that began before the first word with a digit in it. */
function keyAt(text: string, start: number): Span | null {
  return secretAt(text, start) ?? macAddressAt(text, start)
}

/** A MAC address whose first pair has no digit: `ab:cd:…`. */
function macBefore(text: string, position: number): Span | null {
  return position < 2 ? null : macAddressAt(text, position - 2)
}

/** A national id with letters, whose first ones may stand apart: `AB 12 34 56 C`, `X-1234567-L`. */
function codeIn(stretch: Stretch, from: number, start: number, end: number): Span | null {
  const { text, options } = stretch
  const first = leadStart(text, start, from)
  // No code begins with fewer digits.
  if (isDigit(text.charCodeAt(first)) ? end - first < 6 || !mayBeCode(text, first) : end - first < 3) return null
  const reading =
    readCode(text, first, options.countries) ?? (first < start ? readCode(text, start, options.countries) : null)
  if (!reading || reading.end < end || reading.end > stretch.end) return null
  const { rule, code } = reading
  const span: Span = {
    start: reading.start,
    end: reading.end,
    type: rule.type,
    detector: rule.name,
    score: 0.9,
    value: code,
  }
  if (stretch.kindBefore(stretch.start, reading.start) !== 'other') return span
  options.onRejected?.({
    start: span.start,
    end: span.end,
    type: rule.type,
    detector: rule.name,
    reason: 'other-context',
  })
  return null
}

/** Whether what begins with a digit has a letter within the longest code, or the sign of a century in its place. */
function mayBeCode(text: string, start: number): boolean {
  const seventh = text.charCodeAt(start + 6)
  if (seventh === hyphen || seventh === plus) return true
  for (let at = start + 6, limit = start + 18; at < limit; at++) {
    if ((text.charCodeAt(at) | 0x20) >= 0x61 && isWord(text.charCodeAt(at))) return true
  }
  return false
}

/** Where letters begin that stand apart before a word; the word itself if there are none. */
function leadStart(text: string, start: number, from: number): number {
  const before = text.charCodeAt(start - 1)
  if (start <= from || (before !== 0x20 && before !== hyphen)) return start
  const first = wordStart(text, start - 1, from)
  return leads.has(start - 1 - first) ? first : start
}

/** How many letters may stand apart. */
const leads: ReadonlySet<number> = new Set([1, 2, 4, 6])
const hyphen = 0x2d
const plus = 0x2b
const dot = 0x2e

/** Where the run of letters, digits, dots, hyphens and underscores that a word stands in begins: keys may hold all of them. */
function startOfRun(text: string, start: number, from: number): number {
  let at = start
  while (at > from && isRun(text.charCodeAt(at - 1))) at--
  return at
}

function endOfRun(text: string, end: number, limit: number): number {
  let at = end
  while (at < limit && isRun(text.charCodeAt(at))) at++
  return at
}

function isRun(code: number): boolean {
  return isWord(code) || code === hyphen || code === dot || code === underscore
}

function wordStart(text: string, position: number, from: number): number {
  let at = position
  while (at > from && isWord(text.charCodeAt(at - 1))) at--
  return at
}

function wordEnd(text: string, position: number, limit: number): number {
  let at = position + 1
  while (at < limit && (isWord(text.charCodeAt(at)) || kindOf(text.charCodeAt(at)) === digit)) at++
  return at
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** ASCII letters and digits. */
function isWord(code: number): boolean {
  return isDigit(code) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a)
}

function byKeyword(text: string, stretches: readonly Stretch[], spans: Span[]): void {
  let index = 0
  keyword.lastIndex = 0
  while (keyword.test(text)) {
    const behind = keyword.lastIndex
    index = indexAt(stretches, index, behind - 1)
    const stretch = stretches[index]
    if (!stretch) break
    if (behind - 1 < stretch.start) {
      keyword.lastIndex = stretch.start
      continue
    }
    const span = announcedBy(text, behind, stretch)
    if (!span || span.end > stretch.end || stretch.options.ignored.has(span.type)) continue
    spans.push(span)
    keyword.lastIndex = Math.max(behind, span.end)
  }
}

/** What a keyword that ends at `behind` begins or announces. */
function announcedBy(text: string, behind: number, { start, options }: Stretch): Span | null {
  const last = text.charCodeAt(behind - 1)
  if (last === dot) return options.ignored.has('URL') ? null : wwwAt(text, behind - 4)
  if (last === 0x4a) return isWord(text.charCodeAt(behind - 4)) ? null : secretAt(text, behind - 3)
  return last === 0x20 ? secretAt(text, Math.max(start, behind - '-----BEGIN '.length)) : passwordAfter(text, behind)
}
