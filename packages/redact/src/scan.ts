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
// The two expressions that every text is searched for. What lies beyond Latin-1 stands in the second, where V8 leaves it out
// for texts without; few alternatives that begin alike cost a quarter of many.
const ascii = /[@_:0-9]/
const telling = new RegExp(`sswo|SSWO|sscod|www\\.|WWW\\.|EGIN |[＠${digitClass.slice('0-9'.length)}]`)
// Only for texts that have a candidate of either kind.
const keyword =
  /ss[wW]or|SSWOR|ss[cC]ode|ssphra|nnwort|ntrase[nñ]|senha|t de passe|[pP]wd|PWD|www\.|WWW\.|-BEGIN |eyJ|парол|密[码碼]|パスワード|비밀번호/g

/** Whether there is anything in the text that a detector could start from: one pass for each of two expressions. */
export function hasCandidates(text: string): boolean {
  return ascii.test(text) || telling.test(text)
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
    const code = text.charCodeAt(position)
    let span: Span | null
    let next = position + 1
    // A link goes on to the end of its line: not to be read again and again where links are kept.
    if (code === 0x3a)
      span = (hasUrls ? urlAround(text, position) : null) ?? ipv6Around(text, position) ?? macBefore(text, position)
    else if (code === 0x40 || code === 0xff20) span = emailAround(text, position)
    else {
      next = wordEnd(text, position, stretch.end)
      hasDigits ||= code !== underscore || next > position + 1
      span = inWord(stretch, wordStart(text, position, stretch.start), next)
    }
    if (span && !stretch.options.ignored.has(span.type)) {
      spans.push(span)
      next = Math.max(next, span.end)
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

/** Whatever begins with the word from `start` to `end`, which holds a digit or an underscore. */
function inWord(stretch: Stretch, start: number, end: number): Span | null {
  const { text } = stretch
  return (
    ibanAround(text, start + 2) ??
    (end - start <= 4 ? macAddressAt(text, start) : null) ??
    keyAt(stretch, start) ??
    codeIn(stretch, start, end) ??
    (end - start >= 3 ? documentNumberAt(stretch, start, end) : null)
  )
}

/** A key or address that the word is a part of, and that began before it. */
function keyAt({ text, start: from }: Stretch, start: number): Span | null {
  const first = keyStart(text, start, from)
  return secretAt(text, first) ?? (first < start ? macAddressAt(text, first) : null)
}

/** A MAC address whose first pair has no digit: `ab:cd:…`. */
function macBefore(text: string, position: number): Span | null {
  return position < 2 ? null : macAddressAt(text, position - 2)
}

/** A national id with letters, whose first ones may stand apart: `AB 12 34 56 C`, `X-1234567-L`. */
function codeIn(stretch: Stretch, start: number, end: number): Span | null {
  const { text, options } = stretch
  const first = leadStart(text, start, stretch.start)
  // No code begins with fewer digits.
  if (end - first < (isDigit(text.charCodeAt(first)) ? 6 : 3)) return null
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
const dot = 0x2e
const maximumPrefix = 40

/** Where a key that the word is part of would begin: dots and hyphens are parts of some. */
function keyStart(text: string, start: number, from: number): number {
  const limit = Math.max(from, start - maximumPrefix)
  let at = start
  while (at > limit) {
    const code = text.charCodeAt(at - 1)
    if (code !== hyphen && code !== dot && code !== underscore && !isWord(code)) break
    at--
  }
  return at
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
