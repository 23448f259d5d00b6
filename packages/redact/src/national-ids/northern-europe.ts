import { passesLuhn } from '../card-number.ts'
import { type CodeRule, type DigitRule, digitAt, isDay, pairAt, weighted } from './id-rule.ts'

/** Personnummer and samordningsnummer (Skatteverket): date, day plus 60 for the latter, and Luhn over ten digits. */
function isPersonnummer(digits: string): boolean {
  const ten = digits.slice(-10)
  return passesLuhn(ten) && isDay(pairAt(ten, 4) % 60, pairAt(ten, 2)) && /^(?:|18|19|20)$/.test(digits.slice(0, -10))
}

/** CPR-nummer (CPR-kontoret): date; its check digit has not been kept since 2007. Day plus 60 for replacements. */
function isCpr(digits: string): boolean {
  return isDay(pairAt(digits, 0) % 60, pairAt(digits, 2))
}

/** Fødselsnummer and D-nummer (Skatteetaten): date, day plus 40 for the latter, and two check digits modulo 11. */
function isFodselsnummer(digits: string): boolean {
  return (
    isDay(pairAt(digits, 0) % 40, pairAt(digits, 2) % 40) &&
    weighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
    weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
  )
}

const hetuCharacters = '0123456789ABCDEFHJKLMNPRSTUVWXY'

/** Henkilötunnus (Digi- ja väestötietovirasto): date, and a check character modulo 31; new century signs since 2023. */
function isHetu(code: string): boolean {
  const number = Number(code.slice(0, 6) + code.slice(-4, -1))
  return hetuCharacters.charAt(number % 31) === code.slice(-1) && isDay(pairAt(code, 0), pairAt(code, 2))
}

/** Isikukood (EVS 585) and asmens kodas (Registrų centras): date, and a check digit modulo 11 in two steps. */
function isBaltic(digits: string): boolean {
  let rest = weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11
  if (rest === 10) rest = weighted(digits, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11
  return rest % 10 === digitAt(digits, 10) && /^[1-8]/.test(digits) && isDay(pairAt(digits, 5), pairAt(digits, 3))
}

/** Personas kods (PMLP): date and century, check digit modulo 11; numbers from 2017 on begin with 32 and say nothing. */
function isPersonasKods(digits: string): boolean {
  if (digits.startsWith('32')) return true
  const check = (1101 - weighted(digits, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11
  return check === digitAt(digits, 10) && isDay(pairAt(digits, 0), pairAt(digits, 2)) && digitAt(digits, 6) <= 2
}

export const digitRules: readonly DigitRule[] = [
  {
    name: 'se-personnummer',
    type: 'NATIONAL_ID',
    digits: [10, 12],
    layouts: ['6-4', '6+4', '8-4'],
    isValid: isPersonnummer,
    alone: 'laid-out',
  },
  { name: 'dk-cpr', type: 'NATIONAL_ID', digits: [10], layouts: ['6-4'], isValid: isCpr, alone: 'laid-out' },
  {
    name: 'no-fodselsnummer',
    type: 'NATIONAL_ID',
    digits: [11],
    layouts: ['6 5', '6-5'],
    isValid: isFodselsnummer,
    alone: 'always',
  },
  {
    name: 'lv-personas-kods',
    type: 'NATIONAL_ID',
    digits: [11],
    layouts: ['6-5'],
    isValid: isPersonasKods,
    alone: 'laid-out',
  },
  { name: 'ee-isikukood', type: 'NATIONAL_ID', digits: [11], layouts: [], isValid: isBaltic, alone: 'never' },
  { name: 'lt-asmens-kodas', type: 'NATIONAL_ID', digits: [11], layouts: [], isValid: isBaltic, alone: 'never' },
]

export const codeRules: readonly CodeRule[] = [
  { name: 'fi-hetu', type: 'NATIONAL_ID', form: /\d{6}[-+A-FU-Y]\d{3}[\dA-FHJ-NPR-Y]/, isValid: isHetu },
]
