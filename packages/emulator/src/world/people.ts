import { hash32, Random } from '../random.ts'
import type { Locale, PhonePlan } from './locales/locale.ts'
import { localeRotation } from './locales/rotation.ts'
import { purpose } from './purposes.ts'

/** A customer. */
export interface Person {
  readonly number: number
  readonly locale: Locale
  readonly firstName: string
  readonly lastName: string
  /** As it is written in their country. */
  readonly name: string
  readonly email: string
  readonly phone: Phone
  readonly homePhone: Phone | null
  readonly street: string
  readonly city: string
  readonly postalCode: string
  readonly address: string
  readonly birthdate: string
  /** Whether the shop's CRM knows them: a Contact linked to their end users. */
  readonly hasContact: boolean
}

/** A phone number in the forms people write it. */
export interface Phone {
  readonly e164: string
  readonly international: string
  readonly national: string
}

const mailDomains = ['example.com', 'example.org', 'example.net', 'mail.example.com', 'post.example']

/** The customer of this number. */
export function personOf(seed: number, number: number): Person {
  const turn = number % localeRotation.length
  const locale = localeRotation[turn] as Locale
  // The second German of every sixteen is a namesake of the first: same name, another person.
  const nameNumber = turn === 8 ? number - 7 : number
  const names = new Random(seed, purpose.person, nameNumber)
  const [firstName, firstLatin] = scripts(names.pick(locale.firstNames))
  const [lastName, lastLatin] = scripts(names.pick(locale.lastNames))
  const random = new Random(seed, purpose.person, number, 1)
  const local = `${ascii(firstLatin)}.${ascii(lastLatin)}`
  const address = { street: random.pick(locale.streets), number: random.between(1, 198), ...random.pick(locale.cities) }
  const street = locale.address.startsWith('{number}')
    ? `${address.number} ${address.street}`
    : `${address.street} ${address.number}`
  const rank = Math.floor(number / localeRotation.length) * turnsOf(locale.country) + turnsOf(locale.country, turn)
  return {
    number,
    locale,
    firstName,
    lastName,
    name: locale.familyNameFirst ? `${lastName} ${firstName}` : `${firstName} ${lastName}`,
    // The number keeps addresses apart where names are not.
    email: `${random.chance(0.3) ? `${local}+shop` : local}${number}@${random.pick(mailDomains)}`,
    phone: phoneOf(locale.phone, rank * 2),
    homePhone: random.chance(0.3) ? phoneOf(locale.phone, rank * 2 + 1) : null,
    street,
    city: address.name,
    postalCode: address.postalCode,
    address: locale.address
      .replace('{street}', address.street)
      .replace('{number}', String(address.number))
      .replace('{postalCode}', address.postalCode)
      .replace('{city}', address.name),
    birthdate: new Date(Date.UTC(random.between(1945, 2006), random.below(12), random.between(1, 28)))
      .toISOString()
      .slice(0, 10),
    hasContact: hash32(seed, purpose.person, number, 2) % 10 < 6,
  }
}

function scripts(name: string): [native: string, latin: string] {
  const [native = '', latin = native] = name.split('|')
  return [native, latin]
}

function ascii(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll('ß', 'ss')
    .replaceAll('ı', 'i')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()
}

/** How many of the rotation live in a country, or how many of them come before a turn. */
function turnsOf(country: string, before: number = localeRotation.length): number {
  return localeRotation.slice(0, before).filter((locale) => locale.country === country).length
}

/** The nth number of a country's plan, fictional ranges first. */
function phoneOf(plan: PhonePlan, n: number): Phone {
  let rest = n
  for (const { prefix, digits } of plan.drama) {
    if (rest < 10 ** digits) return written(plan, prefix + String(rest).padStart(digits, '0'))
    rest -= 10 ** digits
  }
  const { prefix, digits } = plan.plain
  // Past a million of one country numbers come round again.
  return written(plan, prefix + String(rest % 10 ** digits).padStart(digits, '0'))
}

function written(plan: PhonePlan, digits: string): Phone {
  const groups: string[] = []
  let at = 0
  for (const [k, size] of plan.groups.entries()) {
    const last = k === plan.groups.length - 1
    groups.push(last ? digits.slice(at) : digits.slice(at, at + size))
    at += size
  }
  const grouped = groups.filter(Boolean).join(plan.separator)
  return {
    e164: `+${plan.countryCode}${digits}`,
    international: `+${plan.countryCode} ${grouped}`,
    national: plan.trunk + grouped,
  }
}
