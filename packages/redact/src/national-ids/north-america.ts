import { passesLuhn } from '../card-number.ts'
import { type CodeRule, type DigitRule, digitAt, isDay, pairAt } from './id-rule.ts'

/** Nine digits that the Social Security Administration can have given out (ssa.gov, "SSN Randomization"). */
function isSsn(digits: string): boolean {
  const area = digits.slice(0, 3)
  return area !== '000' && area !== '666' && area < '900' && digits.slice(3, 5) !== '00' && digits.slice(5) !== '0000'
}

/** Individual Taxpayer Identification Number (IRS, Publication 1915): 9xx with a group of 50-65, 70-88, 90-92, 94-99. */
function isItin(digits: string): boolean {
  const group = pairAt(digits, 3)
  return digits.startsWith('9') && group >= 50 && (group <= 65 || group >= 70) && group !== 89 && group !== 93
}

/** Social Insurance Number (Employment and Social Development Canada): Luhn; 0 and 8 are not in use. */
function isSin(digits: string): boolean {
  return passesLuhn(digits) && !/^[08]/.test(digits)
}

const curpAlphabet = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ'

/** Clave Única de Registro de Población (RENAPO, Instructivo normativo): date, and check digit modulo 10. */
function isCurp(code: string): boolean {
  let sum = 0
  for (let i = 0; i < 17; i++) sum += curpAlphabet.indexOf(code.charAt(i)) * (18 - i)
  return (10 - (sum % 10)) % 10 === digitAt(code, 17) && isDay(pairAt(code, 8), pairAt(code, 6))
}

const rfcAlphabet = '0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ'

/** Registro Federal de Contribuyentes (SAT, Anexo 1): of persons, with date and check character modulo 11. */
function isRfc(code: string): boolean {
  let sum = 0
  for (let i = 0; i < 12; i++) sum += rfcAlphabet.indexOf(code.charAt(i)) * (13 - i)
  const check = (11 - (sum % 11)) % 11
  return (check === 10 ? 'A' : String(check)) === code.charAt(12) && isDay(pairAt(code, 8), pairAt(code, 6))
}

export const digitRules: readonly DigitRule[] = [
  { name: 'us-ssn', type: 'NATIONAL_ID', digits: [9], layouts: ['3-2-4'], isValid: isSsn, alone: 'laid-out' },
  { name: 'us-itin', type: 'TAX_ID', digits: [9], layouts: ['3-2-4'], isValid: isItin, alone: 'laid-out' },
  { name: 'ca-sin', type: 'NATIONAL_ID', digits: [9], layouts: ['3-3-3', '3 3 3'], isValid: isSin, alone: 'never' },
]

export const codeRules: readonly CodeRule[] = [
  { name: 'mx-curp', type: 'NATIONAL_ID', form: /[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d/, isValid: isCurp },
  { name: 'mx-rfc', type: 'TAX_ID', form: /[A-ZÑ&]{4}-?\d{6}-?[A-Z\d]{2}[A\d]/, isValid: isRfc },
]
