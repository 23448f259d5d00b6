import { kindOf, letter } from './characters.ts'
import {
  type DigitChain,
  type DigitGroup,
  digitCount,
  digitsOf,
  endOf,
  openingOf,
  separatorsOf,
  startOf,
} from './digit-groups.ts'
import { isDate, isYearRange } from './number-shape.ts'
import type { Span } from './personal-data-type.ts'
import { type PlanVerdict, verdictOfInternational, verdictOfNational } from './phone-plan.ts'
import { maximumPhoneDigits, minimumPhoneDigits, phoneValue } from './phone-value.ts'
import { Remembered } from './remembered.ts'
import type { Stretch } from './stretch.ts'

/** What stands between the groups of one phone number: a space, dot, dash or slash, brackets, zero-width characters. */
const unusualSeparator =
  /^(?:\p{Cf}|\u20e3|\ufe0f)*(?:\.|[ \t\u00a0\u2009\u202f\u3000]|[ \u00a0]?[-/‐-―－][ \u00a0]?|[ \u00a0]?\([ ]?|[ ]?\)[ \u00a0.\-/]?)?(?:\p{Cf}|\u20e3|\ufe0f)*$/u
const usualSeparators = ' -./'
const extension =
  /[ ,;]{0,2}(?:\(?(?:x|ext\.?|extn\.?|extension|durchwahl|dw\.?|poste|ramal|anexo|interno|доб\.?)[ .:]{0,2}|# ?)\d{1,6}\)?(?!\d)/iuy
const unit = / ?(?:[€$£¥₹%°]|(?:eur|usd|gbp|chf|kr|kg|km|gb|mb|ml|cm|mm|pcs|stk)(?!\p{L}))/iuy
const currency = /[€$£¥₹#№] ?$|(?<!\p{L})(?:eur|usd|gbp|chf) ?$/iu

/** Whether the groups of a chain on both sides of a separator can belong to one phone number. */
export function isPhoneSeparator(separator: string): boolean {
  if (separator.length === 1 && usualSeparators.includes(separator)) return true
  return separators.of(separator, (unusual) => unusualSeparator.test(unusual))
}

const separators = new Remembered<boolean>(1000, 3)

/** Phone numbers in a chain of groups, where nothing before `from` counts. */
export function phonesIn(stretch: Stretch, chain: DigitChain, from: number): Span[] {
  const whole = phoneOf(stretch, chain, from)
  if (whole) return [whole]
  const pieces = segments(chain)
  if (pieces.length === 1) return []
  const found: Span[] = []
  let left = from
  let rejected: DigitChain[] = []
  for (const piece of pieces) {
    const span = phoneOf(stretch, piece, left)
    if (!span) {
      rejected.push(piece)
      continue
    }
    found.push(...joined(rejected), span)
    left = span.end
    rejected = []
  }
  if (found.length > 0) found.push(...joined(rejected))
  return found

  /** What is left between two numbers is read once more as a whole: so would a second run. */
  function joined(pieces: readonly DigitChain[]): Span[] {
    const span = pieces.length > 1 ? phoneOf(stretch, pieces.flat(), left) : null
    return span ? [span] : []
  }
}

function phoneOf(stretch: Stretch, chain: DigitChain, from: number): Span | null {
  const count = digitCount(chain)
  if (count < minimumPhoneDigits || count > maximumPhoneDigits + 2) return null
  if ((chain.length === 3 && isDate(chain)) || isYearRange(chain)) return null
  const { text, end: limit } = stretch
  const end = endOf(chain)
  const start = openingOf(text, from, startOf(chain), end)
  const hasPlus = start < startOf(chain) && /[+＋]/.test(text.slice(start, startOf(chain)))
  const value = phoneValue(chain, hasPlus)
  if (value === null) return null
  if (!hasPlus && isPartOfFigure(text, from, limit, chain)) return null

  extension.lastIndex = end
  const extended = extension.test(text) && extension.lastIndex <= limit ? extension.lastIndex : end
  unit.lastIndex = extended
  if (!hasPlus && unit.test(text) && unit.lastIndex <= limit) return null
  const score = scoreOf(stretch, chain, from, start, extended, value, hasPlus)
  if (score > 0)
    return {
      start,
      end: extended,
      type: 'PHONE',
      detector: value.startsWith('+') ? 'phone-international' : 'phone',
      score,
      value,
    }
  return null
}

/** Zero for what is no phone number. */
function scoreOf(
  stretch: Stretch,
  chain: DigitChain,
  from: number,
  start: number,
  end: number,
  value: string,
  hasPlus: boolean,
): number {
  const { text } = stretch
  const { countries, onRejected } = stretch.options
  const verdict: PlanVerdict | null = value.startsWith('+') ? verdictOfInternational(value.slice(1)) : null
  // Two zeros also begin numbers of other kinds.
  if (hasPlus && verdict === 'valid') return 0.95
  if (hasPlus && verdict === 'possible') return 0.85
  const kind = stretch.contextOf(from, start, end)?.kind ?? 'none'
  if (kind === 'phone') return 0.8
  const reason = ((): string | null => {
    if (kind !== 'none') return `${kind}-context`
    if (verdict === 'impossible') return hasPlus && chain.length > 2 ? null : 'numbering-plan'
    if (isGlued(text, from, stretch.end, start, end)) return 'part-of-a-word'
    if (hasPhoneShape(text, chain)) return null
    const isNational = countries && chain.length > 1 && verdictOfNational(digitsOf(chain), countries) === 'valid'
    return isNational ? null : 'no-phone-form'
  })()
  if (reason === null) return 0.7
  onRejected?.({ start, end, type: 'PHONE', detector: 'phone', reason })
  return 0
}

/** Of the forms with groups of fixed lengths, which have ten or eleven digits together. */
const maximumGroups = 5

/** Forms that are phone numbers even where nothing says so. */
function hasPhoneShape(text: string, chain: DigitChain): boolean {
  const digits = digitsOf(chain)
  // 00 49 170 …, 011 49 …
  if (digits.startsWith('00')) return /^00[1-9]/.test(digits) && digits.length >= 11
  // A trunk zero.
  if (digits.startsWith('0')) {
    return chain.length === 1 ? digits.length === 10 || digits.length === 11 : digits.length >= 9 && digits.length <= 12
  }
  if (chain.length === 1) return false
  // An area code in brackets.
  const { start, digits: first } = chain[0] as DigitGroup
  if (chain[1]?.separator.includes(')') && text[start - 1] === '(') {
    return first.length >= 2 && first.length <= 5 && digits.length >= 8 && digits.length <= 12
  }
  if (chain.length > maximumGroups || (digits.length !== 10 && digits.length !== 11)) return false
  const separators = separatorsOf(chain)
  const lengths = chain.map((group) => group.digits.length).join('-')
  const isUniform = separators.every((separator) => separator === separators[0])
  // North America.
  if (lengths === '3-3-4')
    return /^[2-9]/.test(digits) && isUniform && (separators[0] !== ' ' || /^...[2-9]/.test(digits))
  if (lengths === '1-3-3-4') return /^1[2-9]/.test(digits)
  // Russia, with its trunk eight.
  if (lengths === '1-3-3-2-2') return /^[78][3489]/.test(digits)
  // Mobile numbers of India, Brazil and China; Australian service numbers.
  if (lengths === '5-5') return /^[6-9]/.test(digits) && separators[0] === ' '
  if (lengths === '2-5-4') return /^[1-9][1-9]9/.test(digits)
  if (lengths === '3-4-4') return /^1[3-9]/.test(digits) && isUniform
  return lengths === '4-3-3' && /^1[38]00/.test(digits)
}

/** Cuts a chain too long, or too mixed, to be one number: at wide separators, and before the zero of a next number. */
function segments(chain: DigitChain): DigitChain[] {
  const pieces: DigitChain[] = []
  let piece: DigitChain[number][] = []
  let length = 0
  for (const group of chain) {
    const isWide = group.separator === '/' || (group.separator.length > 1 && / .|\//.test(group.separator))
    const isNext =
      length >= minimumPhoneDigits &&
      (group.digits.startsWith('0') || length + group.digits.length > maximumPhoneDigits)
    const isAfterDate = piece.length === 3 && isDate(piece)
    if (piece.length > 0 && (isWide || isNext || isAfterDate || isApart(piece, length, group))) {
      pieces.push(piece)
      piece = []
      length = 0
    }
    piece.push(group)
    length += group.digits.length
  }
  return [...pieces, piece]
}

/** Whether a space parts a group from a number that was complete and written with something else: `541-714-1388 602`. */
function isApart(piece: DigitChain, length: number, { separator }: DigitChain[number]): boolean {
  if (separator !== ' ' || piece.length < 2 || length < minimumPhoneDigits) return false
  const inner = piece[1]?.separator
  return inner !== ' ' && piece.every((group, index) => index === 0 || group.separator === inner)
}

/** Whether the chain is a part of a longer figure, as in `1,234 567` and `10:30`, or a sum of money. */
function isPartOfFigure(text: string, from: number, limit: number, chain: DigitChain): boolean {
  const start = startOf(chain)
  const end = endOf(chain)
  const before = start >= from + 2 && isJoin(text.charCodeAt(start - 1)) && isFigure(text.charCodeAt(start - 2))
  const after = end + 2 <= limit && isJoin(text.charCodeAt(end)) && isFigure(text.charCodeAt(end + 1))
  return before || after || currency.test(text.slice(Math.max(from, start - 5), start))
}

function isJoin(code: number): boolean {
  return code === 0x3a || code === 0x2c
}

function isFigure(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function isGlued(text: string, from: number, limit: number, start: number, end: number): boolean {
  return (
    (start > from && kindOf(text.charCodeAt(start - 1)) === letter) ||
    (end < limit && kindOf(text.charCodeAt(end)) === letter)
  )
}
