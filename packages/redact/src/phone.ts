import { kindOf, letter } from './characters.ts'
import { type Context, firstContext, lastContext } from './context-words.ts'
import { type DigitChain, digitChains, digitsOf, endOf, openingOf, startOf } from './digit-groups.ts'
import { isDate, isIpAddress, isYearRange } from './number-shape.ts'
import type { Span } from './personal-data-type.ts'
import { maximumPhoneDigits, phoneValue } from './phone-value.ts'
import type { Gap } from './spans.ts'

const minimumDigits = 7
const leftWindow = 40
const rightWindow = 14

/** What stands between the groups of one phone number: a space, dot, dash or slash, brackets, zero-width characters. */
const unusualSeparator =
  /^(?:\p{Cf}|\u20e3|\ufe0f)*(?:\.|[ \t\u00a0\u2009\u202f\u3000]|[ \u00a0]?[-/‐-―－][ \u00a0]?|[ \u00a0]?\([ ]?|[ ]?\)[ \u00a0.\-/]?)?(?:\p{Cf}|\u20e3|\ufe0f)*$/u
const usualSeparators = ' -./'
const extension = /^[ ,;]{0,2}(?:x|ext\.?|extn\.?|extension|durchwahl|dw\.?|poste)[ .:]{0,2}\d{1,6}(?!\d)/i
const unit = /^ ?(?:[€$£¥₹%°]|(?:eur|usd|gbp|chf|kr|kg|km|gb|mb|ml|cm|mm|pcs|stk)(?!\p{L}))/iu
const currency = /[€$£¥₹#№] ?$|(?<!\p{L})(?:eur|usd|gbp|chf) ?$/iu

function isSeparator(separator: string): boolean {
  return separator.length === 1 && usualSeparators.includes(separator) ? true : unusualSeparator.test(separator)
}

/**
 * Phone numbers by their form in a stretch of text that holds none of the conversation's own.
 *
 * `before` is what is known to stand before the stretch, as the label of a form field; empty for none.
 */
export function findPhones(text: string, gap: Gap, before: string): Span[] {
  const spans: Span[] = []
  let from = gap.start
  for (const chain of digitChains(text, gap, isSeparator)) {
    if (digitsOf(chain).length < minimumDigits) continue
    for (const span of phonesIn(chain)) {
      spans.push(span)
      from = span.end
    }
  }
  return spans

  function phonesIn(chain: DigitChain): Span[] {
    const whole = accept(chain)
    if (whole) return [whole]
    const pieces = segments(text, chain)
    if (pieces.length === 1) return []
    const found: Span[] = []
    let rejected: DigitChain[] = []
    for (const piece of pieces) {
      const span = accept(piece)
      if (!span) {
        rejected.push(piece)
        continue
      }
      found.push(...joined(rejected), span)
      from = span.end
      rejected = []
    }
    if (found.length > 0) found.push(...joined(rejected))
    return found
  }

  /** What is left between two numbers is read once more as a whole: so would a second run. */
  function joined(pieces: readonly DigitChain[]): Span[] {
    const span = pieces.length > 1 ? accept(pieces.flat()) : null
    return span ? [span] : []
  }

  function accept(chain: DigitChain): Span | null {
    const digits = digitsOf(chain)
    if (digits.length < minimumDigits || digits.length > maximumPhoneDigits + 2) return null
    const start = openingOf(text, Math.max(from, gap.start), startOf(chain), endOf(chain))
    const separators = separatorsOf(text, chain)
    if (isDate(chain, separators) || isIpAddress(chain, separators) || isYearRange(chain)) return null
    const hasPlus = /[+＋]/.test(text.slice(start, startOf(chain)))
    const value = phoneValue(chain, hasPlus)
    if (value === null) return null
    const left = `${from === 0 && start <= leftWindow ? `${before} ` : ''}${text.slice(Math.max(from, start - leftWindow), start)}`
    const ending = text.slice(endOf(chain), Math.min(gap.end, endOf(chain) + rightWindow))
    const extended = extension.exec(ending)?.[0].length ?? 0
    const right = ending.slice(extended)
    if (!hasPlus && (currency.test(left) || unit.test(right) || isNumberPart(text, gap, chain))) return null
    if (!isCredible(text, chain, digits, separators, hasPlus, left, right)) return null
    return { start, end: endOf(chain) + extended, type: 'PHONE', detector: 'pattern', value }
  }
}

function isCredible(
  text: string,
  chain: DigitChain,
  digits: string,
  separators: readonly string[],
  hasPlus: boolean,
  left: string,
  right: string,
): boolean {
  if (hasPlus) return true
  const context = contextOf(left, right)
  if (context === 'phone') return true
  const isGlued = isLetterAt(left, left.length - 1) || isLetterAt(right, 0)
  if (isGlued || context !== 'none') return false
  return hasPhoneShape(text, chain, digits, separators)
}

function contextOf(left: string, right: string): Context {
  const before = lastContext(left)
  if (before !== 'none') return before
  return firstContext(untilDigit(right))
}

/** Forms that are phone numbers even where nothing says so. */
function hasPhoneShape(text: string, chain: DigitChain, digits: string, separators: readonly string[]): boolean {
  const lengths = chain.map((group) => group.digits.length).join('-')
  const isUniform = separators.every((separator) => separator === separators[0])
  // 00 49 170 …
  if (digits.startsWith('00')) return /^00[1-9]/.test(digits) && digits.length >= 11
  // A trunk zero.
  if (digits.startsWith('0')) {
    return chain.length === 1 ? digits.length === 10 || digits.length === 11 : digits.length >= 9 && digits.length <= 12
  }
  // An area code in brackets.
  if (separators[0]?.includes(')') && text[startOf(chain) - 1] === '(') {
    return /^[2-5]-/.test(lengths) && digits.length >= 8 && digits.length <= 12
  }
  // North America.
  if (lengths === '3-3-4')
    return /^[2-9]/.test(digits) && isUniform && (separators[0] !== ' ' || /^...[2-9]/.test(digits))
  if (lengths === '1-3-3-4') return /^1[2-9]/.test(digits)
  // Indian mobile numbers.
  return lengths === '5-5' && /^[6-9]/.test(digits) && separators[0] === ' '
}

/** Cuts a chain too long, or too mixed, to be one number: at wide separators, and before the zero of a next number. */
function segments(text: string, chain: DigitChain): DigitChain[] {
  const pieces: DigitChain[] = []
  const separators = separatorsOf(text, chain)
  let piece: DigitChain[number][] = []
  let length = 0
  for (const [index, group] of chain.entries()) {
    const isWide = index > 0 && / .| ?\/ ?/.test(separators[index - 1] ?? '')
    const isNext =
      length >= minimumDigits && (group.digits.startsWith('0') || length + group.digits.length > maximumPhoneDigits)
    const isAfterDate = piece.length === 3 && isDate(piece, separators.slice(index - 3, index - 1))
    if (piece.length > 0 && (isWide || isNext || isAfterDate)) {
      pieces.push(piece)
      piece = []
      length = 0
    }
    piece.push(group)
    length += group.digits.length
  }
  return [...pieces, piece]
}

function separatorsOf(text: string, chain: DigitChain): string[] {
  const separators: string[] = []
  for (let i = 1; i < chain.length; i++) {
    separators.push(text.slice((chain[i - 1] as { end: number }).end, (chain[i] as { start: number }).start))
  }
  return separators
}

/** Whether the chain is a part of a longer figure: `1,234 567`, `10:30`. */
function isNumberPart(text: string, gap: Gap, chain: DigitChain): boolean {
  const start = startOf(chain)
  const end = endOf(chain)
  const before = start >= gap.start + 2 && /^\d[:,]$/.test(text.slice(start - 2, start))
  const after = end + 2 <= gap.end && /^[:,]\d$/.test(text.slice(end, end + 2))
  return before || after
}

function isLetterAt(text: string, index: number): boolean {
  return index >= 0 && index < text.length && kindOf(text.charCodeAt(index)) === letter
}

function untilDigit(text: string): string {
  const end = text.search(/\d/)
  return end < 0 ? text : text.slice(0, end)
}
