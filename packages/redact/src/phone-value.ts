import type { DigitGroup } from './digit-groups.ts'

/** ITU-T E.164: at most fifteen digits. */
export const maximumPhoneDigits = 15
/** Fewer digits could be anything. */
export const minimumPhoneDigits = 7

/**
 * The normalised value of a phone number: `+` and digits where the calling code is known, the digits as written otherwise;
 * null when there are too few or too many. `+46 (0)8 …` loses its bracketed zero.
 */
export function phoneValue(groups: readonly DigitGroup[], hasPlus: boolean): string | null {
  const first = groups[0]?.digits
  if (first === undefined) return null
  const isDialled = !hasPlus && first.startsWith('00')
  const isInternational = hasPlus || isDialled
  let digits = first
  for (let index = 1; index < groups.length; index++) {
    const group = (groups[index] as DigitGroup).digits
    if (!(isInternational && index === 1 && group === '0')) digits += group
  }
  const significant = isDialled ? digits.slice(2) : hasPlus ? digits.replace(/^00/, '') : digits
  if (significant.length < minimumPhoneDigits || significant.length > maximumPhoneDigits) return null
  return isInternational ? `+${significant}` : significant
}

/** Adds the usual calling code to a number written without one. */
export function withCallingCode(value: string, callingCode: string | null): string {
  if (callingCode === null || value.startsWith('+')) return value
  return `+${callingCode}${value.replace(/^0+/, '')}`
}
