import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson, toInstant } from './index.ts'

const milliseconds = fc.integer({ min: 1e11, max: Date.parse('9999-12-31T23:59:59.999Z') })

describe('toInstant', () => {
  it('reads epoch milliseconds', () => {
    fc.assert(
      fc.property(milliseconds, (ms) => {
        expect(toInstant(ms)).toBe(new Date(ms).toISOString())
        expect(toInstant(BigInt(ms))).toBe(new Date(ms).toISOString())
        expect(toInstant(String(ms))).toBe(new Date(ms).toISOString())
        expect(toInstant(new Date(ms).toISOString())).toBe(new Date(ms).toISOString())
      }),
    )
  })

  it('reads epoch seconds, with and without a fraction', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1e8, max: 1e10 }), fc.integer({ min: 0, max: 999 }), (seconds, ms) => {
        expect(toInstant(seconds)).toBe(new Date(seconds * 1000).toISOString())
        const text = `${seconds}.${String(ms).padStart(3, '0')}`
        expect(toInstant(Number(text))).toBe(new Date(seconds * 1000 + ms).toISOString())
        expect(toInstant(text)).toBe(new Date(seconds * 1000 + ms).toISOString())
      }),
      { numRuns: 2000 },
    )
  })

  it('reads any offset, in any of its spellings', () => {
    const offset = fc.tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    const spelling = fc.constantFrom(':', '')
    // Far enough from the last year that no offset leaves it.
    fc.assert(
      fc.property(fc.integer({ min: 1e11, max: 2e14 }), offset, spelling, (ms, [sign, hours, minutes], colon) => {
        const shift = (hours * 60 + minutes) * 60_000 * (sign === '+' ? 1 : -1)
        const local = new Date(ms + shift).toISOString().slice(0, -1)
        const [hh, mm] = [hours, minutes].map((part) => String(part).padStart(2, '0'))
        expect(toInstant(`${local}${sign}${hh}${colon}${mm}`)).toBe(new Date(ms).toISOString())
      }),
    )
  })

  it('knows the calendar', () => {
    const field = (max: number) => fc.integer({ min: 0, max }).map((value) => String(value).padStart(2, '0'))
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 2400 }), field(13), field(32), (year, month, day) => {
        const text = `${year}-${month}-${day}T12:00:00.000Z`
        const date = new Date(text)
        const exists = !Number.isNaN(date.getTime()) && date.toISOString() === text
        expect(toInstant(text)).toBe(exists ? text : null)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['2018-12-10T17:50:19.000+0000', '2018-12-10T17:50:19.000Z'],
    ['2018-12-10T17:50:19+0000', '2018-12-10T17:50:19.000Z'],
    ['2018-12-10T17:50:19Z', '2018-12-10T17:50:19.000Z'],
    ['2018-12-10t17:50:19z', '2018-12-10T17:50:19.000Z'],
    ['2018-12-10T17:50Z', '2018-12-10T17:50:00.000Z'],
    ['2018-12-10 17:50:19.1 UTC', '2018-12-10T17:50:19.100Z'],
    ['2018-12-10T17:50:19.123999999Z', '2018-12-10T17:50:19.123Z'],
    ['2018-12-10T17:50:19,5Z', '2018-12-10T17:50:19.500Z'],
    ['2018-12-31T23:30:00.000-01:00', '2019-01-01T00:30:00.000Z'],
    ['2018-12-10T17:50:19.000+05', '2018-12-10T12:50:19.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['0001-01-01T00:00:00+01:00', '0000-12-31T23:00:00.000Z'],
    ['1.736508081161E12', '2025-01-10T11:21:21.161Z'],
    [1736508081161.9, '2025-01-10T11:21:21.161Z'],
    [1e11, '1973-03-03T09:46:40.000Z'],
    [1e11 - 1, '5138-11-16T09:46:39.000Z'],
    [1e8, '1973-03-03T09:46:40.000Z'],
    [253402300799999, '9999-12-31T23:59:59.999Z'],
    [parseJson('1736508081161.12345678901234567890'), '2025-01-10T11:21:21.161Z'],
  ])('%j is %s', (value, instant) => {
    expect(toInstant(value)).toBe(instant)
  })

  it.each([
    ...[
      0,
      -1,
      2026,
      20261001,
      1e8 - 1,
      253402300800000,
      1736508081161000,
      Number.POSITIVE_INFINITY,
      Number.NaN,
      -1736508081161,
    ],
    ...['', '0', '2026', '20261001', '-1', ' 1736508081161', '1736508081161ms', '0x1944f8', 'Infinity', 'now'],
    ...['2026-10-01', '2026-10-01T08:30:00', '2026-10-01T08:30:00.000', '2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z'],
    ...['2023-02-29T00:00:00Z', '1900-02-29T00:00:00Z', '2026-02-30T00:00:00Z', '2026-04-31T00:00:00Z'],
    ...['2026-10-01T24:00:00Z', '2026-10-01T23:60:00Z', '2026-10-01T23:59:60Z', '2026-10-01T08:30:00+24:00'],
    ...['2026-10-01T08:30:00+00:60', '9999-12-31T23:59:59-01:00', '0000-01-01T00:00:00+00:01', '2026-10-01T08:30:00.Z'],
    ...['+12026-10-01T08:30:00Z', '2026-10-01T08:30:00Z\n', null, undefined, true, {}, [], [1736508081161]],
  ])('%j is none', (value) => {
    expect(toInstant(value)).toBeNull()
  })
})
