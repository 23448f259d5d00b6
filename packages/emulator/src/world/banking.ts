import type { Random } from '../random.ts'
import type { Locale } from './locales/locale.ts'

// Prefixes that payment providers publish for testing.
const testCards = [
  { prefix: '424242', length: 16 },
  { prefix: '555555', length: 16 },
  { prefix: '401288', length: 16 },
  { prefix: '378282', length: 15 },
]

/** A card number that passes the Luhn check, as people type it. */
export function cardNumber(random: Random): string {
  const { prefix, length } = random.pick(testCards)
  const body = prefix + random.digits(length - prefix.length - 1)
  const number = body + luhnDigit(body)
  const grouped = length === 15 ? [4, 6, 5] : [4, 4, 4, 4]
  return random.chance(0.5) ? number : inGroups(number, grouped, random.chance(0.7) ? ' ' : '-')
}

/** The digit that completes a number under the Luhn rule. */
export function luhnDigit(body: string): string {
  let sum = 0
  for (let k = body.length - 1, double = true; k >= 0; k--, double = !double) {
    const digit = Number(body[k]) * (double ? 2 : 1)
    sum += digit > 9 ? digit - 9 : digit
  }
  return String((10 - (sum % 10)) % 10)
}

/** An IBAN with correct check digits, as people type it. */
export function iban(random: Random, plan: Locale['iban']): string {
  const account = plan.bank + random.digits(plan.digits)
  const number = plan.country + ibanCheck(plan.country, account) + account
  return random.chance(0.5) ? number : (number.match(/.{1,4}/g) ?? []).join(' ')
}

function ibanCheck(country: string, account: string): string {
  const numeric = [...`${account}${country}00`].map((c) => Number.parseInt(c, 36)).join('')
  let remainder = 0
  for (const digit of numeric) remainder = (remainder * 10 + Number(digit)) % 97
  return String(98 - remainder).padStart(2, '0')
}

function inGroups(text: string, sizes: readonly number[], separator: string): string {
  const groups: string[] = []
  let rest = text
  for (const size of sizes) {
    groups.push(rest.slice(0, size))
    rest = rest.slice(size)
  }
  return groups.join(separator)
}
