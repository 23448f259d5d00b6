import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findSpans } from './find-spans.ts'
import { identitiesOf } from './identities.ts'
import { conversationWith } from './testing/conversations.ts'
import { pieces } from './testing/texts.ts'

const found = (text: string, before = ''): string[] =>
  findSpans(text, { before }).map(({ type, start, end }) => `${type} ${text.slice(start, end)}`)

describe('e-mail', () => {
  test.each([
    ['ada@example.org', 'ada@example.org'],
    ['<ada.king+x@mail.example.co.uk>.', 'ada.king+x@mail.example.co.uk'],
    ['mailto:ada@example.org?x', 'ada@example.org'],
    ["'ada@example.org'", 'ada@example.org'],
    ["o'brien@example.org", "o'brien@example.org"],
    ['Jürgen@müller.example', 'Jürgen@müller.example'],
    ['ada@example.xn--p1ai', 'ada@example.xn--p1ai'],
    ['ada@example.org-', 'ada@example.org'],
    ['ada＠example.org', 'ada＠example.org'],
    ['a@b.co', 'a@b.co'],
  ])('%j', (text, expected) => expect(found(text)).toEqual([`EMAIL ${expected}`]))
  test.each([
    '@ada',
    'ada@',
    'ada@localhost',
    'ada@example.c',
    'ada@example.1',
    'a @ b.co',
    '@',
    '@@',
    'a@.co',
    'a@b..co',
  ])('%j is none', (text) => expect(found(text)).toEqual([]))
})

describe('cards', () => {
  // Numbers that payment networks publish for tests, and made-up ones of the ranges peers miss.
  test.each([
    '4111111111111111',
    '4222222222222',
    '5555555555554444',
    '2223003122003222',
    '378282246310005',
    '6011111111111117',
    '30569309025904',
    '3530111333300000',
    '6200000000000005',
    '501812345673',
    '4111 1111 1111 1111',
    '4111-1111-1111-1111',
    '3782 822463 10005',
    '4222 2222 2222 2',
    '４１１１１１１１１１１１１１１１',
  ])('%j', (card) => {
    expect(found(`card ${card}.`)).toEqual([`CARD ${card}`])
    expect(found(`card ${card} 12/27 123`)).toEqual([`CARD ${card}`])
  })
  test.each([
    ['a wrong check digit', '4111111111111112'],
    ['no issuer', '1000000000000008'],
    ['a wrong length', '41111111111111111'],
    ['a part of a longer number', '941111111111111119999'],
    ['mixed separators', '4111 1111-1111 1111'],
    ['pairs', '41 11 11 11 11 11 11 11'],
    ['a short one that is an order number', 'order 501812345673'],
    ['a short one inside a word', 'A501812345673'],
  ])('%s is none', (_, text) => expect(found(text)).toEqual([]))
})

describe('IBAN', () => {
  // Examples of the SWIFT registry.
  test.each([
    'GB82WEST12345698765432',
    'GB82 WEST 1234 5698 7654 32',
    'DE89370400440532013000',
    'FR1420041010050500013M02606',
    'NO9386011117947',
    'MT84MALT011000012345MTLCAST001S',
    'LC55HEMM000100010012001200023015',
    'gb82west12345698765432',
    'DE89-3704-0044-0532-0130-00',
  ])('%j', (iban) => expect(found(`to ${iban}, please`)).toEqual([`IBAN ${iban}`]))
  test.each([
    'GB82WEST12345698765433',
    'GB82WEST1234569876543',
    'ZZ82WEST12345698765432',
    'XGB82WEST12345698765432',
    'GB82  WEST12345698765432',
  ])('%j is none', (text) => expect(found(text).filter((span) => span.startsWith('IBAN'))).toEqual([]))
})

