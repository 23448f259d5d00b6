import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AuditDetail, isSafeText, safeDetail } from './safe-detail.ts'

test.each([
  'plain',
  'ARCHIVE_DISK',
  'legal-hold',
  'gdpr-17-1-b',
  'acme-2026-10-01--2026-11-01',
  'acme-42-2026-10-01T083000.000Z--2026-11-01',
  '20261121T080000Z-abcd',
  '2026-11-21T08:00:00.123Z',
  '2026-11-21',
  'example.com/acme',
  'custody/0.0.0',
  'ER-ABCDEFGHIJKLMNOP',
  '0Mw5e0000000001CAA',
  '570000000000123AAA',
  '550e8400-e29b-41d4-a716-446655440000',
  '10293847-1029-3847-1029-384710293847',
  'sha256:1234567890123456789012345678901234567890123456789012345678901234',
  '+/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  '123456',
  'a'.repeat(200),
])('%s may stand in the log', (text) => {
  expect(isSafeText(text)).toBe(true)
})

test.each([
  '',
  ' ',
  'two words',
  'anna@example.com',
  'anna%40example.com',
  'Müller',
  'line\n',
  'a\u0000',
  '{"a":1}',
  '"quoted"',
  '+491701234567',
  '00491701234567',
  '0170-1234567',
  '0171-55-66778',
  '(0170)1234567',
  '0170/123.45.67',
  '555-0123-4',
  '2026-99-99',
  '1234567',
  'tel:+491701234567',
  'whatsapp:+4917012345',
  '192.168.100.200',
  'a'.repeat(201),
  '💬',
])('%j may not', (text) => {
  expect(isSafeText(text)).toBe(false)
})

test('no phone number passes, however it is grouped', () => {
  const separator = fc.constantFrom('', '', '-', '.', '/', ' ', '_', ') ', '--')
  const digit = fc.integer({ min: 0, max: 9 })
  const number = fc.array(fc.tuple(digit, separator), { minLength: 7, maxLength: 15 })
  fc.assert(
    fc.property(fc.constantFrom('', '+', '00', 'tel:', 'sms/'), number, (prefix, groups) => {
      const text = prefix + groups.map(([one, after]) => `${one}${after}`).join('')
      // A date is one to us, wherever it comes from.
      fc.pre(!/2\d{3}-[01]\d-[0-3]\d/.test(text))
      expect(isSafeText(text)).toBe(false)
    }),
    { numRuns: 2000 },
  )
})

test('nothing with a space, an @ or a character beyond ASCII passes', () => {
  const outside = fc.constantFrom(' ', '@', '%', '\t', '\n', 'é', '\u00a0', '١', '"', '\\')
  fc.assert(
    fc.property(fc.string(), outside, fc.string(), (a, b, c) => {
      expect(isSafeText(a + b + c)).toBe(false)
    }),
  )
})

test('every digest, UUID, run id and instant passes: an event must not fail by chance', () => {
  const digest = fc.nat().map((seed) => createHash('sha256').update(String(seed)).digest())
  const decimal = fc.integer({ min: 0, max: 9 })
  const id = fc.oneof(
    digest.map((bytes) => bytes.toString('hex')),
    digest.map((bytes) => bytes.toString('base64')),
    // The worst of all digests: digits only.
    fc.array(decimal, { minLength: 64, maxLength: 64 }).map((digits) => digits.join('')),
    fc.uuid(),
    fc
      .date({ min: new Date('2000-01-01'), max: new Date('2999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    fc
      .tuple(
        fc.date({ min: new Date('2000-01-01'), max: new Date('2999-12-31'), noInvalidDate: true }),
        fc.stringMatching(/^[a-z]{4}$/),
      )
      .map(([date, letters]) => `${date.toISOString().replace(/[-:]|\.\d+/g, '')}-${letters}`),
    fc.stringMatching(/^ER-[A-Z2-7]{16}$/),
  )
  fc.assert(
    fc.property(id, (text) => {
      expect(isSafeText(text)).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('a detail is copied, and keeps its order', () => {
  const detail = { records: 3, ratio: 0.5, whole: true, basis: null, archive: 'acme-2026' }
  expect(safeDetail(detail)).toEqual(detail)
  expect(safeDetail(detail)).not.toBe(detail)
  expect(Object.keys(safeDetail({ b: 1, a: 2 }))).toEqual(['b', 'a'])
  const most = Object.fromEntries(Array.from({ length: 32 }, (_, index) => [`key${index}`, index]))
  expect(safeDetail(most)).toEqual(most)
})

test.each([
  ['a sentence', { reason: 'Please delete my data' }],
  ['an address', { reason: 'anna@example.com' }],
  ['undefined', { reason: undefined }],
  ['an object', { reason: { name: 'Anna' } }],
  ['a list', { reason: ['Anna'] }],
  ['no finite number', { reason: Number.NaN }],
  ['a big integer', { reason: 1n }],
  ['a key that is no plain name', { 'anna@example.com': 1 }],
  ['a key that objects treat apart', JSON.parse('{"__proto__":1}')],
  ['a key that objects put first', { 1: 1 }],
  ['too many keys', Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`key${index}`, index]))],
  ['null', null],
  ['text', 'Anna'],
])('a detail with %s is refused, and not repeated', (_, detail) => {
  try {
    safeDetail(detail as unknown as AuditDetail)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code: 'AUDIT_DETAIL', kind: 'usage' })
    expect(String(error)).not.toMatch(/anna|delete/i)
  }
})
