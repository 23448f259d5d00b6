import { digitValue } from './characters.ts'
import type { Span } from './personal-data-type.ts'

/**
 * Length of an IBAN by country. Source: the SWIFT IBAN Registry, with the countries that use IBANs
 * outside it.
 */
const lengths: Readonly<Record<string, number>> = {
  AD: 24,
  AE: 23,
  AL: 28,
  AO: 25,
  AT: 20,
  AZ: 28,
  BA: 20,
  BE: 16,
  BF: 28,
  BG: 22,
  BH: 22,
  BI: 27,
  BJ: 28,
  BR: 29,
  BY: 28,
  CF: 27,
  CG: 27,
  CH: 21,
  CI: 28,
  CM: 27,
  CR: 22,
  CV: 25,
  CY: 28,
  CZ: 24,
  DE: 22,
  DJ: 27,
  DK: 18,
  DO: 28,
  DZ: 26,
  EE: 20,
  EG: 29,
  ES: 24,
  FI: 18,
  FK: 18,
  FO: 18,
  FR: 27,
  GA: 27,
  GB: 22,
  GE: 22,
  GI: 23,
  GL: 18,
  GQ: 27,
  GR: 27,
  GT: 28,
  GW: 25,
  HN: 28,
  HR: 21,
  HU: 28,
  IE: 22,
  IL: 23,
  IQ: 23,
  IR: 26,
  IS: 26,
  IT: 27,
  JO: 30,
  KM: 27,
  KW: 30,
  KZ: 20,
  LB: 28,
  LC: 32,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  LY: 25,
  MA: 28,
  MC: 27,
  MD: 24,
  ME: 22,
  MG: 27,
  MK: 19,
  ML: 28,
  MN: 20,
  MR: 27,
  MT: 31,
  MU: 30,
  MZ: 25,
  NE: 28,
  NI: 28,
  NL: 18,
  NO: 15,
  OM: 23,
  PK: 24,
  PL: 28,
  PS: 29,
  PT: 25,
  QA: 29,
  RO: 24,
  RS: 22,
  RU: 33,
  SA: 24,
  SC: 31,
  SD: 18,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  SN: 28,
  SO: 23,
  ST: 25,
  SV: 28,
  TD: 27,
  TG: 28,
  TL: 23,
  TN: 24,
  TR: 26,
  UA: 29,
  VA: 22,
  VG: 24,
  XK: 20,
  YE: 30,
}

/**
 * The IBAN whose check digits start at `position`, or null. Spaces and hyphens may stand between its characters, one at a
 * time. Nothing but a right check sum and the country's length makes an IBAN. Nothing before `from` counts.
 */
export function ibanAround(text: string, position: number, from = 0): Span | null {
  const start = position - 2
  if (digitValue(text.charCodeAt(position)) < 0 || digitValue(text.charCodeAt(start)) >= 0) return null
  if (start < from || (start > from && characterValue(text.charCodeAt(start - 1)) >= 0)) return null
  const length = lengths[text.slice(start, position).toUpperCase()]
  if (length === undefined || digitValue(text.charCodeAt(position + 1)) < 0) return null
  // ISO 7064 MOD 97-10, the first four characters taken last. Nothing is made of what may yet turn out to be none.
  let remainder = 0
  let end = start
  let count = 0
  for (let i = start; i < text.length && count < length; i++) {
    const character = characterValue(text.charCodeAt(i))
    if (character >= 0) {
      if (++count > leadingCharacters) remainder = with97(remainder, character)
      end = i + 1
    } else if (end < i || !isSpacer(text.charCodeAt(i))) return null
  }
  if (count < length) return null
  for (let i = start, taken = 0; taken < leadingCharacters; i++) {
    const character = characterValue(text.charCodeAt(i))
    if (character < 0) continue
    remainder = with97(remainder, character)
    taken++
  }
  if (remainder !== 1) return null
  return { start, end, type: 'IBAN', detector: 'iban', score: 1, value: ibanIn(text, start, end) }
}

const leadingCharacters = 4

function with97(remainder: number, character: number): number {
  return (remainder * (character > 9 ? 100 : 10) + character) % 97
}

/** Upper case and digits in ASCII, without what stands between. */
function ibanIn(text: string, start: number, end: number): string {
  let value = ''
  for (let i = start; i < end; i++) {
    const character = characterValue(text.charCodeAt(i))
    if (character >= 0) value += character.toString(36).toUpperCase()
  }
  return value
}

/** 0 to 35 for digits and the letters A to Z of any case, -1 for everything else. */
function characterValue(code: number): number {
  if ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) return (code | 0x20) - 0x57
  return digitValue(code)
}

/** Space, no-break spaces, hyphens. */
function isSpacer(code: number): boolean {
  return code === 0x20 || code === 0x2d || code === 0xa0 || code === 0x2010 || code === 0x2011 || code === 0x202f
}
