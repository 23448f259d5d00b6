import { type CustodyError, usageError } from '@custody/pipeline'

/** What an event says beyond its act: flat, so that everything in it is looked at. */
export type AuditDetail = Readonly<Record<string, string | number | boolean | null>>

const TEXT_MAX = 200
const KEYS_MAX = 32
const key = /^[a-z][A-Za-z0-9]{0,39}$/

const word = /^[A-Za-z0-9][A-Za-z0-9._:/=+-]*$/
/** 32 bytes, as seals and notes write a hash; it may begin with any of its alphabet. */
const base64Digest = /^[A-Za-z0-9+/]{43}=$/

/** Digits that are no number to call: dates and instants (also as in file names), UUIDs, digests. */
const datesAndDigests =
  /(?<!\d)2\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)(?:T\d\d:?\d\d:?\d\d(?:\.\d{3})?Z)?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:[0-9a-f]{2}){16,}/gi
/** As short as a number without area code, and E.164 has at most 15 digits: anything longer is caught too. */
const phone = /(?<![A-Za-z0-9])\d(?:[._:/=+-]{0,2}\d){6,}(?![A-Za-z0-9])/

/**
 * Whether a text may stand in the audit log: an id, a digest, a code, an instant, a path or one short ASCII word.
 *
 * The log is kept for good and part of it goes into every archive: personal data in it could not be erased. So the rule is
 * on the side of refusing, by shape alone:
 *
 * - at most 200 characters of `A-Z a-z 0-9 . _ : / = + -`, the first a letter or digit. There is no space, so no sentence;
 *   nothing beyond ASCII; no `@` and no `%`, so no e-mail address, plain or escaped.
 * - no seven digits or more in a row, whether joined or grouped by any of `. _ : / = + -`, unless they are part of a date,
 *   an instant, a UUID or a hexadecimal digest: so no phone number, no account number, no IPv4 address of twelve digits.
 *   Counts are numbers, not text. Ids that mix digits and letters are none of that: a run of digits that touches a letter
 *   passes.
 *
 * What it cannot see: a name that is a single word. It keeps accidents out; that nobody writes names is up to the caller,
 * who passes ids.
 */
export function isSafeText(text: string): boolean {
  if (base64Digest.test(text)) return true
  if (text.length > TEXT_MAX || !word.test(text)) return false
  return !phone.test(text.replace(datesAndDigests, '~'))
}

/**
 * The same detail, as a copy, if every value of it may stand in the log: finite numbers, booleans, null, and texts that
 * {@link isSafeText} takes, under at most 32 plain names (`camelCase`, at most 40 characters).
 *
 * @throws CustodyError of kind usage, `AUDIT_DETAIL`, naming the key and never the value.
 */
export function safeDetail(detail: AuditDetail): AuditDetail {
  if (typeof detail !== 'object' || detail === null) throw unsafe('detail is no object')
  const entries = Object.entries(detail)
  if (entries.length > KEYS_MAX) throw unsafe(`detail has more than ${KEYS_MAX} keys`)
  for (const [name, value] of entries) {
    // A key that fails is not repeated: it may be what should not be told.
    if (!key.test(name)) throw unsafe('a key of detail is not a plain name such as recordCount')
    if (!isSafeValue(value)) throw unsafe(`detail.${name} may hold personal data, or is no plain value`)
  }
  return Object.fromEntries(entries)
}

/**
 * The id, if it may stand in the log.
 *
 * @throws CustodyError of kind usage, `AUDIT_DETAIL`.
 */
export function safeId(name: string, id: string | null): string | null {
  if (id === null || (typeof id === 'string' && isSafeText(id))) return id
  throw unsafe(`${name} may hold personal data, or is no id`)
}

/** Whether a detail has the shape of one, for reading: a later version may have other ideas of what is safe. */
export function isDetail(value: unknown): value is AuditDetail {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).every(([name, one]) => key.test(name) && (one === null || typeof one !== 'object'))
  )
}

function isSafeValue(value: unknown): boolean {
  if (typeof value === 'string') return isSafeText(value)
  return value === null || typeof value === 'boolean' || Number.isFinite(value)
}

function unsafe(what: string): CustodyError<'AUDIT_DETAIL'> {
  return usageError(
    'AUDIT_DETAIL',
    `The audit log did not take an event: ${what}.`,
    'Pass ids, digests, codes, instants, counts or single words; no names, addresses, phone numbers or sentences.',
  )
}
