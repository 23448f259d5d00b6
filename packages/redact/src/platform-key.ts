import { internationalDigits, keySeparator } from './assumptions.ts'
import { fold } from './characters.ts'
import { knownPhone } from './known-phones.ts'
import type { PersonalDataType } from './personal-data-type.ts'

/** What a platform key or a sender's subject is, and its normalised value. */
export interface PlatformKey {
  readonly type: PersonalDataType & ('PHONE' | 'EMAIL' | 'PLATFORM_KEY')
  readonly value: string
  /** The part that names the person, verbatim. */
  readonly subject: string
}

/**
 * Reads `MessagingEndUser.MessagingPlatformKey` and `sender.subject` of end users, so that a person gets one pseudonym
 * for both.
 */
export function readPlatformKey(key: string): PlatformKey {
  const subject = key.split(keySeparator).at(-1)?.trim() || key
  if (/^[+＋]?[\d\s().-]+$/.test(subject)) {
    const isInternational = subject.replace(/\D/g, '').length >= internationalDigits && !subject.startsWith('0')
    const phone = knownPhone(subject, isInternational)
    if (phone) return { type: 'PHONE', value: phone.value, subject }
  }
  if (/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(subject)) return { type: 'EMAIL', value: fold(subject), subject }
  return { type: 'PLATFORM_KEY', value: subject, subject }
}
