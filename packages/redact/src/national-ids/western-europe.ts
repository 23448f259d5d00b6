import { passesLuhn } from '../card-number.ts'
import {
  type CodeRule,
  type DigitRule,
  digitAt,
  isDay,
  isRepeated,
  pairAt,
  passesMod1110,
  passesVerhoeff,
  weighted,
} from './id-rule.ts'

/** Steuerliche Identifikationsnummer (BZSt): one of the first ten digits is there twice or three times, no other is. */
function isSteuerId(digits: string): boolean {
  const different = new Set(digits.slice(0, 10)).size
  return digitAt(digits, 0) !== 0 && (different === 9 || different === 8) && passesMod1110(digits)
}

const rvnrWeights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]

/** Versicherungsnummer der Rentenversicherung (VKVV § 4): the letter counts as its place in the alphabet. */
function isRvnr(code: string): boolean {
  const digits = `${code.slice(0, 8)}${String(code.charCodeAt(8) - 0x40).padStart(2, '0')}${code.slice(9, 11)}`
  let sum = 0
  for (let i = 0; i < 12; i++) {
    const product = digitAt(digits, i) * (rvnrWeights[i] as number)
    sum += (product % 10) + Math.floor(product / 10)
  }
  return sum % 10 === digitAt(code, 11) && isDay(pairAt(code, 2) % 50, pairAt(code, 4))
}

/** Numéro d'inscription au répertoire (INSEE): key modulo 97; Corsica counts as 19 and 18. */
function isNir(code: string): boolean {
  if (!/^[1278]/.test(code) || !/^(?:0[1-9]|1[0-2]|[2-9]\d)/.test(code.slice(3))) return false
  const number = Number(code.slice(0, 13).replace('2A', '19').replace('2B', '18'))
  return 97 - (number % 97) === pairAt(code, 13)
}

/** Burgerservicenummer (Rijksdienst voor Identiteitsgegevens): the eleven test. */
function isBsn(digits: string): boolean {
  return weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && !isRepeated(digits)
}

/** Rijksregisternummer (IBZ): date, and key modulo 97; people born from 2000 on have a 2 before it. */
function isRijksregister(digits: string): boolean {
  const number = Number(digits.slice(0, 9))
  const key = pairAt(digits, 9)
  const isKey = 97 - (number % 97) === key || 97 - ((2_000_000_000 + number) % 97) === key
  return isKey && isDay(pairAt(digits, 4), pairAt(digits, 2) % 20)
}

/** Matricule (CTIE): date, a Luhn and a Verhoeff digit. */
function isMatricule(digits: string): boolean {
  const body = digits.slice(0, 11)
  return (
    isDay(pairAt(digits, 6), pairAt(digits, 4)) &&
    passesLuhn(body + digits.charAt(11)) &&
    passesVerhoeff(body + digits.charAt(12))
  )
}

/** Sozialversicherungsnummer (Österreichische Sozialversicherung): the fourth digit checks; then the date of birth. */
function isSvnr(digits: string): boolean {
  const sum = weighted(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6])
  const month = pairAt(digits, 6)
  return digitAt(digits, 0) !== 0 && sum % 11 === digitAt(digits, 3) && isDay(pairAt(digits, 4), month > 12 ? 1 : month)
}

/** AHV-Nummer (Zentrale Ausgleichsstelle): 756 and the check digit of an EAN-13. */
function isAhv(digits: string): boolean {
  return digits.startsWith('756') && weighted(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0
}

export const digitRules: readonly DigitRule[] = [
  {
    name: 'de-steuer-id',
    type: 'TAX_ID',
    digits: [11],
    layouts: ['2 3 3 3', '2-3-3-3'],
    isValid: isSteuerId,
    alone: 'laid-out',
  },
  {
    name: 'fr-nir',
    type: 'NATIONAL_ID',
    digits: [15],
    layouts: ['1 2 2 2 3 3 2', '1.2.2.2.3.3.2', '13 2', '1-2-2-2-3-3-2'],
    isValid: isNir,
    alone: 'always',
  },
  {
    name: 'nl-bsn',
    type: 'NATIONAL_ID',
    digits: [9],
    layouts: ['4.2.3', '3 3 3', '4 2 3'],
    isValid: isBsn,
    alone: 'never',
  },
  {
    name: 'be-rijksregister',
    type: 'NATIONAL_ID',
    digits: [11],
    layouts: ['2.2.2-3.2', '6-3-2', '6 3 2', '2.2.2.3.2'],
    isValid: isRijksregister,
    alone: 'always',
  },
  { name: 'lu-matricule', type: 'NATIONAL_ID', digits: [13], layouts: ['8 5'], isValid: isMatricule, alone: 'always' },
  {
    name: 'at-svnr',
    type: 'NATIONAL_ID',
    digits: [10],
    layouts: ['4 6', '4-6', '4/6'],
    isValid: isSvnr,
    alone: 'laid-out',
  },
  { name: 'ch-ahv', type: 'NATIONAL_ID', digits: [13], layouts: ['3.4.4.2'], isValid: isAhv, alone: 'always' },
]

export const codeRules: readonly CodeRule[] = [
  { name: 'de-rentenversicherung', type: 'NATIONAL_ID', form: /\d{8} ?[A-Z] ?\d{3}/, isValid: isRvnr },
  {
    name: 'fr-nir',
    type: 'NATIONAL_ID',
    form: /[12] ?\d\d ?\d\d ?2[AB] ?\d{3} ?\d{3} ?\d\d/,
    isValid: isNir,
  },
]
