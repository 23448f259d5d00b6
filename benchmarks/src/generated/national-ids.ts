import { luhnDigit, verhoeffDigit, weighted } from './check-digits.ts'
import type { Random } from './random.ts'

/** How a country numbers people, with what they call it. Check digits by the rules each authority publishes. */
export interface NationalId {
  readonly country: string
  /** `TAX_ID` where the number is for taxes alone. @defaultValue `NATIONAL_ID` */
  readonly type?: 'TAX_ID'
  readonly names: readonly string[]
  make(random: Random): string
}

export const nationalIds: readonly NationalId[] = [
  {
    country: 'us',
    names: ['SSN', 'social security number', 'my social'],
    make: (random) => {
      const area = 1 + random.below(899)
      const digits = [String(area === 666 ? 665 : area).padStart(3, '0'), two(random), random.number(4)]
      return digits.join(random.pick(['-', '-', ' ', '']))
    },
  },
  {
    country: 'ca',
    names: ['SIN', 'social insurance number'],
    make: (random) => {
      const digits = `${random.pick(['1', '4', '5', '7'])}${random.digits(7)}`
      return grouped(digits + luhnDigit(digits), 3, random.pick([' ', '-', '']))
    },
  },
  {
    country: 'gb',
    names: ['National Insurance number', 'NI number', 'NINO'],
    make: (random) =>
      [
        `${random.pick(['AB', 'CE', 'JK', 'PX', 'WM', 'ZA'])}`,
        random.digits(2),
        random.digits(2),
        random.digits(2),
        random.pick(['A', 'B', 'C', 'D']),
      ].join(random.pick(['', ' '])),
  },
  {
    country: 'br',
    names: ['CPF', 'meu CPF'],
    make: (random) => {
      const nine = random.number(9)
      const one = remainder(weighted(nine, [10, 9, 8, 7, 6, 5, 4, 3, 2]))
      const other = remainder(weighted(nine + one, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]))
      const all = nine + one + other
      return random.pick([all, all.replace(/^(...)(...)(...)(..)$/, '$1.$2.$3-$4')])
    },
  },
  {
    country: 'mx',
    names: ['CURP', 'mi CURP'],
    make: (random) => {
      const start = `${random.letters(1)}${random.pick(['A', 'E', 'I', 'O', 'U'])}${random.letters(2)}${date(random)}`
      const place = random.pick(['DF', 'JC', 'NL', 'PL', 'VZ'])
      const names = Array.from({ length: 3 }, () => random.pick(['B', 'C', 'G', 'L', 'M', 'R', 'T'])).join('')
      const first = `${start}${random.pick(['H', 'M'])}${place}${names}${random.digits(1)}`
      return first + curpDigit(first)
    },
  },
  {
    country: 'in',
    names: ['Aadhaar', 'Aadhaar number', 'UID'],
    make: (random) => {
      const digits = `${2 + random.below(8)}${random.digits(10)}`
      return grouped(digits + verhoeffDigit(digits), 4, random.pick([' ', '', '-']))
    },
  },
  {
    country: 'jp',
    names: ['My Number', 'マイナンバー'],
    make: (random) => {
      const digits = random.number(11)
      const sum = weighted(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])
      const check = sum % 11 <= 1 ? 0 : 11 - (sum % 11)
      return grouped(digits + check, 4, random.pick([' ', '']))
    },
  },
  {
    country: 'au',
    type: 'TAX_ID',
    names: ['TFN', 'tax file number'],
    make: (random) => again(random, () => random.number(9), isTfn, 3),
  },
  {
    country: 'de',
    type: 'TAX_ID',
    names: ['Steuer-ID', 'Steueridentifikationsnummer'],
    make: (random) => {
      const digits = taxIdStart(random)
      let product = 10
      for (const digit of digits) {
        const sum = (Number(digit) + product) % 10
        product = ((sum === 0 ? 10 : sum) * 2) % 11
      }
      const check = product === 1 ? 0 : 11 - product
      return random.pick([`${digits}${check}`, `${digits}${check}`.replace(/^(..)(...)(...)(...)$/, '$1 $2 $3 $4')])
    },
  },
  {
    country: 'es',
    names: ['DNI', 'NIF'],
    make: (random) => {
      const digits = random.digits(8)
      return `${digits}${random.pick(['', '-'])}${'TRWAGMYFPDXBNJZSQVHLCKE'[Number(digits) % 23]}`
    },
  },
  {
    country: 'fr',
    names: ['numéro de sécurité sociale', 'NIR'],
    make: (random) => {
      const month = String(1 + random.below(12)).padStart(2, '0')
      const start = `${1 + random.below(2)}${random.digits(2)}${month}${10 + random.below(80)}${random.digits(6)}`
      const check = String(97 - (Number(start) % 97)).padStart(2, '0')
      const parts = start.match(/^(.)(..)(..)(..)(...)(...)$/)?.slice(1) ?? []
      return random.pick([start + check, [...parts, check].join(' ')])
    },
  },
  {
    country: 'nl',
    names: ['BSN', 'burgerservicenummer'],
    make: (random) => again(random, () => random.number(9), isBsn),
  },
  {
    country: 'pl',
    names: ['PESEL'],
    make: (random) => {
      const digits = `${date(random)}${random.digits(4)}`
      return `${digits}${(10 - (weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10}`
    },
  },
]

function two(random: Random): string {
  return String(1 + random.below(99)).padStart(2, '0')
}

/** The first six of many numbers: year, month and day of birth. */
function date(random: Random): string {
  const part = (limit: number): string => String(1 + random.below(limit)).padStart(2, '0')
  return `${String(50 + random.below(50))}${part(12)}${part(28)}`
}

function remainder(sum: number): number {
  const rest = (sum * 10) % 11
  return rest === 10 ? 0 : rest
}

function grouped(digits: string, size: number, separator: string): string {
  return digits.replace(new RegExp(`(\\d{${size}})(?=\\d)`, 'g'), `$1${separator}`)
}

function again(random: Random, make: () => string, isRight: (digits: string) => boolean, group = 9): string {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const digits = make()
    if (isRight(digits)) return grouped(digits, group, random.pick([' ', '']))
  }
  throw new Error('no number with a right check digit was found')
}

const isTfn = (digits: string): boolean => weighted(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0
const isBsn = (digits: string): boolean => weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0

/** Ten digits of which one stands twice and one is missing, as tax ids of before 2016 have them. */
function taxIdStart(random: Random): string {
  const digits = [...'0123456789']
  for (let at = digits.length - 1; at > 0; at--) {
    const other = random.below(at + 1)
    const moved = digits[at] as string
    digits[at] = digits[other] as string
    digits[other] = moved
  }
  digits[9] = digits[4] as string
  return digits[0] === '0' ? taxIdStart(random) : digits.join('')
}

function curpDigit(first: string): number {
  const alphabet = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ'
  const sum = [...first].reduce((total, character, index) => total + alphabet.indexOf(character) * (18 - index), 0)
  return (10 - (sum % 10)) % 10
}
