import type { DigitChain } from './digit-groups.ts'

/** Whether the three groups from `from` on are a calendar date, in any order that is in use. */
export function isDate(chain: DigitChain, from = 0): boolean {
  const first = chain[from]
  const second = chain[from + 1]
  const third = chain[from + 2]
  if (!first || !second || !third || first.digits.length > 4 || second.separator !== third.separator) return false
  const a = first.digits
  const b = second.digits
  const c = third.digits
  if (isYear(a)) return isMonth(b) && isDay(c)
  if (!isYear(c) && c.length !== 2) return false
  return (isDay(a) && isMonth(b)) || (isMonth(a) && isDay(b))
}

/** Two years with a dash: `2018-2019`. */
export function isYearRange(chain: DigitChain): boolean {
  return chain.length === 2 && chain.every(({ digits }) => isYear(digits))
}

function isYear(digits: string): boolean {
  return digits.length === 4 && (digits.startsWith('19') || digits.startsWith('20'))
}

function isMonth(digits: string): boolean {
  return digits.length <= 2 && Number(digits) >= 1 && Number(digits) <= 12
}

function isDay(digits: string): boolean {
  return digits.length <= 2 && Number(digits) >= 1 && Number(digits) <= 31
}
