import { type DigitChain, type DigitGroup, digitCount, endOf } from './digit-groups.ts'
import type { Span } from './personal-data-type.ts'
import type { Stretch } from './stretch.ts'

const minimumDigits = 6
const maximumDigits = 20

/** The bank account, sort code or routing number that begins with a group, told by the words before it; null for none. */
export function accountAt(stretch: Stretch, chain: DigitChain, index: number, from: number): Span | null {
  if (!stretch.says('account')) return null
  const first = chain[index] as DigitGroup
  if (stretch.kindBefore(from, first.start) !== 'account') return null
  const groups: DigitGroup[] = [first]
  const separator = chain[index + 1]?.separator
  if (separator === ' ' || separator === '-') {
    for (let at = index + 1; chain[at]?.separator === separator && digitCount(groups) < maximumDigits; at++) {
      groups.push(chain[at] as DigitGroup)
    }
  }
  const count = digitCount(groups)
  if (count < minimumDigits || count > maximumDigits) return null
  const end = endOf(groups)
  if (/[,.]\d|[€$£%]/y.test(stretch.text.slice(end, Math.min(stretch.end, end + 2)))) return null
  const value = groups.map(({ digits }) => digits).join('')
  return { start: first.start, end, type: 'BANK_ACCOUNT', detector: 'account-words', score: 0.6, value }
}
