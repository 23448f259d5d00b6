import { type CodeRule, type DigitRule, digitAt, isRepeated, weighted } from './id-rule.ts'

const unusedPrefixes = new Set(['BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ'])

/** NHS number (NHS Data Dictionary): check digit modulo 11. */
function isNhs(digits: string): boolean {
  const check = 11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)
  return check !== 10 && check % 11 === digitAt(digits, 9) && !isRepeated(digits)
}

/** Unique Taxpayer Reference (HMRC): the first digit checks the others. */
function isUtr(digits: string): boolean {
  const sum = weighted(digits.slice(1), [6, 7, 8, 9, 10, 5, 4, 3, 2])
  return '21987654321'.charAt(sum % 11) === digits.charAt(0)
}

/** Personal Public Service number (gov.ie): check letter modulo 23, over the second letter too. */
function isPps(code: string): boolean {
  const second = 'WABCDEFGHI'.indexOf(code.charAt(8))
  const sum = weighted(code, [8, 7, 6, 5, 4, 3, 2]) + (code.length === 9 ? second * 9 : 0)
  return 'WABCDEFGHIJKLMNOPQRSTUV'.charAt(sum % 23) === code.charAt(7)
}

export const digitRules: readonly DigitRule[] = [
  {
    name: 'gb-nhs',
    type: 'NATIONAL_ID',
    digits: [10],
    layouts: ['3 3 4', '3-3-4'],
    isValid: isNhs,
    alone: 'never',
  },
  { name: 'gb-utr', type: 'TAX_ID', digits: [10], layouts: ['5 5'], isValid: isUtr, alone: 'never' },
]

export const codeRules: readonly CodeRule[] = [
  {
    // National Insurance number (HMRC, NIM39110): letters that are given out.
    name: 'gb-nino',
    type: 'NATIONAL_ID',
    form: /[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]?\d\d[ -]?\d\d[ -]?\d\d[ -]?[A-D]/,
    isValid: (code) => !unusedPrefixes.has(code.slice(0, 2)),
  },
  { name: 'ie-pps', type: 'NATIONAL_ID', form: /\d{7}[A-W][A-IW]?/, isValid: isPps },
]
