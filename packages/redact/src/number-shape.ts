import type { DigitChain } from './digit-groups.ts'

/** Whether three groups are a calendar date, in any order that is in use. */
export function isDate(chain: DigitChain, separators: readonly string[]): boolean {
  if (chain.length !== 3 || separators[0] !== separators[1]) return false
  const [a = '', b = '', c = ''] = chain.map((group) => group.digits)
  if (isYear(a)) return isMonth(b) && isDay(c)
  if (!isYear(c) && c.length !== 2) return false
  return (isDay(a) && isMonth(b)) || (isMonth(a) && isDay(b))
}

/** Four groups of 0 to 255 with dots between. */
export function isIpAddress(chain: DigitChain, separators: readonly string[]): boolean {
  return (
    chain.length === 4 &&
    separators.every((separator) => separator === '.') &&
    chain.every(({ digits }) => digits.length <= 3 && Number(digits) <= 255)
  )
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
