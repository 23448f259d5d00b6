import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js'
import { keySeparator, phoneChannelTypes } from '../soql/assumptions.ts'

/** A phone number to compare by. */
export interface Phone {
  /** `+4915112345678`. Null where nobody knows which country it is of: then it is near at most. */
  readonly e164: string | null
  /** The digits without country code and trunk prefix. */
  readonly national: string
}

/** The fewest digits of a number that is looked for without its country. */
export const shortestNational = 7

/**
 * Reads a phone number as people and systems write it. `country` is where a number without a country code is dialled; without one
 * such a number has no E.164. Null for what is none. A number need not be in use, only possible.
 */
export function readPhone(text: string, country: string | null): Phone | null {
  // Marks of direction come along with whatever is copied from a phone.
  const plain = text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim()
  const written = plain.replace(/^00(?=[1-9])/, '+')
  const defaultCountry = country?.slice(0, 2).toUpperCase() ?? ''
  const parsed = parsePhoneNumberFromString(written, {
    extract: false,
    ...(isSupportedCountry(defaultCountry) && { defaultCountry: defaultCountry as CountryCode }),
  })
  if (parsed?.isPossible()) return { e164: parsed.number, national: parsed.nationalNumber }
  if (written.startsWith('+') || !/^[\d\s()./-]{1,40}$/.test(written)) return null
  const national = written.replace(/\D/g, '').replace(/^0+/, '')
  return national.length >= shortestNational && national.length <= 15 ? { e164: null, national } : null
}

/** The number that a platform key is; null where it is none. */
export function phoneOfKey(key: string, channelType: string | null): Phone | null {
  const subject = key.split(keySeparator).at(-1)?.normalize('NFKC').trim() ?? ''
  if (!/^\+?[\d\s().-]{6,40}$/.test(subject)) return null
  const own = readPhone(subject, null)
  if (own?.e164) return own
  // Platforms leave the plus out, never the country code.
  const international = subject.startsWith('0') ? null : readPhone(`+${subject}`, null)
  return international ?? (channelType !== null && phoneChannelTypes.has(channelType) ? own : null)
}

/** An e-mail address to compare by. */
export interface Email {
  readonly local: string
  readonly domain: string
}

/** Reads an address; case does not count. Null for what is none. */
export function readEmail(text: string): Email | null {
  const folded = text.trim().normalize('NFC').toLowerCase()
  const at = folded.lastIndexOf('@')
  const [local, domain] = [folded.slice(0, at), folded.slice(at + 1)]
  if (at < 1 || local.length > 64 || domain.length > 255 || /\s/.test(folded)) return null
  return /^[^@.]+(?:\.[^@.]+)+$/.test(domain) ? { local, domain } : null
}

/** The address that a platform key is; null where it is none. */
export function emailOfKey(key: string): Email | null {
  const subject = key.split(keySeparator).at(-1) ?? ''
  return readEmail(subject) ?? readEmail(subject.replace(/%40/i, '@'))
}

export function addressOf({ local, domain }: Email): string {
  return `${local}@${domain}`
}
