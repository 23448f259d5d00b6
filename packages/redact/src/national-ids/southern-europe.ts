import { passesLuhn } from '../card-number.ts'
import { type CodeRule, type DigitRule, digitAt, isDay, isRepeated, pairAt, weighted } from './id-rule.ts'

const dniLetters = 'TRWAGMYFPDXBNJZSQVHLCKE'

/** DNI and NIE (Ministerio del Interior): letter modulo 23; X, Y and Z stand for 0, 1 and 2. */
function isDni(code: string): boolean {
  const number = code.slice(0, 8).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)))
  return dniLetters.charAt(Number(number) % 23) === code.charAt(8)
}

const months = 'ABCDEHLMPRST'
const lettersForDigits = 'LMNPQRSTUV'
const oddValues = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]

/** Codice fiscale (DM 23/12/1976): date, and a check letter; digits may be letters where two people would share a code. */
function isCodiceFiscale(code: string): boolean {
  let sum = 0
  for (let i = 0; i < 15; i++) {
    const unit = code.charCodeAt(i)
    const value = unit < 0x41 ? unit - 0x30 : unit - 0x41
    sum += i % 2 === 0 ? (oddValues[value] as number) : value
  }
  const day = Number(code.slice(9, 11).replace(/[A-Z]/g, (letter) => String(lettersForDigits.indexOf(letter))))
  return code.charCodeAt(15) - 0x41 === sum % 26 && isDay(day % 40, months.indexOf(code.charAt(8)) + 1)
}

/** Número de identificação fiscal (Autoridade Tributária): of people, check digit modulo 11. */
function isNif(digits: string): boolean {
  const check = 11 - (weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11)
  return /^[1-35689]/.test(digits) && (check > 9 ? 0 : check) === digitAt(digits, 8)
}

/** ΑΜΚΑ (ΗΔΙΚΑ): date of birth and Luhn. */
function isAmka(digits: string): boolean {
  return passesLuhn(digits) && isDay(pairAt(digits, 0), pairAt(digits, 2))
}

/** ΑΦΜ (ΑΑΔΕ): check digit by powers of two modulo 11. */
function isAfm(digits: string): boolean {
  return (weighted(digits, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === digitAt(digits, 8) && !isRepeated(digits)
}

export const digitRules: readonly DigitRule[] = [
  { name: 'pt-nif', type: 'TAX_ID', digits: [9], layouts: ['3 3 3'], isValid: isNif, alone: 'never' },
  { name: 'gr-amka', type: 'NATIONAL_ID', digits: [11], layouts: ['6 5', '6-5'], isValid: isAmka, alone: 'never' },
  { name: 'gr-afm', type: 'TAX_ID', digits: [9], layouts: ['3 3 3'], isValid: isAfm, alone: 'never' },
]

export const codeRules: readonly CodeRule[] = [
  { name: 'es-dni', type: 'NATIONAL_ID', form: /\d{8}[ -]?[A-HJ-NP-TV-Z]/, isValid: isDni },
  { name: 'es-nie', type: 'NATIONAL_ID', form: /[XYZ][ -]?\d{7}[ -]?[A-HJ-NP-TV-Z]/, isValid: isDni },
  {
    name: 'it-codice-fiscale',
    type: 'NATIONAL_ID',
    form: /[A-Z]{6} ?[\dL-NP-V]{2}[A-EHLMPR-T][\dL-NP-V]{2} ?[A-Z][\dL-NP-V]{3}[A-Z]/,
    isValid: isCodiceFiscale,
  },
]
