import { toRecordId } from '@custody/model'
import type { SubjectIdentifiers } from '../erasure-request.ts'
import { type Email, type Phone, readEmail, readPhone } from './normalise.ts'

/** The identifiers of a request, as they are compared. */
export interface Wanted {
  /** 18 characters, as the ids of contacts. */
  readonly endUserIds: ReadonlySet<string>
  readonly contactIds: ReadonlySet<string>
  readonly platformKeys: ReadonlySet<string>
  readonly phones: readonly Phone[]
  readonly emails: readonly Email[]
  /** In what a number without a country code is read; null where nobody said. */
  readonly country: string | null
  /** What cannot be looked for, or not as it should: whoever asked has to hear so. */
  readonly unusable: readonly Unusable[]
}

/**
 * An identifier that nothing can be looked for with; `number` counts from 1 within its kind, so that no value is
 * shown.
 */
export interface Unusable {
  readonly kind: 'end-user-id' | 'contact-id' | 'phone' | 'email' | 'platform-key'
  /** Which of its kind, from 1: the value itself stands in no log. */
  readonly number: number
  /** `no-country`: looked for all the same, and near at most. */
  readonly why: 'malformed' | 'no-country'
}

const prefixes = { 'end-user-id': '0PA', 'contact-id': '003' } as const

/** The most characters of a `MessagingPlatformKey`. */
const longestKey = 255

/** Reads the identifiers of a request. Pure. */
export function readWanted(subject: SubjectIdentifiers, country: string | null): Wanted {
  const unusable: Unusable[] = []
  const read = <T>(
    kind: Unusable['kind'],
    texts: readonly string[],
    reader: (text: string) => T | null,
  ): readonly T[] =>
    texts.flatMap((text, at) => {
      const value = reader(text)
      if (value !== null) return [value]
      unusable.push({ kind, number: at + 1, why: 'malformed' })
      return []
    })
  const recordId =
    (kind: keyof typeof prefixes) =>
    (text: string): string | null => {
      const id = toRecordId(text.trim())
      return id?.startsWith(prefixes[kind]) ? id : null
    }
  const phones = read('phone', subject.phones, (text) => readPhone(text, country))
  for (const [at, text] of subject.phones.entries()) {
    if (readPhone(text, country)?.e164 === null) unusable.push({ kind: 'phone', number: at + 1, why: 'no-country' })
  }
  return {
    endUserIds: new Set(read('end-user-id', subject.endUserIds, recordId('end-user-id'))),
    contactIds: new Set(read('contact-id', subject.contactIds, recordId('contact-id'))),
    platformKeys: new Set(
      read('platform-key', subject.platformKeys, (key) => (key === '' || key.length > longestKey ? null : key)),
    ),
    phones,
    emails: read('email', subject.emails, readEmail),
    country,
    unusable,
  }
}
