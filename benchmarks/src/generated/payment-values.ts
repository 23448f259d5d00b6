import { ibanDigits, luhnDigit } from './check-digits.ts'
import type { Random } from './random.ts'
import type { ValueKind } from './value.ts'

/** First digits and length, by the numbering of the schemes. */
const brands: readonly (readonly [prefixes: readonly string[], length: number])[] = [
  [['4'], 16],
  [['4'], 19],
  [['51', '53', '55', '2221', '2501', '2720'], 16],
  [['34', '37'], 15],
  [['300', '305', '36', '38'], 14],
  [['6011', '644', '65'], 16],
  [['3528', '3571', '3589'], 16],
  [['62'], 16],
  [['62'], 19],
  [['5018', '6304', '6759'], 12],
  [['5018', '6304', '6761'], 16],
  [['2200', '2204'], 16],
]

/** Shapes of the account by country: n a digit, a a letter, c either; from the IBAN registry of SWIFT. */
const ibanShapes: Readonly<Record<string, string>> = {
  AT: 'n16',
  BE: 'n12',
  CH: 'n5c12',
  CZ: 'n20',
  DE: 'n18',
  DK: 'n14',
  ES: 'n20',
  FI: 'n14',
  FR: 'n10c11n2',
  GB: 'a4n14',
  GR: 'n7c16',
  IE: 'a4n14',
  IT: 'a1n10c12',
  LU: 'n3c13',
  MT: 'a4n5c18',
  NL: 'a4n10',
  NO: 'n11',
  PL: 'n24',
  PT: 'n21',
  RO: 'a4c16',
  SA: 'n2c18',
  SE: 'n20',
  TR: 'n5n1c16',
}

export const paymentValues: readonly ValueKind[] = [
  {
    type: 'CARD',
    make: (random) => {
      const [prefixes, length] = random.pick(brands)
      const start = random.pick(prefixes)
      const digits = start + random.digits(length - start.length - 1)
      return grouped(digits + luhnDigit(digits), random)
    },
    carriers: [
      'my card is {}',
      'charge {} please',
      'Card number: {}, exp 04/31',
      'Karte {} wurde abgelehnt',
      'la tarjeta {} no funciona',
      '{}',
      'I used {}.',
    ],
  },
  {
    type: 'IBAN',
    make: (random) => {
      const country = random.pick(Object.keys(ibanShapes))
      const account = [...(ibanShapes[country] ?? '').matchAll(/([nac])(\d+)/g)]
        .map(([, kind, count]) => ofKind(kind, Number(count), random))
        .join('')
      const iban = `${country}${ibanDigits(country, account)}${account}`
      return random.pick([iban, iban, iban.toLowerCase(), iban.replace(/(.{4})(?=.)/g, '$1 ')])
    },
    carriers: ['refund to {}', 'IBAN {} please', 'meine IBAN lautet {}.', 'compte: {}', '{}'],
  },
]

function ofKind(kind: string | undefined, count: number, random: Random): string {
  if (kind === 'n') return random.digits(count)
  return kind === 'a' ? random.letters(count) : Array.from({ length: count }, () => either(random)).join('')
}

function either(random: Random): string {
  return random.below(2) === 0 ? random.digits(1) : random.letters(1)
}

function grouped(digits: string, random: Random): string {
  const separator = random.pick(['', '', ' ', '-'])
  if (digits.length === 15) return digits.replace(/^(\d{4})(\d{6})(\d{5})$/, `$1${separator}$2${separator}$3`)
  if (digits.length === 14) return digits.replace(/^(\d{4})(\d{6})(\d{4})$/, `$1${separator}$2${separator}$3`)
  return digits.replace(/(\d{4})(?=\d)/g, `$1${separator}`)
}
