import { expect, test } from 'vitest'
import { extendedUntil } from './extended-until.ts'

const gdpr = { regime: 'gdpr', receivedOn: '2026-11-30', dueOn: '2026-12-30' } as const
const ccpa = { regime: 'ccpa', receivedOn: '2026-11-01', dueOn: '2026-12-16' } as const

test.each([
  ['two further months, counted from receipt', gdpr, '2026-12-01', '2027-02-28'],
  ['on the last day', gdpr, '2026-12-30', '2027-02-28'],
  ['90 days in all', ccpa, '2026-12-16', '2027-01-30'],
])('%s', (_, request, today, until) => expect(extendedUntil(request, today)).toBe(until))

test('a day late, or without a law that says how long, it is refused', () => {
  expect(() => extendedUntil(gdpr, '2026-12-31')).toThrow(expect.objectContaining({ code: 'ERASURE_EXTENSION_LATE' }))
  expect(() => extendedUntil(ccpa, '2026-12-17')).toThrow(expect.objectContaining({ code: 'ERASURE_EXTENSION_LATE' }))
  const own = { ...gdpr, regime: 'own' } as const
  expect(() => extendedUntil(own, '2026-12-01')).toThrow(expect.objectContaining({ kind: 'usage' }))
})
