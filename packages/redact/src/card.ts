import { isCardNumber, maximumCardDigits, minimumCardDigits } from './card-number.ts'
import { kindOf, letter } from './characters.ts'
import { lastContext } from './context-words.ts'
import { type DigitChain, type DigitGroup, digitChains, digitsOf, endOf, startOf } from './digit-groups.ts'
import type { Span } from './personal-data-type.ts'
import type { Gap } from './spans.ts'

const window = 30
const minimumGroup = 3
/** Shorter numbers with an issuer's prefix and a right check digit are common enough among order and ticket numbers. */
const tellingDigits = 15

/** Payment cards in a stretch of text: in one run of digits, or in groups with one and the same separator. */
export function findCards(text: string, gap: Gap, before: string): Span[] {
  const spans: Span[] = []
  for (const chain of digitChains(text, gap, isSingle)) {
    for (let from = 0; from < chain.length; ) {
      const to = lastGroupOfCard(chain, from)
      if (to >= 0) spans.push(cardOf(chain.slice(from, to + 1)))
      from = Math.max(from, to) + 1
    }
  }
  return spans

  /** The last group of the longest card that begins with the group `from`, -1 for none. */
  function lastGroupOfCard(chain: DigitChain, from: number): number {
    let longest = -1
    let length = 0
    for (let to = from; to < chain.length; to++) {
      const size = (chain[to] as DigitGroup).digits.length
      length += size
      if (length > maximumCardDigits || (to > from && !isUniform(chain, from, to))) break
      if (length >= minimumCardDigits && isCard(chain.slice(from, to + 1))) longest = to
      // Nobody writes cards in pairs; the last group may be a rest.
      if (size < minimumGroup) break
    }
    return longest
  }

  function isUniform(chain: DigitChain, from: number, to: number): boolean {
    return separatorBefore(chain, to) === separatorBefore(chain, from + 1)
  }

  function separatorBefore(chain: DigitChain, index: number): number {
    return text.charCodeAt((chain[index] as DigitGroup).start - 1)
  }

  function isCard(part: DigitChain): boolean {
    const digits = digitsOf(part)
    return isCardNumber(digits) && (digits.length >= tellingDigits || isCredible(part))
  }

  function isCredible(part: DigitChain): boolean {
    const start = startOf(part)
    const end = endOf(part)
    const isGlued =
      (start > gap.start && kindOf(text.charCodeAt(start - 1)) === letter) ||
      (end < gap.end && kindOf(text.charCodeAt(end)) === letter)
    const label = gap.start === 0 && start <= window ? before : ''
    const context = lastContext(`${label} ${text.slice(Math.max(gap.start, start - window), start)}`)
    return context === 'card' || (!isGlued && context === 'none')
  }
}

function isSingle(separator: string): boolean {
  return separator.length === 1 && separator !== '\n'
}

function cardOf(part: DigitChain): Span {
  return { start: startOf(part), end: endOf(part), type: 'CARD', detector: 'pattern', value: digitsOf(part) }
}
