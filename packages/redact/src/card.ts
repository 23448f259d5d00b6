import {
  hasIssuer,
  hasIssuerPrefix,
  maximumCardDigits,
  minimumCardDigits,
  passesLuhn,
  prefixDigits,
} from './card-number.ts'
import { kindOf, letter } from './characters.ts'
import { type DigitChain, type DigitGroup, endOf, startOf } from './digit-groups.ts'
import type { Span } from './personal-data-type.ts'
import type { Stretch } from './stretch.ts'

const minimumGroup = 3
/** Shorter numbers with an issuer's prefix and a right check digit are common enough among order and ticket numbers. */
export const tellingDigits = 15

/** The longest card that begins with a group: in one run of digits, or in groups with one and the same separator. */
export function cardAt(stretch: Stretch, chain: DigitChain, index: number, from: number): Span | null {
  if ((chain[index] as DigitGroup).digits.length < minimumGroup) return null
  let longest: Span | null = null
  let digits = ''
  for (let at = index; at < chain.length; at++) {
    const group = chain[at] as DigitGroup
    const length = digits.length + group.digits.length
    if (length > maximumCardDigits || (at > index && !isSame(chain, index, at))) break
    digits += group.digits
    if (digits.length >= prefixDigits && !hasIssuerPrefix(digits)) return longest
    if (length >= minimumCardDigits && hasIssuer(digits)) {
      longest = readCard(stretch, chain.slice(index, at + 1), digits, from) ?? longest
    }
    // Nobody writes cards in pairs; the last group may be a rest.
    if (group.digits.length < minimumGroup) break
  }
  return longest
}

/** One and the same separator, however many spaces it takes; no line break. */
function isSame(chain: DigitChain, index: number, at: number): boolean {
  const first = (chain[index + 1] as DigitGroup).separator
  const { separator } = chain[at] as DigitGroup
  if (separator === first && (separator === ' ' || separator === '-')) return true
  return separator.trim() === first.trim() && separator.trim().length < 2 && !separator.includes('\n')
}

function readCard(stretch: Stretch, part: DigitChain, digits: string, from: number): Span | null {
  const start = startOf(part)
  const end = endOf(part)
  const reason = ((): string | null => {
    if (!passesLuhn(digits)) return 'check-digit'
    if (digits.length >= tellingDigits) return null
    const context = stretch.kindBefore(from, start)
    if (context === 'card') return null
    if (context !== 'none') return `${context}-context`
    return isGlued(stretch, from, start, end) ? 'part-of-a-word' : null
  })()
  if (reason === null) return { start, end, type: 'CARD', detector: 'card-luhn', score: 1, value: digits }
  stretch.options.onRejected?.({ start, end, type: 'CARD', detector: 'card-luhn', reason })
  return null
}

function isGlued({ text, end: limit }: Stretch, from: number, start: number, end: number): boolean {
  return (
    (start > from && kindOf(text.charCodeAt(start - 1)) === letter) ||
    (end < limit && kindOf(text.charCodeAt(end)) === letter)
  )
}
