import type { PersonalDataType } from '../personal-data-type.ts'

interface Rule {
  /** Country and name, as `us-ssn`: the detector of its spans. */
  readonly name: `${string}-${string}`
  readonly type: PersonalDataType & ('NATIONAL_ID' | 'TAX_ID')
}

/** A number that a country gives to its people, digits alone. */
export interface DigitRule extends Rule {
  readonly digits: readonly number[]
  /** Groups as people write them: lengths with what stands between, as `3-2-4`. */
  readonly layouts: readonly string[]
  readonly isValid: (digits: string) => boolean
  /**
   * What proves the number where no word says what it is: its layout and validity, its validity alone, or nothing, as one
   * order number in ten has a right check digit too.
   */
  readonly alone: 'laid-out' | 'always' | 'never'
}

/** A number with letters in it. All are telling enough to stand alone. */
export interface CodeRule extends Rule {
  /** Matches in upper case; separators are taken out before {@link CodeRule.isValid} is asked. */
  readonly form: RegExp
  readonly isValid: (code: string) => boolean
}

export function digitAt(digits: string, index: number): number {
  return digits.charCodeAt(index) - 0x30
}

/** The sum of digits by weights, from the left. */
export function weighted(digits: string, weights: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < weights.length; i++) sum += digitAt(digits, i) * (weights[i] as number)
  return sum
}

/** ISO/IEC 7064 MOD 11,10: the last digit is the check digit. */
export function passesMod1110(digits: string): boolean {
  let product = 10
  for (let i = 0; i < digits.length - 1; i++) {
    const sum = (product + digitAt(digits, i)) % 10 || 10
    product = (sum * 2) % 11
  }
  return (11 - product) % 10 === digitAt(digits, digits.length - 1)
}

const dihedral = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
]
const permutations = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
]

/** Verhoeff's dihedral check: the last digit is the check digit. */
export function passesVerhoeff(digits: string): boolean {
  let check = 0
  for (let i = 0; i < digits.length; i++) {
    const permuted = digitAt(permutations[i % 8] as string, digitAt(digits, digits.length - 1 - i))
    check = digitAt(dihedral[check] as string, permuted)
  }
  return check === 0
}

/** Whether all digits are the same one: right by many check sums, and never given out. */
export function isRepeated(digits: string): boolean {
  return digits === digits.charAt(0).repeat(digits.length)
}

const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether day and month are in a calendar; the year, often of two digits, may be a leap year. */
export function isDay(day: number, month: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= (longest[month - 1] as number)
}

/** Two digits as a number. */
export function pairAt(digits: string, index: number): number {
  return digitAt(digits, index) * 10 + digitAt(digits, index + 1)
}
