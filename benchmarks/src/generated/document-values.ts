import { nationalIds } from './national-ids.ts'
import type { Random } from './random.ts'
import type { ValueKind } from './value.ts'

const idSentences = ['{name} {}', 'my {name} is {}', '{name}: {}', 'here is the {name}: {}, ok?', '{} ({name})']

/** One kind a country, so that each gets its share. */
const ids: readonly ValueKind[] = nationalIds.map(({ names, make, type = 'NATIONAL_ID' }) => ({
  type,
  make,
  carriers: names.flatMap((name) => idSentences.map((sentence) => sentence.replace('{name}', name))),
}))

export const documentValues: readonly ValueKind[] = [
  ...ids,
  {
    type: 'PASSPORT',
    make: (random) =>
      random.pick([
        random.number(9),
        `${random.letters(1)}${random.digits(8)}`,
        `${random.letters(2)}${random.digits(7)}`,
      ]),
    carriers: ['my passport number is {}', 'Passport: {}', 'passport no. {}', 'Reisepass Nr. {}', 'pasaporte {}'],
  },
  {
    type: 'DRIVING_LICENCE',
    make: (random) =>
      random.pick([
        `${random.letters(1)}${random.digits(7)}`,
        `${random.letters(1)}${random.digits(12)}`,
        random.number(8),
      ]),
    carriers: [
      "driver's license {}",
      'my driving licence number is {}',
      'Drivers License: {}',
      'DL number {}',
      'Führerschein {}',
    ],
  },
  {
    type: 'DATE_OF_BIRTH',
    make: birthday,
    carriers: [
      'born on {}',
      'my date of birth is {}',
      'DOB: {}',
      'd.o.b. {}',
      'geboren am {}',
      'nací el {}',
      'birthday {}',
    ],
  },
  {
    type: 'BANK_ACCOUNT',
    make: (random) => random.number(7 + random.below(5)),
    carriers: ['my bank account number is {}', 'account no: {} at the bank', 'Kontonummer {}', 'checking account {}'],
  },
]

const months = 'January,February,March,April,May,June,July,August,September,October,November,December'.split(',')

function birthday(random: Random): string {
  const year = 1940 + random.below(66)
  const month = 1 + random.below(12)
  const day = 1 + random.below(28)
  const padded = (value: number): string => String(value).padStart(2, '0')
  return random.pick([
    `${year}-${padded(month)}-${padded(day)}`,
    `${padded(day)}.${padded(month)}.${year}`,
    `${month}/${day}/${year}`,
    `${day}/${month}/${String(year).slice(2)}`,
    `${months[month - 1]} ${day}, ${year}`,
    `${day} ${months[month - 1]?.slice(0, 3)} ${year}`,
  ])
}
