import { type DigitRule, digitAt, isDay, isRepeated, pairAt, passesMod1110, weighted } from './id-rule.ts'

/** PESEL (Ministerstwo Cyfryzacji): date, the month plus 20 a century, and a check digit modulo 10. */
function isPesel(digits: string): boolean {
  return (
    weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0 && isDay(pairAt(digits, 4), pairAt(digits, 2) % 20)
  )
}

/** Numer identyfikacji podatkowej (Ministerstwo Finansów): check digit modulo 11. */
function isNip(digits: string): boolean {
  return weighted(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === digitAt(digits, 9) && digitAt(digits, 0) > 0
}

/** Rodné číslo (Act 133/2000 Coll.): date, month plus 50 for women, 20 more where a day ran out; ten digits divide by 11. */
function isRodneCislo(digits: string): boolean {
  const isDivisible =
    digits.length === 9 || Number(digits) % 11 === 0 || (Number(digits.slice(0, 9)) % 11 === 10 && digits.endsWith('0'))
  return isDivisible && isDay(pairAt(digits, 4), (pairAt(digits, 2) % 50) % 20)
}

/** Cod numeric personal (OUG 97/2005): sex and century, date, county, and a check digit modulo 11. */
function isCnp(digits: string): boolean {
  const rest = weighted(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
  return (
    digitAt(digits, 0) > 0 &&
    (rest === 10 ? 1 : rest) === digitAt(digits, 12) &&
    isDay(pairAt(digits, 5), pairAt(digits, 3))
  )
}

/** ЕГН (ГРАО): date, the month plus 20 or 40, and a check digit modulo 11. */
function isEgn(digits: string): boolean {
  const month = pairAt(digits, 2) % 20
  return (
    (weighted(digits, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === digitAt(digits, 9) && isDay(pairAt(digits, 4), month)
  )
}

/** TAJ-szám (NEAK): check digit modulo 10. */
function isTaj(digits: string): boolean {
  return weighted(digits, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === digitAt(digits, 8) && !isRepeated(digits)
}

/** Adóazonosító jel (NAV): 8 first, check digit modulo 11. */
function isHungarianTaxId(digits: string): boolean {
  return digits.startsWith('8') && weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 === digitAt(digits, 9)
}

/** EMŠO (Uradni list RS 8/1999): date with three digits of the year, and a check digit modulo 11. */
function isEmso(digits: string): boolean {
  const rest = weighted(digits, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
  return rest !== 1 && (11 - rest) % 11 === digitAt(digits, 12) && isDay(pairAt(digits, 0), pairAt(digits, 2))
}

export const digitRules: readonly DigitRule[] = [
  { name: 'pl-pesel', type: 'NATIONAL_ID', digits: [11], layouts: [], isValid: isPesel, alone: 'never' },
  {
    name: 'pl-nip',
    type: 'TAX_ID',
    digits: [10],
    layouts: ['3-3-2-2', '3-2-2-3'],
    isValid: isNip,
    alone: 'laid-out',
  },
  {
    name: 'cz-rodne-cislo',
    type: 'NATIONAL_ID',
    digits: [9, 10],
    layouts: ['6/3', '6/4'],
    isValid: isRodneCislo,
    alone: 'laid-out',
  },
  { name: 'ro-cnp', type: 'NATIONAL_ID', digits: [13], layouts: [], isValid: isCnp, alone: 'never' },
  { name: 'bg-egn', type: 'NATIONAL_ID', digits: [10], layouts: [], isValid: isEgn, alone: 'never' },
  { name: 'hr-oib', type: 'NATIONAL_ID', digits: [11], layouts: [], isValid: passesMod1110, alone: 'never' },
  { name: 'hu-taj', type: 'NATIONAL_ID', digits: [9], layouts: ['3 3 3', '3-3-3'], isValid: isTaj, alone: 'never' },
  { name: 'hu-tax-id', type: 'TAX_ID', digits: [10], layouts: [], isValid: isHungarianTaxId, alone: 'never' },
  { name: 'si-emso', type: 'NATIONAL_ID', digits: [13], layouts: ['7 3 3'], isValid: isEmso, alone: 'never' },
]