describe('phones', () => {
  test.each([
    '+49 170 1234567',
    '+491701234567',
    '00491701234567',
    '+46 (0)8 928 571 38',
    '+1-984-182-0190',
    '(541) 714-1388',
    '541-714-1388',
    '541.714.1388',
    '1-800-555-0199',
    '0170/1234567',
    '030 - 1234567',
    '07700 900123',
    '01.84.17.61.18',
    '090-1234-5678',
    '(11) 91234-5678',
    '98765 43210',
    '541-714-1388 ext. 12',
    '345-899-3560x4587',
    '0170\u200b1234567',
    '+971 50 123 4567',
    '(+44) 20 7946 0000',
  ])('%j says so itself', (phone) => expect(found(`Hello ${phone}, bye`)).toEqual([`PHONE ${phone}`]))

  test.each([
    ['Phone:\n60-56-85-91', '60-56-85-91'],
    ['call me on 9472 7916', '9472 7916'],
    ['Mein Handy ist 1701234567', '1701234567'],
    ['mon numéro de téléphone 612345678', '612345678'],
    ['我的手机13800138000', '13800138000'],
    ['мой телефон 9161234567', '9161234567'],
    ['416 60 039 office', '416 60 039'],
  ])('%j is told by its words', (text, phone) => expect(found(text)).toEqual([`PHONE ${phone}`]))

  test.each([
    'order 541-714-1388',
    'order number: 0123456789',
    'tracking 1Z999AA10123456784',
    'on 2024-05-01 at 10:30',
    '01.02.2024',
    '12/31/2024',
    '2018-2019',
    '$1234567.00',
    '1234567 €',
    '1,234,567',
    'Vouchers:10000200007400001 10000200005000001',
    'ref 12345678',
    '1234567',
    '123456789012',
    '550e8400-e29b-41d4-a716-446655440000',
    '5003z00002AbCdEAAV',
    '12345',
    '',
    '1717234567890',
    '2024-05-01T10:30:00.000Z',
    'ISBN 978-3-16-148410-0',
  ])('%j is none', (text) => expect(found(text)).toEqual([]))

  test('the label of a field counts as the words before it', () => {
    expect(found('4500840')).toEqual([])
    expect(found('4500840', 'Phone number')).toEqual(['PHONE 4500840'])
    expect(found('4500840', 'order number')).toEqual([])
  })

  test('several in a row', () => {
    expect(found('0170 1234567 0171 7654321')).toEqual(['PHONE 0170 1234567', 'PHONE 0171 7654321'])
    expect(found('0170 1234567/0171 7654321 or +49 30 1234567')).toHaveLength(3)
    expect(found('2024-05-01 0170 1234567')).toEqual(['PHONE 0170 1234567'])
  })
})

test('links', () => {
  expect(found('see https://example.org/a?b=1#c, or (http://example.com).')).toEqual([
    'URL https://example.org/a?b=1#c',
    'URL http://example.com',
  ])
  expect(found('a://b http:// javascript://x')).toEqual([])
})

describe('hostile input', () => {
  const identities = identitiesOf(
    conversationWith({
      name: 'Grace Hopper',
      contact: {
        names: ['G G G G'],
        emails: ['g@example.org'],
        phones: ['+491701234567', '111 111 1111'],
        addresses: ['1 1 1 1 1 a'],
      },
    }),
  )
  // Of this process, so that a machine under load does not count.
  const timeOf = (text: string, runs: number): number => {
    let best = Number.POSITIVE_INFINITY
    for (let run = 0; run < runs; run++) {
      const before = process.cpuUsage()
      findSpans(text, { identities, ignored: new Set(['URL']) })
      findSpans(text)
      const { user, system } = process.cpuUsage(before)
      best = Math.min(best, (user + system) / 1000)
    }
    return best
  }
  test.each([
    'a',
    '1',
    '@',
    '1-',
    'GB82',
    'GB82WEST12345698765432',
    'a@',
    'a.',
    '@a.',
    'a@b.co',
    '://',
    'http://x',
    '((',
    '[',
    '[EMAIL]',
    '\ud800',
    'e\u0301',
    '\u0301',
    'مرحبا ',
    '12 ',
    '1234567 ',
    '0170 1234567 ',
    '491701234567 ',
    '+1',
    'Grace ',
    'g ',
    'G.',
    '4111 ',
    '4111111111111111 ',
    'x1',
    '12,',
    '1 1\n',
    'card 501812345673 ',
    '5551234567 ext ',
    '(0',
    '٠',
    '1 1 1 1 1 ',
    '\u200b',
    '1\u200b',
    '1.2.3.4 ',
    '1:',
    'ab:cd:',
    '00-',
    '00:11:22:33:44:55 ',
    'AB 12 34 56 C ',
    '123-45-6789 ',
    'ssn 123-45-6789 ',
    '123.456.789-09 ',
    '111.444.777-35',
    'born 1/1/1990 ',
    'passport A1234567 ',
    'account 12345678 ',
    'password is ',
    'password: x ',
    'eyJa.',
    'eyJabcdef.eyJ',
    'sk_',
    'ghp_',
    '00D000000000001!',
    '-----BEGIN PRIVATE KEY-----',
    'www.a.b ',
    '1 Main St ',
    'Hauptstraße 1 ',
    '(((([[[[{{{{',
  ])('%j takes time in proportion to its length', (unit) => {
    const time = (length: number, runs: number): number => timeOf(unit.repeat(length / unit.length), runs)
    const short = time(12_500, 4)
    // Eight times the length is eight times the work, and 64 times where a rule is quadratic. The rest is for the noise.
    expect(time(100_000, 1)).toBeLessThan(short * 20 + 50)
  })

  test('so does whatever is repeated', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 }), (parts) => {
        const unit = parts.join('') || ' '
        const time = (length: number, runs: number): number =>
          timeOf(unit.repeat(Math.ceil(length / unit.length)), runs)
        expect(time(32_000, 1)).toBeLessThan(time(4000, 4) * 20 + 50)
      }),
      { numRuns: process.env['SLOW'] ? 1000 : 25 },
    )
  })
})
