import { type CountryCode, getCountries, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js'
import examples from 'libphonenumber-js/mobile/examples'
import type { Random } from './random.ts'
import type { ValueKind } from './value.ts'

/** Where most people with phones live, and where numbers are written in their own ways. */
const common: readonly CountryCode[] = [
  'US',
  'CA',
  'GB',
  'DE',
  'FR',
  'IT',
  'ES',
  'NL',
  'SE',
  'PL',
  'BR',
  'MX',
  'IN',
  'JP',
  'AU',
]

export const phoneValues: readonly ValueKind[] = [
  {
    type: 'PHONE',
    make: (random) => abroad(numberOf(random.pick(getCountries()), random), random),
    carriers: [
      'call me at {}',
      'my whatsapp is {}',
      '{} is my number',
      'Telefon: {}',
      'whoever answers {} hung up on me',
      '{}',
      'text {} when it ships.',
    ],
  },
  {
    type: 'PHONE',
    make: (random) => atHome(numberOf(random.pick(common), random), random),
    carriers: [
      'call me at {}',
      'My phone number is {}',
      'Tel. {}',
      'mobile: {}',
      'meine Handynummer ist {}',
      'mi teléfono es {}',
      'mon numéro de téléphone est le {}.',
      'meu celular: {}',
      'you can ring me on {} after 5',
    ],
  },
]

interface Phone {
  /** As `+49 1512 3456789`. */
  readonly international: string
  /** As people write it within the country. */
  readonly national: string
  readonly callingCode: string
}

/** The example number of a country with other digits at its end, as long as its numbering plan has that number. */
function numberOf(country: CountryCode, random: Random): Phone {
  const example = getExampleNumber(country, examples)
  const digits = example?.number ?? '+12015550123'
  for (let attempt = 0; attempt < 20; attempt++) {
    const others = attempt < 10 ? 7 : 4
    const phone = parsePhoneNumberFromString(digits.slice(0, -others) + random.digits(others))
    if (phone?.isValid()) return writtenOut(phone)
  }
  const phone = parsePhoneNumberFromString(digits)
  if (!phone) throw new Error(`no phone number of ${country}`)
  return writtenOut(phone)
}

function writtenOut(phone: NonNullable<ReturnType<typeof parsePhoneNumberFromString>>): Phone {
  return {
    international: phone.formatInternational(),
    national: phone.formatNational(),
    callingCode: phone.countryCallingCode,
  }
}

function abroad({ international, national, callingCode }: Phone, random: Random): string {
  return random.pick([
    international,
    international.replaceAll(' ', ''),
    international.replaceAll(' ', '-'),
    international.replaceAll(' ', '.'),
    international.replace('+', '00'),
    `+${callingCode} (0)${international.slice(callingCode.length + 2)}`,
    `(+${callingCode}) ${international.slice(callingCode.length + 2)}`,
    `${international} ext. ${random.number(3)}`,
    national.startsWith('0') ? `+${callingCode} ${national.slice(1).trim()}` : international,
  ])
}

function atHome({ national }: Phone, random: Random): string {
  return random.pick([
    national,
    national,
    national.replaceAll(/[^\d]/g, ''),
    national.replaceAll(/[() ]+/g, ' ').trim(),
    national.replaceAll(/[() -]+/g, '.').replace(/^\./, ''),
    national.replaceAll(/[() ]+/g, '-').replace(/^-/, ''),
    `${national} x${random.number(3)}`,
  ])
}
