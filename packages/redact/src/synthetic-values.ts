import type { PersonalDataType } from './personal-data-type.ts'
import type { Random } from './random.ts'

/** A made-up value as somebody would write it; nobody's. Check digits are right. */
export type MakeValue = (random: Random) => {
  readonly before?: string
  readonly value: string
  readonly after?: string
}

const letters = 'ABCDEFGHJKLMNPRSTUVWXYZ'
const lower = 'abcdefghijklmnopqrstuvwxyz'
const givenNames = [
  'Annika',
  'Bartosz',
  'Chiara',
  'Dmitri',
  'Eloise',
  'Farouk',
  'Giulia',
  'Hendrik',
  'Ingrid',
  'Joaquin',
]
const familyNames = ['Achterberg', 'Brzezinski', 'Castellano', 'Dragomirov', 'Etcheverry', 'Fitzgibbon', 'Gyllenhaal']

/** Somebody who does not exist. */
export function syntheticName(random: Random): string {
  return `${random.pick(givenNames)} ${random.pick(familyNames)}`
}

// Mobile numbers of large messaging markets, in international and national form; # is a digit, and a first one is not 0.
const phonePlans = [
  ['+49 1512 #######', '01512 #######'],
  ['+44 7700 9#####', '07700 9#####'],
  ['+1 415 2## ####', '(415) 2##-####'],
  ['+33 6 2# ## ## ##', '06 2# ## ## ##'],
  ['+34 612 ## ## ##', '612 ## ## ##'],
  ['+39 347 2## ####', '347 2## ####'],
  ['+55 11 98###-####', '(11) 98###-####'],
  ['+91 98### #####', '098### #####'],
  ['+81 90-2###-####', '090-2###-####'],
  ['+61 412 ### ###', '0412 ### ###'],
  ['+52 55 2### ####', '55 2### ####'],
] as const

const ibans = [
  ['DE', '##################'],
  ['GB', 'BUKB##############'],
  ['ES', '####################'],
  ['NL', 'INGB##########'],
  ['AT', '################'],
  ['PL', '########################'],
] as const

const cards = [
  ['4', 16],
  ['51', 16],
  ['2223', 16],
  ['37', 15],
  ['6011', 16],
  ['3530', 16],
  ['36', 14],
] as const

/** By type; names, keys and addresses are of somebody known. */
export const makeValues: Readonly<Partial<Record<PersonalDataType, MakeValue>>> = {
  EMAIL: (random) => ({ value: `${random.text(lower, 6)}.${random.text(lower, 7)}@${random.text(lower, 8)}.com` }),
  PHONE: (random) => {
    const [international, national] = random.pick(phonePlans)
    return random.number(0, 2) === 0
      ? { before: 'my phone number is ', value: filledIn(national, random) }
      : { value: filledIn(international, random) }
  },
  CARD: (random) => {
    const [start, length] = random.pick(cards)
    const digits = withLuhn(start + random.text('0123456789', length - start.length - 1))
    return { value: random.number(0, 1) === 0 ? digits : inGroups(digits) }
  },
  IBAN: (random) => {
    const [country, form] = random.pick(ibans)
    const iban = withMod97(country, filledIn(form, random))
    return { value: random.number(0, 1) === 0 ? iban : inGroups(iban) }
  },
  URL: (random) => ({ value: `https://${random.text(lower, 9)}.com/${random.text(lower, 5)}?id=${random.digits(4)}` }),
  IP_ADDRESS: (random) => {
    const parts = [random.number(11, 99), ...Array.from({ length: 3 }, () => random.number(1, 254))]
    return { before: 'it came from ', value: parts.join('.') }
  },
  MAC_ADDRESS: (random) => ({
    before: 'the device is ',
    value: Array.from({ length: 6 }, () => random.text('0123456789', 1) + random.text('0123456789abcdef', 1)).join(':'),
  }),
  NATIONAL_ID: (random) => random.pick(nationalIds)(random),
  DATE_OF_BIRTH: (random) => {
    const [year, month, day] = [random.number(1940, 2005), random.number(1, 12), random.number(1, 28)]
    const two = (part: number): string => String(part).padStart(2, '0')
    return { before: 'my date of birth is ', value: `${year}-${two(month)}-${two(day)}` }
  },
  PASSPORT: (random) => ({ before: 'my passport number is ', value: random.text(letters, 1) + random.digits(8) }),
  DRIVING_LICENCE: (random) => ({
    before: 'my driving licence number is ',
    value: random.text(letters, 1) + random.digits(7),
  }),
  BANK_ACCOUNT: (random) => ({ before: 'my bank account number is ', value: random.digits(9) }),
  SECRET: (random) => ({
    before: 'my password is ',
    value: `${random.text(lower, 5)}${random.digits(3)}!${random.text(letters, 3)}`,
  }),
}

const nationalIds: readonly MakeValue[] = [
  (random) => ({
    before: 'my SSN is ',
    value: `${random.number(100, 665)}-${random.number(10, 99)}-${random.number(1000, 9999)}`,
  }),
  (random) => {
    const digits = withCpf(random.digits(9))
    return { before: 'meu CPF é ', value: digits.replace(/(...)(...)(...)(..)/, '$1.$2.$3-$4') }
  },
  (random) => {
    const digits = withVerhoeff(random.pick(['2', '5', '7']) + random.text('0123456789', 10))
    return { before: 'my Aadhaar is ', value: digits.replace(/(....)(....)(....)/, '$1 $2 $3') }
  },
  (random) => {
    const number = random.digits(8)
    return { before: 'mi DNI es ', value: number + 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(number) % 23) }
  },
  (random) => {
    const digits = withLuhn(random.pick(['1', '4', '5', '6']) + random.text('0123456789', 7))
    return { before: 'my SIN is ', value: digits.replace(/(...)(...)(...)/, '$1-$2-$3') }
  },
]

function filledIn(form: string, random: Random): string {
  return form.replace(/#+/g, (run) => random.digits(run.length))
}

function inGroups(text: string): string {
  return text.match(/.{1,4}/g)?.join(' ') ?? text
}

/** ISO/IEC 7812-1. */
function withLuhn(digits: string): string {
  const sum = [...digits].toReversed().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return digits + String((10 - (sum % 10)) % 10)
}

/** ISO 13616: 98 less the remainder by 97. */
function withMod97(country: string, account: string): string {
  const digits = `${account}${country}00`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))
  return country + String(98n - (BigInt(digits) % 97n)).padStart(2, '0') + account
}

function withCpf(digits: string): string {
  const check = (known: string): string => {
    const sum = [...known].reduce((total, digit, index) => total + Number(digit) * (known.length + 1 - index), 0)
    return String(((sum * 10) % 11) % 10)
  }
  const first = digits + check(digits)
  return first + check(first)
}

/** J. Verhoeff's check digit over the dihedral group of order ten. */
function withVerhoeff(digits: string): string {
  const times = (a: number, b: number): number => {
    const [rotation, turned] = [b % 5, b >= 5]
    if (a < 5) return turned ? 5 + ((a + rotation) % 5) : (a + rotation) % 5
    return turned ? (a - 5 - rotation + 5) % 5 : 5 + ((a - 5 - rotation + 5) % 5)
  }
  const permuted = (digit: number, position: number): number => {
    let moved = digit
    for (let turn = 0; turn < position % 8; turn++) moved = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4][moved] as number
    return moved
  }
  const sum = [...digits]
    .toReversed()
    .reduce((total, digit, index) => times(total, permuted(Number(digit), index + 1)), 0)
  return digits + String(sum < 5 ? (5 - sum) % 5 : sum)
}
