import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hintOf } from './hint.ts'
import {
  emailInKeyPatterns,
  nearEmailPatterns,
  nearKeyPatterns,
  nearPhonePatterns,
  phonePattern,
} from './like-patterns.ts'
import { type EndUserFacts, matchContact, matchEndUser, sortReasons } from './match.ts'
import { isNearEmail, isNearPhone, isSamePhone } from './near.ts'
import { type Email, emailOfKey, type Phone, phoneOfKey, readEmail, readPhone } from './normalise.ts'
import { readWanted } from './wanted.ts'

const phone = (text: string, country: string | null = null): Phone => readPhone(text, country) as Phone
const email = (text: string): Email => readEmail(text) as Email

/** Whether a value matches a pattern of LIKE, with its quotes, as SOQL has it. */
function isLike(value: string, pattern: string): boolean {
  const parts = [...pattern.slice(1, -1).matchAll(/\\(.)|([\s\S])/gu)]
  const source = parts.map(([, escaped, plain = '']) =>
    escaped !== undefined ? literal(escaped) : plain === '%' ? '.*' : plain === '_' ? '.' : literal(plain),
  )
  return new RegExp(`^${source.join('')}$`, 'isu').test(value)
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

test('a phone number is the same however it is written, and never without its country', () => {
  const one = phone('+4915112345678')
  for (const text of [
    '+49 151 12345678',
    '0049 (151) 1234-5678',
    '＋49 151 12345678',
    '+49 (0) 151 12345678',
    '\u202a+49 151 12345678\u202c',
  ]) {
    expect(isSamePhone(phone(text), one), text).toBe(true)
  }
  expect(isSamePhone(phone('0151 12345678', 'DE'), one)).toBe(true)
  expect(isSamePhone(phone('0151 12345678', 'AT'), one)).toBe(false)
  expect(phone('0151 12345678').e164).toBeNull()
  expect(isSamePhone(phone('0151 12345678'), phone('0151 12345678'))).toBe(false)
  expect(isNearPhone(phone('0151 12345678'), one)).toBe(true)
  expect(isSamePhone(phone('(415) 555-2671', 'US-CA'), phone('+14155552671'))).toBe(true)
  for (const text of ['', '+', '123', 'abc', '+49', '٩', '1'.repeat(300), '+1 (', '0'.repeat(20)]) {
    expect(readPhone(text, 'DE')?.e164 ?? null, text).toBeNull()
  }
})

test('keys of phone channels are numbers with and without plus and prefix; ids of pages are none', () => {
  for (const key of ['+4915112345678', '4915112345678', 'whatsapp:+4915112345678', 'tel:4915112345678']) {
    expect(phoneOfKey(key, 'WhatsApp')?.e164, key).toBe('+4915112345678')
  }
  expect(phoneOfKey('015112345678', 'Text')?.e164).toBeNull()
  for (const key of ['7000000000000042', 'v2/iamessage/UNAUTH/NA/uid:4bd1f1f6-8a24-4b41-9f0e-1d2f3a4b5c6d', '']) {
    expect(phoneOfKey(key, 'Facebook')?.e164 ?? null, key).toBeNull()
  }
  expect(emailOfKey('v2/iamessage/AUTH/shop/uid:Jane.Doe%40Example.com')).toEqual(email('jane.doe@example.com'))
})

const digits = fc.stringMatching(/^[1-9][0-9]{6}$/)

test('near is one digit or the last seven, and nothing else', () => {
  fc.assert(
    fc.property(digits, fc.nat(9), fc.nat(9), (rest, at, digit) => {
      const one = phone(`+49151${rest}0`)
      const national = one.national
      const other = national.slice(0, at) + digit + national.slice(at + 1)
      const near = phone(`+49${other}`)
      expect(isNearPhone(one, near)).toBe(national !== other)
      const twice = other.slice(0, -1) + ((Number(other.at(-1)) + 5) % 10)
      const isTwo = [...national].filter((each, index) => each !== twice[index]).length === 2
      if (isTwo) expect(isNearPhone(one, phone(`+49${twice}`))).toBe(false)
      expect(isNearPhone(one, phone(`+49160${one.national.slice(-7)}`))).toBe(
        one.e164 !== `+49160${one.national.slice(-7)}`,
      )
    }),
  )
  const one = email('jane.doe@example.com')
  for (const near of ['jane.do@example.com', 'jane.doee@example.com', 'jane_doe@example.com', 'ane.doe@EXAMPLE.com']) {
    expect(isNearEmail(one, email(near)), near).toBe(true)
  }
  for (const far of ['jane.doe@example.org', 'jan.do@example.com', 'jane.doe@example.com', 'janedeo@example.com']) {
    expect(isNearEmail(one, email(far)), far).toBe(false)
  }
})

const letters = fc.stringMatching(/^[a-z0-9._%+'\\-]{1,20}$/)

test('patterns let through all that matches', () => {
  const separators = fc.constantFrom('', ' ', '-', '/', ') (')
  fc.assert(
    fc.property(digits, fc.nat(9), fc.nat(9), separators, (rest, at, digit, separator) => {
      const one = phone(`+49151${rest}`)
      const written = (national: string): string => `+49${separator}${[...national].join(separator)}`
      expect(isLike(written(one.national), phonePattern(one))).toBe(true)
      const other = one.national.slice(0, at) + digit + one.national.slice(at + 1)
      expect(nearPhonePatterns(one).some((pattern) => isLike(written(other), pattern))).toBe(true)
      expect(nearKeyPatterns(one).some((pattern) => isLike(`49${other}`, pattern))).toBe(true)
    }),
  )
  fc.assert(
    fc.property(letters, fc.nat(20), fc.constantFrom('x', '%', '_', "'", '\\'), (local, at, letter) => {
      const one = email(`${local}@example.com`)
      for (const other of [local.slice(0, at) + letter + local.slice(at), local.slice(0, at) + local.slice(at + 1)]) {
        const near = readEmail(`${other}@example.com`)
        if (near === null || !isNearEmail(one, near)) continue
        expect(nearEmailPatterns(one).some((pattern) => isLike(`${other}@example.com`, pattern))).toBe(true)
      }
      const key = `v2/iamessage/AUTH/shop/uid:${local}@example.com`
      expect(emailInKeyPatterns(one).some((pattern) => isLike(key, pattern))).toBe(true)
      expect(emailInKeyPatterns(one).some((pattern) => isLike(`${key}x`, pattern))).toBe(false)
    }),
  )
})

const wanted = readWanted(
  {
    endUserIds: ['0PA000000000001'],
    contactIds: ['003000000000001'],
    phones: ['+4915112345678', '0160 7654321'],
    emails: ['Jane@Example.com', 'no-address'],
    platformKeys: ['opaque-Key'],
  },
  null,
)

const endUser = (changes: Partial<EndUserFacts>): EndUserFacts => ({
  id: '0PA000000000009GAA',
  name: null,
  platformKey: null,
  channelType: null,
  channelName: null,
  contactId: null,
  ...changes,
})

test('reasons are those that hold, the strongest first', () => {
  const reasons = (changes: Partial<EndUserFacts>): readonly string[] =>
    sortReasons(matchEndUser(endUser(changes), wanted))
  expect(reasons({})).toEqual([])
  expect(reasons({ id: '0PA000000000001GAA', contactId: '003000000000001AAA' })).toEqual(['end-user-id', 'contact-id'])
  expect(reasons({ platformKey: 'opaque-Key' })).toEqual(['platform-key'])
  expect(reasons({ platformKey: 'OPAQUE-key' })).toEqual([])
  expect(reasons({ platformKey: '4915112345678', channelType: 'Custom' })).toEqual(['phone'])
  expect(reasons({ platformKey: '+4915112345679', channelType: 'Text' })).toEqual(['near-phone'])
  expect(reasons({ platformKey: '+4915112345679', channelType: 'Custom' })).toEqual([])
  expect(reasons({ platformKey: '+491607654321', channelType: 'Text' })).toEqual(['near-phone'])
  expect(reasons({ platformKey: 'uid:jane@example.com' })).toEqual(['email'])
  expect(reasons({ platformKey: 'uid:janet@example.com' })).toEqual(['near-email'])
  const contact = (phones: readonly string[], emails: readonly string[]): readonly string[] =>
    sortReasons(matchContact({ id: '003000000000002AAA', phones, emails }, wanted))
  expect(contact(['0049 151 12345678'], ['JANE@example.com'])).toEqual(['contact-email', 'contact-phone'])
  expect(contact(['0151 12345678'], ['jan@example.com'])).toEqual(['near-phone', 'near-email'])
  expect(contact(['hello', ''], ['', '@', 'jane@example.org'])).toEqual([])
})

test('identifiers that cannot be looked for are told by kind and number, never by value', () => {
  expect(wanted.unusable).toEqual([
    { kind: 'phone', number: 2, why: 'no-country' },
    { kind: 'email', number: 2, why: 'malformed' },
  ])
})

test('a hint shows initials and the last three characters at most', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (name, platformKey) => {
      const hint = hintOf({ name, platformKey })
      expect(hint).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      expect([...hint].length).toBeLessThanOrEqual(13)
    }),
  )
  expect(hintOf({ name: 'Jane Q. Doe', platformKey: '+4915112345678' })).toBe('J. Q. D. …678')
  expect(hintOf({ name: null, platformKey: '1234567' })).toBe('')
})
