/** The digit that makes a number of digits valid by Luhn (ISO/IEC 7812-1). */
export function luhnDigit(digits: string): string {
  let sum = 0
  for (let at = digits.length - 1, doubled = true; at >= 0; at--, doubled = !doubled) {
    const digit = Number(digits[at]) * (doubled ? 2 : 1)
    sum += digit > 9 ? digit - 9 : digit
  }
  return String((10 - (sum % 10)) % 10)
}

/** The two digits of an IBAN (ISO 7064 MOD 97-10 over the account, the country and 00). */
export function ibanDigits(country: string, account: string): string {
  let rest = 0
  for (const character of `${account}${country}00`) {
    for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97
  }
  return String(98 - rest).padStart(2, '0')
}

/** A weighted sum of digits, to be taken modulo something. */
export function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0)
}

const dihedral = (a: number, b: number): number =>
  a < 5 ? (b < 5 ? (a + b) % 5 : 5 + ((a + b - 5) % 5)) : b < 5 ? 5 + ((a - 5 - b + 5) % 5) : (a - b + 5) % 5

const permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

/** The digit of Verhoeff's scheme, as Aadhaar numbers have it. */
export function verhoeffDigit(digits: string): string {
  let check = 0
  for (const [place, digit] of [...digits].reverse().entries()) {
    let permuted = Number(digit)
    for (let times = 0; times < (place + 1) % 8; times++) permuted = permutation[permuted] ?? 0
    check = dihedral(check, permuted)
  }
  return String(Array.from({ length: 10 }, (_, digit) => digit).find((digit) => dihedral(check, digit) === 0) ?? 0)
}
