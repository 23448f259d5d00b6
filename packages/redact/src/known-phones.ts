import { callingCodeLength } from './calling-code.ts'
import { type DigitChain, digitChains, digitsOf, openingOf } from './digit-groups.ts'
import type { Span } from './personal-data-type.ts'
import { minimumPhoneDigits, phoneValue } from './phone-value.ts'
import type { Gap } from './spans.ts'

/** A phone number of somebody in the conversation. */
export interface KnownPhone {
  /** As {@link phoneValue} gives it. */
  readonly value: string
  /** Without calling code and leading zeros: what all ways of writing it have in common. */
  readonly national: string
  /** The calling code, empty where it is not known. */
  readonly callingCode: string
}

/** Reads a phone number from a record field; null when there are too few or too many digits for one. */
export function knownPhone(written: string, isInternational = false): KnownPhone | null {
  const groups = [...digitChains(written, { start: 0, end: written.length })].flat()
  const value = phoneValue(groups, isInternational || /^\D*[+＋]/.test(written))
  if (value === null) return null
  const digits = value.replace(/\D/g, '')
  const length = value.startsWith('+') ? callingCodeLength(digits) : 0
  const national = digits.slice(length).replace(/^0+/, '')
  // Too short without its calling code to be told from other numbers: only the whole will do.
  if (national.length < minimumPhoneDigits) return { value, national: digits, callingCode: '' }
  return { value, national, callingCode: digits.slice(0, length) }
}

/** Every way of writing the known numbers, by digits alone: any separators, with or without calling code. */
export function findKnownPhones(
  text: string,
  gap: Gap,
  known: readonly KnownPhone[],
  chains: readonly DigitChain[] = known.length === 0 ? [] : digitChains(text, gap),
): Span[] {
  const spans: Span[] = []
  if (known.length === 0) return spans
  for (const chain of chains) {
    const digits = digitsOf(chain)
    if (digits.length < minimumPhoneDigits) continue
    const found = occurrences(digits, known)
    if (found.length === 0) continue
    const positions = positionsOf(chain, digits.length)
    for (const { from, to, phone } of found) {
      const start = positions[from] as number
      const end = (positions[to - 1] as number) + 1
      const type = 'PHONE'
      const opened = openingOf(text, gap.start, withCode(text, gap.start, start, phone), end)
      spans.push({ start: opened, end, type, detector: 'identity', score: 1, value: phone.value })
    }
  }
  return spans
}

interface Occurrence {
  readonly from: number
  readonly to: number
  readonly phone: KnownPhone
}

function occurrences(digits: string, known: readonly KnownPhone[]): Occurrence[] {
  const found: Occurrence[] = []
  const next = known.map((phone) => digits.indexOf(phone.national))
  let at = 0
  while (true) {
    let earliest = -1
    for (let i = 0; i < known.length; i++) {
      const { national } = known[i] as KnownPhone
      let index = next[i] as number
      if (index >= 0 && index < at) {
        index = digits.indexOf(national, at)
        next[i] = index
      }
      if (index >= 0 && (earliest < 0 || index < (next[earliest] as number))) earliest = i
    }
    const index = earliest < 0 ? digits.length : (next[earliest] as number)
    const phone = known[earliest]
    const from = phone ? prefixStart(digits, at, index, phone.callingCode) : index
    const local = localForm(digits.slice(at, from), known)
    if (local) found.push({ from: at, to: from, phone: local })
    if (!phone) return found
    at = index + phone.national.length
    found.push({ from, to: at, phone })
  }
}

/** Takes a calling code, international prefix or trunk zero before the national number in. */
function prefixStart(digits: string, minimum: number, index: number, callingCode: string): number {
  let start = index
  for (let zeros = 0; zeros < 2 && start > minimum && digits[start - 1] === '0'; zeros++) start--
  if (
    callingCode !== '' &&
    start - callingCode.length >= minimum &&
    digits.startsWith(callingCode, start - callingCode.length)
  ) {
    start -= callingCode.length
    for (let zeros = 0; zeros < 2 && start > minimum && digits[start - 1] === '0'; zeros++) start--
  }
  return start
}

/** A number written without its area code. */
function localForm(digits: string, known: readonly KnownPhone[]): KnownPhone | undefined {
  if (digits.length < minimumPhoneDigits) return undefined
  const significant = digits.replace(/^0+/, '')
  return significant.length < minimumPhoneDigits
    ? undefined
    : known.find(({ national }) => national.endsWith(significant))
}

const anyCode = /(?:[+＋]|00)[1-9]\d{0,2}[ (.\u00a0-]{0,2}0?[) ]{0,2}$/

/** Takes a calling code in that the record did not tell. */
function withCode(text: string, minimum: number, start: number, { callingCode }: KnownPhone): number {
  const code = callingCode === '' ? anyCode.exec(text.slice(Math.max(minimum, start - 12), start)) : null
  return start - (code?.[0].length ?? 0)
}

/** Where each digit of a chain stands in the text. */
function positionsOf(chain: DigitChain, length: number): Uint32Array {
  const positions = new Uint32Array(length)
  let next = 0
  for (const { start, end } of chain) for (let at = start; at < end; at++) positions[next++] = at
  return positions
}
