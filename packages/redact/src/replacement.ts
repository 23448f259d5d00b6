import { base32Class } from './base32.ts'
import { type PersonalDataType, personalDataTypes } from './personal-data-type.ts'

/**
 * What to do with one type of personal data.
 *
 * - `pseudonym`: `[EMAIL:k1:9f3kq2mzt4wc]`; equal values get equal pseudonyms under one key and tenant.
 * - `label`: `[EMAIL]`.
 * - `mask`: `[CARD:*1111]`; keeps the last characters of numbers, see {@link maskedTail}.
 * - `drop`: `[REDACTED]`; says that something was taken out, and not even what.
 * - `keep`: stays as it is and is not counted.
 */
export type Operator = 'pseudonym' | 'label' | 'mask' | 'drop' | 'keep'

/** Characters of a pseudonym's digest: 60 bits, one collision expected among some thousand million values. */
export const pseudonymLength = 12

export const dropped = '[REDACTED]'
/** Stands for a part of a payload that is nested too deep to be searched. */
export const unread = '[UNREAD]'

// How many last characters a mask leaves readable. Nothing of names, addresses and e-mail addresses: their ends tell.
const tails: Partial<Record<PersonalDataType, number>> = { CARD: 4, IBAN: 4, PHONE: 2 }

export function mask(type: PersonalDataType, value: string): string {
  const tail = tails[type] ?? 0
  return `[${type}:*${tail === 0 ? '' : value.slice(-tail)}]`
}

export function label(type: PersonalDataType): string {
  return `[${type}]`
}

export function pseudonym(type: PersonalDataType, keyId: string, digest: string): string {
  return `[${type}:${keyId}:${digest}]`
}

/** Key ids, as they may stand in a pseudonym. */
export const keyIdPattern: RegExp = /^[a-z][a-z0-9]{0,15}$/

/**
 * Every replacement this package writes. They are left alone when met again, which makes redaction idempotent, and nothing
 * around them is read across them.
 */
export const replacementSource: string =
  `\\[(?:REDACTED|UNREAD|(?:${personalDataTypes.join('|')})` +
  `(?::\\*[0-9A-Z]{0,4}|:[a-z][a-z0-9]{0,15}:${base32Class}{${pseudonymLength}})?)\\]`

const whole = new RegExp(`^(?:${replacementSource})$`)

/** Whether the whole value is a replacement. */
export function isReplacement(value: string): boolean {
  return value.startsWith('[') && whole.test(value)
}

const anywhere = new RegExp(replacementSource, 'g')

/** Where replacements of an earlier pass stand, in order. */
export function findReplacements(text: string): { readonly start: number; readonly end: number }[] {
  if (!text.includes('[')) return []
  return Array.from(text.matchAll(anywhere), ({ index, 0: match }) => ({ start: index, end: index + match.length }))
}
