import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseWindow } from './window.ts'

const now = Date.parse('2026-11-21T12:00:00Z')
const code = (from: string, to: string): string | null => {
  try {
    parseWindow(from, to, now)
    return null
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('parseWindow', () => {
  test('a date is midnight UTC', () => {
    expect(parseWindow('2026-10-01', '2026-11-01', now)).toEqual({
      from: '2026-10-01T00:00:00.000Z',
      to: '2026-11-01T00:00:00.000Z',
    })
  })

  test('an offset is taken off', () => {
    expect(parseWindow('2026-10-01T00:00:00+02:00', '2026-10-01T08:30+02:00', now)).toEqual({
      from: '2026-09-30T22:00:00.000Z',
      to: '2026-10-01T06:30:00.000Z',
    })
  })

  test.each(['yesterday', '2026-13-01', '2026-02-30', '2026-02-29T00:00:00Z', '2026-10-01T00:00:00', '', '1'])(
    'refuses %s',
    (text) => expect(code(text, '2026-11-01')).toBe('WINDOW_MALFORMED'),
  )

  test.each([
    ['2026-11-01', '2026-10-01'],
    ['2026-10-01', '2026-10-01'],
  ])('refuses %s to %s as reversed or empty', (from, to) => expect(code(from, to)).toBe('WINDOW_REVERSED'))

  test('refuses an end one millisecond in the future, takes one that is now', () => {
    expect(code('2026-10-01', '2026-11-21T12:00:00.001Z')).toBe('WINDOW_IN_FUTURE')
    expect(code('2026-10-01', '2026-11-21T12:00:00.000Z')).toBe(null)
  })

  test('names the flag, and never repeats more than a little of what was typed', () => {
    expect(() => parseWindow('2026-10-01', 'x'.repeat(500), now)).toThrow(/--to .{0,80}$/)
  })

  test('any two instants in order come back as they were', () => {
    const instant = fc.date({ min: new Date('2000-01-01'), max: new Date(now), noInvalidDate: true })
    fc.assert(
      fc.property(instant, instant, (a, b) => {
        fc.pre(a.getTime() !== b.getTime())
        const [from, to] = [a, b].map((date) => date.toISOString()).sort() as [string, string]
        expect(parseWindow(from, to, now)).toEqual({ from, to })
      }),
    )
  })
})
