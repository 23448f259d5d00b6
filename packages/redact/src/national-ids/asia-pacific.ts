import {
  type CodeRule,
  type DigitRule,
  digitAt,
  isDay,
  isRepeated,
  pairAt,
  passesVerhoeff,
  weighted,
} from './id-rule.ts'

/** Aadhaar (UIDAI): Verhoeff; 0 and 1 are not given out. */
function isAadhaar(digits: string): boolean {
  return digitAt(digits, 0) > 1 && passesVerhoeff(digits)
}

/** 個人番号 (Order of the Ministry of Internal Affairs 85/2014, article 5): check digit modulo 11. */
function isMyNumber(digits: string): boolean {
  const rest = weighted(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
  return (rest <= 1 ? 0 : 11 - rest) === digitAt(digits, 11) && !isRepeated(digits)
}

/** Tax file number (ATO): weights modulo 11. */
function isTfn(digits: string): boolean {
  return weighted(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0 && !isRepeated(digits)
}

/** Medicare card number (Services Australia): the ninth digit checks the first eight; issue and person may follow. */
function isMedicare(digits: string): boolean {
  return /^[2-6]/.test(digits) && weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digitAt(digits, 8)
}

/** Australian business number (ABR), which sole traders have too: weights modulo 89, one off the first digit. */
function isAbn(digits: string): boolean {
  return digitAt(digits, 0) > 0 && (weighted(digits, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0
}

const residentWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** 居民身份证 (GB 11643-1999): date, and ISO 7064 MOD 11-2. */
function isResidentId(code: string): boolean {
  return (
    '10X98765432'.charAt(weighted(code, residentWeights) % 11) === code.charAt(17) &&
    /^(?:19|20)$/.test(code.slice(6, 8)) &&
    isDay(pairAt(code, 12), pairAt(code, 10))
  )
}

export const digitRules: readonly DigitRule[] = [
  {
    name: 'in-aadhaar',
    type: 'NATIONAL_ID',
    digits: [12],
    layouts: ['4 4 4', '4-4-4'],
    isValid: isAadhaar,
    alone: 'laid-out',
  },
  {
    name: 'jp-my-number',
    type: 'NATIONAL_ID',
    digits: [12],
    layouts: ['4 4 4', '4-4-4'],
    isValid: isMyNumber,
    alone: 'never',
  },
  {
    name: 'au-tfn',
    type: 'TAX_ID',
    digits: [9],
    layouts: ['3 3 3', '3-3-3'],
    isValid: isTfn,
    alone: 'never',
  },
  {
    name: 'au-medicare',
    type: 'NATIONAL_ID',
    digits: [10, 11],
    layouts: ['4 5 1', '4-5-1', '4 5 1-1', '4 5 1/1'],
    isValid: isMedicare,
    alone: 'laid-out',
  },
  {
    name: 'au-abn',
    type: 'TAX_ID',
    digits: [11],
    layouts: ['2 3 3 3'],
    isValid: isAbn,
    alone: 'laid-out',
  },
  { name: 'cn-resident-id', type: 'NATIONAL_ID', digits: [18], layouts: [], isValid: isResidentId, alone: 'always' },
]

export const codeRules: readonly CodeRule[] = [
  {
    // Permanent Account Number (Income Tax Department): the fourth letter says whose it is.
    name: 'in-pan',
    type: 'TAX_ID',
    form: /[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]/,
    isValid: () => true,
  },
  { name: 'cn-resident-id', type: 'NATIONAL_ID', form: /\d{17}X/, isValid: isResidentId },
]
