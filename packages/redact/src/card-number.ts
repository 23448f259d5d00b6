/** A range of issuer numbers and the lengths its cards have. */
interface Issuer {
  /** First and last prefix, of one length. */
  readonly from: string
  readonly to: string
  readonly lengths: readonly number[]
}

const long = [16, 17, 18, 19]
const maestro = [12, 13, 14, 15, 16, 17, 18, 19]

/** Issuer ranges as published by the networks (ISO/IEC 7812); 2-series Mastercard, 19-digit and 12-digit cards included. */
const issuers: readonly Issuer[] = [
  { from: '4', to: '4', lengths: [13, 16, 18, 19] }, // Visa
  { from: '51', to: '55', lengths: [16] }, // Mastercard
  { from: '2221', to: '2720', lengths: [16] },
  { from: '34', to: '34', lengths: [15] }, // American Express
  { from: '37', to: '37', lengths: [15] },
  { from: '300', to: '305', lengths: [14, ...long] }, // Diners Club
  { from: '3095', to: '3095', lengths: [14, ...long] },
  { from: '36', to: '36', lengths: [14, 15, ...long] },
  { from: '38', to: '39', lengths: [14, ...long] },
  { from: '6011', to: '6011', lengths: long }, // Discover
  { from: '644', to: '659', lengths: long },
  { from: '35', to: '35', lengths: long }, // JCB (3528 to 3589), RuPay; generators use all of 35
  { from: '1800', to: '1800', lengths: [15] },
  { from: '2131', to: '2131', lengths: [15] },
  { from: '62', to: '62', lengths: long }, // UnionPay
  { from: '81', to: '81', lengths: long },
  { from: '2200', to: '2204', lengths: long }, // Mir
  { from: '60', to: '60', lengths: [16] }, // RuPay
  { from: '82', to: '82', lengths: [16] },
  { from: '9792', to: '9792', lengths: [16] }, // Troy
  { from: '9860', to: '9860', lengths: [16] }, // Humo
  { from: '8600', to: '8600', lengths: [16] }, // Uzcard
  { from: '636', to: '636', lengths: long }, // InterPayment, Elo
  { from: '0604', to: '0604', lengths: maestro }, // Maestro
  { from: '50', to: '50', lengths: maestro },
  { from: '56', to: '58', lengths: maestro },
  { from: '6304', to: '6304', lengths: maestro },
  { from: '6390', to: '6390', lengths: maestro },
  { from: '67', to: '67', lengths: maestro },
]

/** No issuer has a longer prefix. */
export const prefixDigits = 4
export const minimumCardDigits = 12
export const maximumCardDigits = 19

/** By the first digits: a bit for each length that cards with them have. */
const lengthsByPrefix = new Uint32Array(10 ** prefixDigits)
for (const { from, to, lengths } of issuers) {
  const step = 10 ** (prefixDigits - from.length)
  const bits = lengths.reduce((sum, length) => sum | (1 << length), 0)
  for (let prefix = Number(from) * step; prefix < (Number(to) + 1) * step; prefix++) {
    lengthsByPrefix[prefix] = (lengthsByPrefix[prefix] as number) | bits
  }
}

/** Whether digits, {@link prefixDigits} at least, have an issuer's prefix and a length that goes with it. */
export function hasIssuer(digits: string): boolean {
  return digits.length <= maximumCardDigits && ((lengthsFor(digits) >> digits.length) & 1) === 1
}

/** Whether cards of any length begin with these digits: {@link prefixDigits} at least. */
export function hasIssuerPrefix(digits: string): boolean {
  return lengthsFor(digits) !== 0
}

function lengthsFor(digits: string): number {
  let prefix = 0
  for (let i = 0; i < prefixDigits; i++) prefix = prefix * 10 + digits.charCodeAt(i) - 0x30
  return lengthsByPrefix[prefix] as number
}

/** ISO/IEC 7812-1 annex B. */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = digits.length - 1, isSecond = false; i >= 0; i--, isSecond = !isSecond) {
    const value = digits.charCodeAt(i) - 0x30
    sum += isSecond ? value * 2 - (value > 4 ? 9 : 0) : value
  }
  return sum % 10 === 0
}
